-- Verifies dependencies_at_hand.
BEGIN;

SELECT parent_ids, child_ids FROM eventflow.tasks WHERE false;
SELECT 1 / (count(*) = 2)::int FROM pg_catalog.pg_trigger t
WHERE NOT t.tgisinternal AND t.tgname IN ('tasks_dependencies_at_hand', 'tasks_done_is_final');

ROLLBACK;
