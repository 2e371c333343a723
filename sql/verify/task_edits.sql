-- Verifies task_edits.
BEGIN;

SELECT 1 / (count(*) = 1)::int FROM pg_catalog.pg_trigger t WHERE NOT t.tgisinternal AND t.tgname = 'tasks_edit_raises_version';

ROLLBACK;
