-- Reverts audit.
BEGIN;

ALTER TABLE eventflow.tasks DROP CONSTRAINT tasks_state_is_audited;
DROP TABLE eventflow.task_transitions;
UPDATE eventflow.schema_version SET version = 6;

COMMIT;
