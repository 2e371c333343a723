-- Reverts task_references.
BEGIN;

DROP TRIGGER tasks_references ON eventflow.tasks;
DROP FUNCTION eventflow.check_task_references;
ALTER TABLE eventflow.tasks
	ADD CONSTRAINT tasks_event FOREIGN KEY (event_id) REFERENCES eventflow.events,
	ADD CONSTRAINT tasks_instance FOREIGN KEY (event_id, workflow_instance_id) REFERENCES eventflow.workflow_instances;
UPDATE eventflow.schema_version SET version = 15;

COMMIT;
