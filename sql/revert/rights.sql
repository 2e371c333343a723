-- Reverts rights.
BEGIN;

DO $$
DECLARE
	name text;
BEGIN
	FOR name IN SELECT c.relname FROM pg_catalog.pg_class c WHERE c.relnamespace = 'eventflow'::regnamespace AND c.relkind = 'r' LOOP
		EXECUTE format('DROP POLICY eventflow_api ON eventflow.%I', name);
		EXECUTE format('ALTER TABLE eventflow.%I DISABLE ROW LEVEL SECURITY', name);
		EXECUTE format('REVOKE ALL ON eventflow.%I FROM eventflow_api', name);
	END LOOP;
END
$$;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA eventflow FROM eventflow_api;
REVOKE ALL ON SCHEMA eventflow FROM eventflow_api;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA eventflow TO PUBLIC;
ALTER ROLE eventflow_api RESET ALL;
UPDATE eventflow.schema_version SET version = 7;

COMMIT;
