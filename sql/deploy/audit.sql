-- The audit trail of tasks.
BEGIN;

CREATE TABLE eventflow.task_transitions (
	event_id uuid NOT NULL,
	task_id uuid NOT NULL,
	number integer NOT NULL CONSTRAINT task_transitions_number_positive CHECK (number > 0),
	previous_number integer GENERATED ALWAYS AS (nullif(number, 1) - 1) STORED,
	kind text NOT NULL CONSTRAINT task_transitions_kind CHECK (kind IN ('created', 'state', 'assignee')),
	from_state text,
	to_state text NOT NULL,
	from_assignee_id uuid CONSTRAINT task_transitions_from_assignee REFERENCES eventflow.users,
	to_assignee_id uuid CONSTRAINT task_transitions_to_assignee REFERENCES eventflow.users,
	actor_id uuid CONSTRAINT task_transitions_actor REFERENCES eventflow.users,
	reason text,
	request_id text CONSTRAINT task_transitions_request_id_length CHECK (char_length(request_id) BETWEEN 1 AND 64),
	event_version bigint NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (event_id, task_id, number),
	CONSTRAINT task_transitions_state UNIQUE (event_id, task_id, number, to_state),
	CONSTRAINT task_transitions_task FOREIGN KEY (event_id, task_id) REFERENCES eventflow.tasks,
	CONSTRAINT task_transitions_gapless FOREIGN KEY (event_id, task_id, previous_number, from_state)
		REFERENCES eventflow.task_transitions (event_id, task_id, number, to_state),
	CONSTRAINT task_transitions_first_is_created CHECK ((number = 1) = (kind = 'created')),
	CONSTRAINT task_transitions_legal CHECK (CASE kind
		WHEN 'created' THEN from_state IS NULL AND to_state IN ('BLOCKED', 'TODO')
		WHEN 'assignee' THEN from_state IS NOT NULL AND from_state = to_state AND from_state <> 'DONE'
		ELSE from_state IS NOT NULL AND (from_state, to_state) IN (('BLOCKED', 'TODO'), ('TODO', 'IN_PROGRESS'), ('IN_PROGRESS', 'DONE'),
			('IN_PROGRESS', 'BLOCKED'), ('BLOCKED', 'IN_PROGRESS')) END),
	CONSTRAINT task_transitions_engine_unlocks CHECK (kind <> 'state' OR (actor_id IS NULL) = (from_state = 'BLOCKED' AND to_state = 'TODO')),
	CONSTRAINT task_transitions_reason CHECK (CASE WHEN kind = 'state' AND actor_id IS NOT NULL
		THEN reason IS NOT NULL AND char_length(reason) BETWEEN 1 AND 1000 ELSE reason IS NULL END),
	CONSTRAINT task_transitions_assignee_changes CHECK (CASE WHEN kind = 'assignee'
		THEN from_assignee_id IS DISTINCT FROM to_assignee_id ELSE from_assignee_id IS NULL AND to_assignee_id IS NULL END)
);
CREATE TRIGGER task_transitions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON eventflow.task_transitions
	FOR EACH STATEMENT EXECUTE FUNCTION eventflow.refuse_change('task_transitions_append_only');
ALTER TABLE eventflow.tasks ADD CONSTRAINT tasks_state_is_audited FOREIGN KEY (event_id, id, transition_count, state)
	REFERENCES eventflow.task_transitions (event_id, task_id, number, to_state) DEFERRABLE INITIALLY DEFERRED;

UPDATE eventflow.schema_version SET version = 7;

COMMIT;
