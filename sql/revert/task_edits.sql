-- Reverts task_edits.
BEGIN;

DROP TRIGGER tasks_edit_raises_version ON eventflow.tasks;
ALTER FUNCTION eventflow.raise_version_of_edited_task RENAME TO raise_version_of_deleted_task;
CREATE CONSTRAINT TRIGGER tasks_deletion_raises_version AFTER UPDATE OF deleted_at ON eventflow.tasks
	DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.deleted_at IS DISTINCT FROM NEW.deleted_at)
	EXECUTE FUNCTION eventflow.raise_version_of_deleted_task();
UPDATE eventflow.schema_version SET version = 12;

COMMIT;
