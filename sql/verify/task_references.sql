-- Verifies task_references.
BEGIN;

SELECT 1 / (count(*) = 1)::int FROM pg_catalog.pg_trigger t WHERE NOT t.tgisinternal AND t.tgname = 'tasks_references';

ROLLBACK;
