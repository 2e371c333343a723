-- Verifies rights.
BEGIN;

SELECT 1 / has_table_privilege('eventflow_api', 'eventflow.task_transitions', 'INSERT')::int;
SELECT 1 / (NOT has_table_privilege('eventflow_api', 'eventflow.task_transitions', 'UPDATE'))::int;
SELECT 1 / (count(*) = 0)::int FROM pg_catalog.pg_class c WHERE c.relnamespace = 'eventflow'::regnamespace AND c.relkind = 'r' AND NOT c.relrowsecurity;

ROLLBACK;
