-- Reverts dependencies_at_hand.
BEGIN;

DROP TRIGGER tasks_done_is_final ON eventflow.tasks;
DROP TRIGGER tasks_dependencies_at_hand ON eventflow.tasks;
DROP TRIGGER tasks_edit_raises_version ON eventflow.tasks;
DROP FUNCTION eventflow.check_task_dependencies, eventflow.check_done_task;
CREATE OR REPLACE FUNCTION eventflow.check_dependencies() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
	violated text;
BEGIN
	SELECT CASE WHEN r.parent IS NULL THEN 'task_dependencies_parent' WHEN r.child IS NULL THEN 'task_dependencies_child'
		ELSE 'task_dependencies_no_cycle' END INTO violated
	FROM added a CROSS JOIN LATERAL (SELECT
		(SELECT p.rank FROM eventflow.tasks p WHERE p.event_id = a.event_id AND p.id = a.parent_id) AS parent,
		(SELECT c.rank FROM eventflow.tasks c WHERE c.event_id = a.event_id AND c.id = a.child_id) AS child) r
	WHERE (r.parent < r.child) IS NOT TRUE LIMIT 1;
	IF violated = 'task_dependencies_no_cycle' THEN
		-- Every edge leads to a higher rank, and ranks never change: so there is no cycle. Linear, and safe under concurrency.
		RAISE EXCEPTION 'a dependency must lead to a task of a higher rank' USING ERRCODE = '23514', CONSTRAINT = violated;
	ELSIF violated IS NOT NULL THEN
		RAISE EXCEPTION 'a dependency must lead from a task of the event to another' USING ERRCODE = '23503', CONSTRAINT = violated;
	END IF;
	RETURN NULL;
END
$$;
CREATE INDEX task_dependencies_of_child ON eventflow.task_dependencies (event_id, child_id, parent_id);
ALTER TABLE eventflow.tasks DROP parent_ids, DROP child_ids;
CREATE TRIGGER tasks_done_is_final BEFORE UPDATE ON eventflow.tasks
	FOR EACH ROW WHEN (OLD.state = 'DONE') EXECUTE FUNCTION eventflow.refuse_change('tasks_done_is_final');
CREATE CONSTRAINT TRIGGER tasks_edit_raises_version AFTER UPDATE OF label, description, deleted_at ON eventflow.tasks
	DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
	WHEN ((OLD.label, OLD.description, OLD.deleted_at) IS DISTINCT FROM (NEW.label, NEW.description, NEW.deleted_at))
	EXECUTE FUNCTION eventflow.raise_version_of_edited_task();
UPDATE eventflow.schema_version SET version = 16;

COMMIT;
