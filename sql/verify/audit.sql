-- Verifies audit.
BEGIN;

SELECT event_id, task_id, number, kind, from_state, to_state, event_version FROM eventflow.task_transitions WHERE false;
SELECT 1 / (count(*) = 1)::int FROM pg_catalog.pg_constraint WHERE conname = 'tasks_state_is_audited' AND condeferred;

ROLLBACK;
