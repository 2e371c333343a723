-- Reverts domains.
BEGIN;

DROP TRIGGER tasks_change ON eventflow.tasks;
DROP TRIGGER tasks_done_is_final ON eventflow.tasks;
DROP TRIGGER tasks_edit_raises_version ON eventflow.tasks;
ALTER TABLE eventflow.tasks
	ALTER node_id TYPE text, ALTER label TYPE text, ALTER description TYPE text, ALTER state TYPE text,
	ALTER open_parents TYPE integer, ALTER rank TYPE integer,
	ADD CONSTRAINT tasks_node_id_form CHECK (node_id ~ '^[A-Za-z0-9._-]{1,64}$'),
	ADD CONSTRAINT tasks_label_length CHECK (char_length(label) BETWEEN 1 AND 200),
	ADD CONSTRAINT tasks_description_length CHECK (char_length(description) <= 10000),
	ADD CONSTRAINT tasks_state CHECK (state IN ('BLOCKED', 'TODO', 'IN_PROGRESS', 'DONE')),
	ADD CONSTRAINT tasks_open_parents_not_negative CHECK (open_parents >= 0),
	ADD CONSTRAINT tasks_rank_not_negative CHECK (rank >= 0);
CREATE TRIGGER tasks_change BEFORE UPDATE OF event_id, id, workflow_instance_id, node_id, task_type_id, rank, created_at, deleted_at
	ON eventflow.tasks FOR EACH ROW EXECUTE FUNCTION eventflow.check_task_change();
CREATE TRIGGER tasks_done_is_final BEFORE UPDATE ON eventflow.tasks
	FOR EACH ROW WHEN (OLD.state = 'DONE') EXECUTE FUNCTION eventflow.refuse_change('tasks_done_is_final');
CREATE CONSTRAINT TRIGGER tasks_edit_raises_version AFTER UPDATE OF label, description, deleted_at ON eventflow.tasks
	DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
	WHEN ((OLD.label, OLD.description, OLD.deleted_at) IS DISTINCT FROM (NEW.label, NEW.description, NEW.deleted_at))
	EXECUTE FUNCTION eventflow.raise_version_of_edited_task();

DROP TRIGGER task_transitions_sound ON eventflow.task_transitions;
DROP FUNCTION eventflow.check_transition;
ALTER TABLE eventflow.task_transitions
	ALTER number TYPE integer, ALTER kind TYPE text, ALTER request_id TYPE text, ALTER from_state TYPE text, ALTER to_state TYPE text;
ALTER TABLE eventflow.task_transitions
	ADD previous_number integer GENERATED ALWAYS AS (nullif(number, 1) - 1) STORED,
	ADD CONSTRAINT task_transitions_number_positive CHECK (number > 0),
	ADD CONSTRAINT task_transitions_kind CHECK (kind IN ('created', 'state', 'assignee')),
	ADD CONSTRAINT task_transitions_request_id_length CHECK (char_length(request_id) BETWEEN 1 AND 64),
	ADD CONSTRAINT task_transitions_task FOREIGN KEY (event_id, task_id) REFERENCES eventflow.tasks,
	ADD CONSTRAINT task_transitions_gapless FOREIGN KEY (event_id, task_id, previous_number, from_state)
		REFERENCES eventflow.task_transitions (event_id, task_id, number, to_state),
	ADD CONSTRAINT task_transitions_first_is_created CHECK ((number = 1) = (kind = 'created')),
	ADD CONSTRAINT task_transitions_legal CHECK (CASE kind
		WHEN 'created' THEN from_state IS NULL AND to_state IN ('BLOCKED', 'TODO')
		WHEN 'assignee' THEN from_state IS NOT NULL AND from_state = to_state AND from_state <> 'DONE'
		ELSE from_state IS NOT NULL AND (from_state, to_state) IN (('BLOCKED', 'TODO'), ('TODO', 'IN_PROGRESS'), ('IN_PROGRESS', 'DONE'),
			('IN_PROGRESS', 'BLOCKED'), ('BLOCKED', 'IN_PROGRESS')) END),
	ADD CONSTRAINT task_transitions_engine_unlocks CHECK (kind <> 'state' OR (actor_id IS NULL) = (from_state = 'BLOCKED' AND to_state = 'TODO')),
	ADD CONSTRAINT task_transitions_reason CHECK (CASE WHEN kind = 'state' AND actor_id IS NOT NULL
		THEN reason IS NOT NULL AND char_length(reason) BETWEEN 1 AND 1000 ELSE reason IS NULL END),
	ADD CONSTRAINT task_transitions_assignee_changes CHECK (CASE WHEN kind = 'assignee'
		THEN from_assignee_id IS DISTINCT FROM to_assignee_id ELSE from_assignee_id IS NULL AND to_assignee_id IS NULL END);

ALTER TABLE eventflow.events
	ALTER name TYPE text, ALTER description TYPE text,
	ADD CONSTRAINT events_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
	ADD CONSTRAINT events_description_length CHECK (char_length(description) <= 10000);
DROP DOMAIN eventflow.title, eventflow.description, eventflow.node_id, eventflow.request_id, eventflow.task_state,
	eventflow.transition_kind, eventflow.ordinal, eventflow.cardinality;
ANALYZE eventflow.events, eventflow.tasks, eventflow.task_transitions;
UPDATE eventflow.schema_version SET version = 14;

COMMIT;
