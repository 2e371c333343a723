-- An edit of a task's label or description by an operator is a change of its event too, as a deletion is.
BEGIN;

DROP TRIGGER tasks_deletion_raises_version ON eventflow.tasks;
ALTER FUNCTION eventflow.raise_version_of_deleted_task RENAME TO raise_version_of_edited_task;
CREATE CONSTRAINT TRIGGER tasks_edit_raises_version AFTER UPDATE OF label, description, deleted_at ON eventflow.tasks
	DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
	WHEN ((OLD.label, OLD.description, OLD.deleted_at) IS DISTINCT FROM (NEW.label, NEW.description, NEW.deleted_at))
	EXECUTE FUNCTION eventflow.raise_version_of_edited_task();

UPDATE eventflow.schema_version SET version = 13;

COMMIT;
