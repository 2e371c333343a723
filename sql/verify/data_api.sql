-- Verifies data_api.
BEGIN;

SELECT 1 / (count(*) = 0)::int FROM pg_catalog.pg_namespace, aclexplode(nspacl)
WHERE nspname = 'eventflow' AND grantee NOT IN (nspowner, 'eventflow_api'::regrole);
SELECT 1 / (count(*) = 0)::int FROM pg_catalog.pg_class, aclexplode(relacl)
WHERE relnamespace = 'eventflow'::regnamespace AND grantee NOT IN (relowner, 'eventflow_api'::regrole);
SELECT 1 / (count(*) = 0)::int FROM pg_catalog.pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner)))
WHERE pronamespace = 'eventflow'::regnamespace AND grantee NOT IN (proowner, 'eventflow_api'::regrole);

ROLLBACK;
