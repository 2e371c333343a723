-- Verifies base.
BEGIN;

SELECT 1 / (count(*) = 1)::int FROM eventflow.schema_version;
SELECT 'eventflow_api'::regrole;

ROLLBACK;
