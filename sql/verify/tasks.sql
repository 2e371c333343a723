-- Verifies tasks.
BEGIN;

SELECT event_id, id, state, open_parents, assignee_id, rank, transition_count, deleted_at FROM eventflow.tasks WHERE false;
SELECT event_id, parent_id, child_id FROM eventflow.task_dependencies WHERE false;

ROLLBACK;
