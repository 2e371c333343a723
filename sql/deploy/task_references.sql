-- Tasks of an instance are held against their event and their instance all at once. Neither of these is ever deleted, and a task
-- never changes them, so it is enough to look when tasks are made; a foreign key would look for each task by itself, which was a
-- fifth of what an instance of a thousand nodes costs.
BEGIN;

ALTER TABLE eventflow.tasks DROP CONSTRAINT tasks_event, DROP CONSTRAINT tasks_instance;

CREATE FUNCTION eventflow.check_task_references() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	violated text;
BEGIN
	SELECT CASE WHEN e.id IS NULL THEN 'tasks_event' ELSE 'tasks_instance' END INTO violated
	FROM (SELECT DISTINCT event_id, workflow_instance_id FROM added) a
	LEFT JOIN eventflow.events e ON e.id = a.event_id
	LEFT JOIN eventflow.workflow_instances i ON i.event_id = a.event_id AND i.id = a.workflow_instance_id
	WHERE e.id IS NULL OR (a.workflow_instance_id IS NOT NULL AND i.id IS NULL) LIMIT 1;
	IF violated IS NOT NULL THEN
		RAISE EXCEPTION 'a task must belong to an event, and to an instance in it if to any' USING ERRCODE = '23503', CONSTRAINT = violated;
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER tasks_references AFTER INSERT ON eventflow.tasks
	REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION eventflow.check_task_references();

SELECT eventflow.revoke_from_data_api();

UPDATE eventflow.schema_version SET version = 16;

COMMIT;
