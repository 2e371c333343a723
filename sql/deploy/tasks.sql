-- Tasks and their dependencies.
BEGIN;

CREATE TABLE eventflow.tasks (
	event_id uuid NOT NULL CONSTRAINT tasks_event REFERENCES eventflow.events,
	id uuid NOT NULL,
	workflow_instance_id uuid,
	node_id text CONSTRAINT tasks_node_id_form CHECK (node_id ~ '^[A-Za-z0-9._-]{1,64}$'),
	task_type_id uuid NOT NULL CONSTRAINT tasks_task_type REFERENCES eventflow.task_types,
	label text NOT NULL CONSTRAINT tasks_label_length CHECK (char_length(label) BETWEEN 1 AND 200),
	description text NOT NULL DEFAULT '' CONSTRAINT tasks_description_length CHECK (char_length(description) <= 10000),
	state text NOT NULL CONSTRAINT tasks_state CHECK (state IN ('BLOCKED', 'TODO', 'IN_PROGRESS', 'DONE')),
	open_parents integer NOT NULL DEFAULT 0 CONSTRAINT tasks_open_parents_not_negative CHECK (open_parents >= 0),
	assignee_id uuid CONSTRAINT tasks_assignee REFERENCES eventflow.users,
	rank integer NOT NULL DEFAULT 0 CONSTRAINT tasks_rank_not_negative CHECK (rank >= 0),
	transition_count integer NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	deleted_at timestamptz,
	PRIMARY KEY (event_id, id),
	CONSTRAINT tasks_id_unique UNIQUE (id),
	CONSTRAINT tasks_waits_while_parents_are_open CHECK (open_parents = 0 OR state = 'BLOCKED'),
	CONSTRAINT tasks_instance FOREIGN KEY (event_id, workflow_instance_id) REFERENCES eventflow.workflow_instances
);
CREATE INDEX tasks_page ON eventflow.tasks (created_at, rank, id) WHERE deleted_at IS NULL;
CREATE INDEX tasks_event_page ON eventflow.tasks (event_id, created_at, rank, id) WHERE deleted_at IS NULL;
CREATE INDEX tasks_of_instance ON eventflow.tasks (event_id, workflow_instance_id);

CREATE TABLE eventflow.task_dependencies (
	event_id uuid NOT NULL,
	parent_id uuid NOT NULL,
	child_id uuid NOT NULL,
	PRIMARY KEY (event_id, parent_id, child_id),
	CONSTRAINT task_dependencies_parent FOREIGN KEY (event_id, parent_id) REFERENCES eventflow.tasks,
	CONSTRAINT task_dependencies_child FOREIGN KEY (event_id, child_id) REFERENCES eventflow.tasks
);
CREATE INDEX task_dependencies_of_child ON eventflow.task_dependencies (event_id, child_id);
CREATE TRIGGER task_dependencies_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON eventflow.task_dependencies
	FOR EACH STATEMENT EXECUTE FUNCTION eventflow.refuse_change('task_dependencies_immutable');

-- Every edge leads to a higher rank, and ranks never change: so there is no cycle. Linear, and safe under concurrency.
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
-- What never changes about a task, and what may not be done to it at all.
CREATE FUNCTION eventflow.check_task_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
	violated text;
BEGIN
	IF OLD.state = 'DONE' THEN
		violated := 'tasks_done_is_final';
	ELSIF (NEW.event_id, NEW.id, NEW.task_type_id, NEW.rank, NEW.created_at) IS DISTINCT FROM (OLD.event_id, OLD.id, OLD.task_type_id, OLD.rank, OLD.created_at)
		OR (NEW.workflow_instance_id, NEW.node_id) IS DISTINCT FROM (OLD.workflow_instance_id, OLD.node_id) THEN
		violated := 'tasks_identity_immutable';
	ELSIF OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS DISTINCT FROM OLD.deleted_at THEN
		violated := 'tasks_deletion_is_final';
	ELSIF OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL AND EXISTS (SELECT FROM eventflow.task_dependencies d
		JOIN eventflow.tasks c ON c.event_id = d.event_id AND c.id = d.child_id
		WHERE d.event_id = OLD.event_id AND d.parent_id = OLD.id AND c.deleted_at IS NULL) THEN
		violated := 'tasks_not_deleted_while_others_wait';
	ELSE
		RETURN NEW;
	END IF;
	RAISE EXCEPTION 'this change of a task is refused' USING ERRCODE = '23514', CONSTRAINT = violated;
END
$$;
CREATE TRIGGER tasks_change BEFORE UPDATE ON eventflow.tasks FOR EACH ROW EXECUTE FUNCTION eventflow.check_task_change();
CREATE TRIGGER tasks_never_deleted BEFORE DELETE OR TRUNCATE ON eventflow.tasks
	FOR EACH STATEMENT EXECUTE FUNCTION eventflow.refuse_change('tasks_never_deleted');

CREATE FUNCTION eventflow.raise_version_of_deleted_task() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
	UPDATE eventflow.events SET version = version + 1, updated_at = now() WHERE id = NEW.event_id;
	RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER tasks_deletion_raises_version AFTER UPDATE OF deleted_at ON eventflow.tasks
	DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.deleted_at IS DISTINCT FROM NEW.deleted_at)
	EXECUTE FUNCTION eventflow.raise_version_of_deleted_task();

UPDATE eventflow.schema_version SET version = 6;

COMMIT;
