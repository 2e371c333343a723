-- How tasks are reached and changed, at any size.
BEGIN;

-- Every statement has one plan, along an index and in its order, whatever its parameters: planning anew costs more than it gains.
ALTER ROLE eventflow_api SET plan_cache_mode = 'force_generic_plan';
ALTER ROLE eventflow_api SET random_page_cost = 1.1;
ALTER ROLE eventflow_api SET enable_bitmapscan = off;
ALTER ROLE eventflow_api SET jit = off;

-- A list reads the dependencies of its tasks from indexes alone, and leaves out deleted children as a set.
DROP INDEX eventflow.task_dependencies_of_child;
CREATE INDEX task_dependencies_of_child ON eventflow.task_dependencies (event_id, child_id, parent_id);
CREATE INDEX tasks_deleted ON eventflow.tasks (event_id, id) WHERE deleted_at IS NOT NULL;

-- Room in each page for the new version of a row, so that no index has to change.
ALTER TABLE eventflow.tasks SET (fillfactor = 85);
ALTER TABLE eventflow.events SET (fillfactor = 80);

-- Ten thousand dependencies are checked at once. Tasks are never deleted and their ids never change, so it is enough to look when a
-- dependency is made; a foreign key would look for each row by itself, which takes four times as long.
ALTER TABLE eventflow.task_dependencies DROP CONSTRAINT task_dependencies_parent, DROP CONSTRAINT task_dependencies_child;
DROP TRIGGER task_dependencies_no_cycle ON eventflow.task_dependencies;
DROP FUNCTION eventflow.check_dependency_ranks;
CREATE FUNCTION eventflow.check_dependencies() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
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
REVOKE ALL ON FUNCTION eventflow.check_dependencies FROM PUBLIC;
CREATE TRIGGER task_dependencies_sound AFTER INSERT ON eventflow.task_dependencies
	REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION eventflow.check_dependencies();

-- A change of state or assignee calls no function: only what touches a task's identity or its deletion does.
DROP TRIGGER tasks_change ON eventflow.tasks;
CREATE TRIGGER tasks_change BEFORE UPDATE OF event_id, id, workflow_instance_id, node_id, task_type_id, rank, created_at, deleted_at
	ON eventflow.tasks FOR EACH ROW EXECUTE FUNCTION eventflow.check_task_change();
CREATE TRIGGER tasks_done_is_final BEFORE UPDATE ON eventflow.tasks
	FOR EACH ROW WHEN (OLD.state = 'DONE') EXECUTE FUNCTION eventflow.refuse_change('tasks_done_is_final');

UPDATE eventflow.schema_version SET version = 10;

COMMIT;
