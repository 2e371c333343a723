-- Verifies access_paths.
BEGIN;

SELECT 'eventflow.tasks_deleted'::regclass;
SELECT 1 / (count(*) = 2)::int FROM pg_catalog.pg_trigger t
WHERE NOT t.tgisinternal AND t.tgname IN ('task_dependencies_sound', 'tasks_done_is_final');
SELECT 1 / (r.rolconfig @> ARRAY['plan_cache_mode=force_generic_plan', 'jit=off'])::int
FROM pg_catalog.pg_roles r WHERE r.rolname = 'eventflow_api';

ROLLBACK;
