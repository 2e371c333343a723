-- What the login role may do.
BEGIN;

REVOKE ALL ON ALL TABLES IN SCHEMA eventflow FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA eventflow FROM PUBLIC;
DO $$
DECLARE
	name text;
BEGIN
	FOR name IN SELECT c.relname FROM pg_catalog.pg_class c WHERE c.relnamespace = 'eventflow'::regnamespace AND c.relkind = 'r' LOOP
		EXECUTE format('ALTER TABLE eventflow.%I ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('CREATE POLICY eventflow_api ON eventflow.%I TO eventflow_api USING (true) WITH CHECK (true)', name);
		EXECUTE format('GRANT SELECT ON eventflow.%I TO eventflow_api', name);
	END LOOP;
END
$$;
GRANT USAGE ON SCHEMA eventflow TO eventflow_api;
GRANT EXECUTE ON FUNCTION eventflow.require_event_version TO eventflow_api;
GRANT INSERT ON eventflow.workflow_templates, eventflow.workflow_template_versions, eventflow.workflow_template_nodes,
	eventflow.workflow_template_edges, eventflow.workflow_instances, eventflow.tasks, eventflow.task_dependencies,
	eventflow.task_transitions TO eventflow_api;
GRANT UPDATE (version, updated_at) ON eventflow.events, eventflow.workflow_templates TO eventflow_api;
GRANT UPDATE (state, open_parents, assignee_id, transition_count, updated_at) ON eventflow.tasks TO eventflow_api;
ALTER ROLE eventflow_api SET search_path = eventflow;
ALTER ROLE eventflow_api SET timezone = 'UTC';
ALTER ROLE eventflow_api SET datestyle = 'ISO';
ALTER ROLE eventflow_api SET statement_timeout = '5s';
ALTER ROLE eventflow_api SET lock_timeout = '2s';
ALTER ROLE eventflow_api SET idle_in_transaction_session_timeout = '10s';

UPDATE eventflow.schema_version SET version = 8;

COMMIT;
