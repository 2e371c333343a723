-- A task has its parents and children at hand: dependencies never change, so nobody who reads a task need look for them. That was
-- more than a third of what a page of fifty tasks cost, and nearly all of it in an event of ten thousand dependencies.
BEGIN;

SET LOCAL statement_timeout = 0; -- of many tasks it takes minutes
LOCK TABLE eventflow.task_dependencies, eventflow.tasks IN ACCESS EXCLUSIVE MODE;
ALTER TABLE eventflow.tasks ADD parent_ids uuid[] NOT NULL DEFAULT '{}', ADD child_ids uuid[] NOT NULL DEFAULT '{}';

ALTER TABLE eventflow.tasks DISABLE TRIGGER USER; -- a task that is DONE gets them too
UPDATE eventflow.tasks t SET parent_ids = n.parent_ids, child_ids = n.child_ids FROM (
	SELECT event_id, id, coalesce(p.ids, '{}') AS parent_ids, coalesce(c.ids, '{}') AS child_ids
	FROM (SELECT event_id, child_id AS id, array_agg(parent_id ORDER BY parent_id) AS ids FROM eventflow.task_dependencies GROUP BY 1, 2) p
	FULL JOIN (SELECT event_id, parent_id AS id, array_agg(child_id ORDER BY child_id) AS ids FROM eventflow.task_dependencies GROUP BY 1, 2) c
		USING (event_id, id)) n
WHERE t.event_id = n.event_id AND t.id = n.id;
ALTER TABLE eventflow.tasks ENABLE TRIGGER USER;

-- Nobody looks for the parents of one task any more.
DROP INDEX eventflow.task_dependencies_of_child;

-- Whoever makes tasks together with their dependencies gives the tasks both, and is believed; for a dependency that is made later it
-- is done here. The tasks are locked first, in the order of every lock of tasks, so that what is read then is the last there is.
CREATE OR REPLACE FUNCTION eventflow.check_dependencies() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
	violated text;
	are_at_hand boolean;
BEGIN
	SELECT min(CASE WHEN p.rank IS NULL THEN 'task_dependencies_parent' WHEN c.rank IS NULL THEN 'task_dependencies_child'
		WHEN p.rank >= c.rank THEN 'task_dependencies_no_cycle' END), bool_and(p.has_child AND c.has_parent)
	INTO violated, are_at_hand FROM added a
	LEFT JOIN LATERAL (SELECT t.rank, a.child_id = ANY (t.child_ids) AS has_child FROM eventflow.tasks t
		WHERE t.event_id = a.event_id AND t.id = a.parent_id OFFSET 0) p ON true
	LEFT JOIN LATERAL (SELECT t.rank, a.parent_id = ANY (t.parent_ids) AS has_parent FROM eventflow.tasks t
		WHERE t.event_id = a.event_id AND t.id = a.child_id OFFSET 0) c ON true;
	IF violated = 'task_dependencies_no_cycle' THEN
		-- Every edge leads to a higher rank, and ranks never change: so there is no cycle. Linear, and safe under concurrency.
		RAISE EXCEPTION 'a dependency must lead to a task of a higher rank' USING ERRCODE = '23514', CONSTRAINT = violated;
	ELSIF violated IS NOT NULL THEN
		RAISE EXCEPTION 'a dependency must lead from a task of the event to another' USING ERRCODE = '23503', CONSTRAINT = violated;
	ELSIF are_at_hand IS NOT TRUE THEN
		PERFORM FROM eventflow.tasks t WHERE (t.event_id, t.id) IN (
			SELECT a.event_id, a.parent_id FROM added a UNION ALL SELECT a.event_id, a.child_id FROM added a)
		ORDER BY t.rank, t.id FOR NO KEY UPDATE;
		IF EXISTS (SELECT FROM added a
			JOIN eventflow.tasks p ON p.event_id = a.event_id AND p.id = a.parent_id
			JOIN eventflow.tasks c ON c.event_id = a.event_id AND c.id = a.child_id
			WHERE p.deleted_at IS NOT NULL AND c.deleted_at IS NULL) THEN
			RAISE EXCEPTION 'a task does not wait for one that is deleted' USING ERRCODE = '23503', CONSTRAINT = 'task_dependencies_parent';
		END IF;
		UPDATE eventflow.tasks t SET parent_ids = n.parent_ids, child_ids = n.child_ids FROM (
			SELECT a.event_id, a.id,
				ARRAY(SELECT d.parent_id FROM eventflow.task_dependencies d
					WHERE d.event_id = a.event_id AND d.child_id = a.id ORDER BY d.parent_id) AS parent_ids,
				ARRAY(SELECT d.child_id FROM eventflow.task_dependencies d
					WHERE d.event_id = a.event_id AND d.parent_id = a.id ORDER BY d.child_id) AS child_ids
			FROM (SELECT event_id, parent_id AS id FROM added UNION SELECT event_id, child_id FROM added) a) n
		WHERE t.event_id = n.event_id AND t.id = n.id AND (t.parent_ids, t.child_ids) IS DISTINCT FROM (n.parent_ids, n.child_ids);
	END IF;
	RETURN NULL;
END
$$;

-- They say what the dependencies say, whoever changes them.
CREATE FUNCTION eventflow.check_task_dependencies() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
	IF NEW.parent_ids IS DISTINCT FROM ARRAY(SELECT d.parent_id FROM eventflow.task_dependencies d
			WHERE d.event_id = NEW.event_id AND d.child_id = NEW.id ORDER BY d.parent_id)
		OR NEW.child_ids IS DISTINCT FROM ARRAY(SELECT d.child_id FROM eventflow.task_dependencies d
			WHERE d.event_id = NEW.event_id AND d.parent_id = NEW.id ORDER BY d.child_id) THEN
		RAISE EXCEPTION 'a task has the parents and children that its dependencies name'
			USING ERRCODE = '23514', CONSTRAINT = 'tasks_dependencies_at_hand';
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER tasks_dependencies_at_hand BEFORE UPDATE OF parent_ids, child_ids ON eventflow.tasks
	FOR EACH ROW EXECUTE FUNCTION eventflow.check_task_dependencies();

-- A task that is DONE may still become the parent of another.
CREATE FUNCTION eventflow.check_done_task() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
	expected eventflow.tasks := OLD;
BEGIN
	expected.parent_ids := NEW.parent_ids;
	expected.child_ids := NEW.child_ids;
	IF expected IS DISTINCT FROM OLD AND NEW IS NOT DISTINCT FROM expected THEN
		RETURN NEW;
	END IF;
	RAISE EXCEPTION 'a task that is DONE is never changed' USING ERRCODE = '23514', CONSTRAINT = 'tasks_done_is_final';
END
$$;
DROP TRIGGER tasks_done_is_final ON eventflow.tasks;
CREATE TRIGGER tasks_done_is_final BEFORE UPDATE ON eventflow.tasks
	FOR EACH ROW WHEN (OLD.state = 'DONE') EXECUTE FUNCTION eventflow.check_done_task();

-- A dependency that is made later is a change of its event.
DROP TRIGGER tasks_edit_raises_version ON eventflow.tasks;
CREATE CONSTRAINT TRIGGER tasks_edit_raises_version AFTER UPDATE OF label, description, deleted_at, parent_ids, child_ids ON eventflow.tasks
	DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
	WHEN ((OLD.label, OLD.description, OLD.deleted_at, OLD.parent_ids, OLD.child_ids)
		IS DISTINCT FROM (NEW.label, NEW.description, NEW.deleted_at, NEW.parent_ids, NEW.child_ids))
	EXECUTE FUNCTION eventflow.raise_version_of_edited_task();
REVOKE ALL ON FUNCTION eventflow.check_task_dependencies, eventflow.check_done_task FROM PUBLIC;

SELECT eventflow.revoke_from_data_api();

UPDATE eventflow.schema_version SET version = 17;

COMMIT;
