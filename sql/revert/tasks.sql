-- Reverts tasks.
BEGIN;

DROP TABLE eventflow.task_dependencies, eventflow.tasks;
DROP FUNCTION eventflow.check_dependency_ranks, eventflow.check_task_change, eventflow.raise_version_of_deleted_task;
UPDATE eventflow.schema_version SET version = 5;

COMMIT;
