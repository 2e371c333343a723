-- Reverts access_paths.
BEGIN;

ALTER ROLE eventflow_api RESET plan_cache_mode;
ALTER ROLE eventflow_api RESET random_page_cost;
ALTER ROLE eventflow_api RESET enable_bitmapscan;
ALTER ROLE eventflow_api RESET jit;

DROP INDEX eventflow.tasks_deleted;
DROP INDEX eventflow.task_dependencies_of_child;
CREATE INDEX task_dependencies_of_child ON eventflow.task_dependencies (event_id, child_id);
ALTER TABLE eventflow.tasks RESET (fillfactor);
ALTER TABLE eventflow.events RESET (fillfactor);

DROP TRIGGER task_dependencies_sound ON eventflow.task_dependencies;
DROP FUNCTION eventflow.check_dependencies;
CREATE FUNCTION eventflow.check_dependency_ranks() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
	IF EXISTS (SELECT FROM added a
		JOIN eventflow.tasks p ON p.event_id = a.event_id AND p.id = a.parent_id
		JOIN eventflow.tasks c ON c.event_id = a.event_id AND c.id = a.child_id
		WHERE p.rank >= c.rank) THEN
		RAISE EXCEPTION 'a dependency must lead to a task of a higher rank'
			USING ERRCODE = '23514', CONSTRAINT = 'task_dependencies_no_cycle';
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER task_dependencies_no_cycle AFTER INSERT ON eventflow.task_dependencies
	REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION eventflow.check_dependency_ranks();
REVOKE ALL ON FUNCTION eventflow.check_dependency_ranks FROM PUBLIC;
ALTER TABLE eventflow.task_dependencies
	ADD CONSTRAINT task_dependencies_parent FOREIGN KEY (event_id, parent_id) REFERENCES eventflow.tasks,
	ADD CONSTRAINT task_dependencies_child FOREIGN KEY (event_id, child_id) REFERENCES eventflow.tasks;

DROP TRIGGER tasks_done_is_final ON eventflow.tasks;
DROP TRIGGER tasks_change ON eventflow.tasks;
CREATE TRIGGER tasks_change BEFORE UPDATE ON eventflow.tasks FOR EACH ROW EXECUTE FUNCTION eventflow.check_task_change();
UPDATE eventflow.schema_version SET version = 9;

COMMIT;
