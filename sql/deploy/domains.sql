-- What a value must be is its domain's rule, asked when the value is set, and what a transition must be is one function's.
--
-- PostgreSQL reads a table's CHECK constraints from its catalog, and plans them, for every statement that changes a row: those of
-- events, tasks and transitions were a quarter of what a transition cost. Domains are read once by each session, as functions are.
BEGIN;

CREATE DOMAIN eventflow.title AS text CONSTRAINT title_length CHECK (char_length(VALUE) BETWEEN 1 AND 200);
CREATE DOMAIN eventflow.description AS text CONSTRAINT description_length CHECK (char_length(VALUE) <= 10000);
CREATE DOMAIN eventflow.node_id AS text CONSTRAINT node_id_form CHECK (VALUE ~ '^[A-Za-z0-9._-]{1,64}$');
CREATE DOMAIN eventflow.request_id AS text CONSTRAINT request_id_length CHECK (char_length(VALUE) BETWEEN 1 AND 64);
CREATE DOMAIN eventflow.task_state AS text CONSTRAINT task_state CHECK (VALUE IN ('BLOCKED', 'TODO', 'IN_PROGRESS', 'DONE'));
CREATE DOMAIN eventflow.transition_kind AS text CONSTRAINT transition_kind CHECK (VALUE IN ('created', 'state', 'assignee'));
CREATE DOMAIN eventflow.ordinal AS integer CONSTRAINT ordinal_positive CHECK (VALUE > 0);
CREATE DOMAIN eventflow.cardinality AS integer CONSTRAINT cardinality_not_negative CHECK (VALUE >= 0);

ALTER TABLE eventflow.events
	DROP CONSTRAINT events_name_length, DROP CONSTRAINT events_description_length,
	ALTER name TYPE eventflow.title, ALTER description TYPE eventflow.description;

-- The audit trail. A transition is never changed, and a task never deleted: to find them when the transition is written is enough.
ALTER TABLE eventflow.task_transitions
	DROP CONSTRAINT task_transitions_number_positive, DROP CONSTRAINT task_transitions_kind,
	DROP CONSTRAINT task_transitions_request_id_length, DROP CONSTRAINT task_transitions_first_is_created,
	DROP CONSTRAINT task_transitions_legal, DROP CONSTRAINT task_transitions_engine_unlocks,
	DROP CONSTRAINT task_transitions_reason, DROP CONSTRAINT task_transitions_assignee_changes,
	DROP CONSTRAINT task_transitions_task, DROP CONSTRAINT task_transitions_gapless, DROP previous_number;
ALTER TABLE eventflow.task_transitions
	ALTER number TYPE eventflow.ordinal, ALTER kind TYPE eventflow.transition_kind, ALTER request_id TYPE eventflow.request_id,
	ALTER from_state TYPE eventflow.task_state, ALTER to_state TYPE eventflow.task_state;

-- Unlike the functions with more rights than their caller it sets no search_path, which would cost something for each row: whatever is
-- not PostgreSQL's own is named with its schema.
CREATE FUNCTION eventflow.check_transition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	violated text;
BEGIN
	IF (NEW.number = 1) <> (NEW.kind = 'created') THEN
		violated := 'task_transitions_first_is_created';
	ELSIF (CASE NEW.kind
		WHEN 'created' THEN NEW.from_state IS NULL AND NEW.to_state IN ('BLOCKED', 'TODO')
		WHEN 'assignee' THEN NEW.from_state = NEW.to_state AND NEW.from_state <> 'DONE'
		ELSE NEW.from_state || ' ' || NEW.to_state IN ('BLOCKED TODO', 'TODO IN_PROGRESS', 'IN_PROGRESS DONE',
			'IN_PROGRESS BLOCKED', 'BLOCKED IN_PROGRESS') END) IS NOT TRUE THEN
		violated := 'task_transitions_legal';
	ELSIF NEW.kind = 'state' AND (NEW.actor_id IS NULL) <> (NEW.from_state = 'BLOCKED' AND NEW.to_state = 'TODO') THEN
		violated := 'task_transitions_engine_unlocks';
	ELSIF (CASE WHEN NEW.kind = 'state' AND NEW.actor_id IS NOT NULL THEN char_length(NEW.reason) BETWEEN 1 AND 1000
		ELSE NEW.reason IS NULL END) IS NOT TRUE THEN
		violated := 'task_transitions_reason';
	ELSIF (NEW.kind = 'assignee') <> (NEW.from_assignee_id IS DISTINCT FROM NEW.to_assignee_id)
		OR NEW.kind <> 'assignee' AND NEW.to_assignee_id IS NOT NULL THEN
		violated := 'task_transitions_assignee_changes';
	ELSIF NEW.number = 1 THEN
		PERFORM FROM eventflow.tasks t WHERE t.event_id = NEW.event_id AND t.id = NEW.task_id;
		violated := CASE WHEN NOT FOUND THEN 'task_transitions_task' END;
	ELSE
		PERFORM FROM eventflow.task_transitions p WHERE p.event_id = NEW.event_id AND p.task_id = NEW.task_id
			AND p.number = NEW.number - 1 AND p.to_state = NEW.from_state;
		violated := CASE WHEN NOT FOUND THEN 'task_transitions_gapless' END;
	END IF;
	IF violated IS NULL THEN
		RETURN NEW;
	END IF;
	RAISE EXCEPTION 'this transition is refused' USING ERRCODE = '23514', CONSTRAINT = violated;
END
$$;
CREATE TRIGGER task_transitions_sound BEFORE INSERT ON eventflow.task_transitions
	FOR EACH ROW EXECUTE FUNCTION eventflow.check_transition();

-- Tasks; triggers that name a column do not let its type be changed.
DROP TRIGGER tasks_change ON eventflow.tasks;
DROP TRIGGER tasks_done_is_final ON eventflow.tasks;
DROP TRIGGER tasks_edit_raises_version ON eventflow.tasks;
ALTER TABLE eventflow.tasks
	DROP CONSTRAINT tasks_node_id_form, DROP CONSTRAINT tasks_label_length, DROP CONSTRAINT tasks_description_length,
	DROP CONSTRAINT tasks_state, DROP CONSTRAINT tasks_open_parents_not_negative, DROP CONSTRAINT tasks_rank_not_negative,
	ALTER node_id TYPE eventflow.node_id, ALTER label TYPE eventflow.title, ALTER description TYPE eventflow.description,
	ALTER state TYPE eventflow.task_state, ALTER open_parents TYPE eventflow.cardinality, ALTER rank TYPE eventflow.cardinality;
CREATE TRIGGER tasks_change BEFORE UPDATE OF event_id, id, workflow_instance_id, node_id, task_type_id, rank, created_at, deleted_at
	ON eventflow.tasks FOR EACH ROW EXECUTE FUNCTION eventflow.check_task_change();
CREATE TRIGGER tasks_done_is_final BEFORE UPDATE ON eventflow.tasks
	FOR EACH ROW WHEN (OLD.state = 'DONE') EXECUTE FUNCTION eventflow.refuse_change('tasks_done_is_final');
CREATE CONSTRAINT TRIGGER tasks_edit_raises_version AFTER UPDATE OF label, description, deleted_at ON eventflow.tasks
	DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
	WHEN ((OLD.label, OLD.description, OLD.deleted_at) IS DISTINCT FROM (NEW.label, NEW.description, NEW.deleted_at))
	EXECUTE FUNCTION eventflow.raise_version_of_edited_task();

-- What was known of the columns' values went with their types.
ANALYZE eventflow.events, eventflow.tasks, eventflow.task_transitions;

SELECT eventflow.revoke_from_data_api();

UPDATE eventflow.schema_version SET version = 15;

COMMIT;
