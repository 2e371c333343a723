-- The schema in one file, made by sql/flatten from the changes in deploy/; changes here are lost.
BEGIN;

-- The schema, its version, and the login role.

CREATE SCHEMA eventflow;
REVOKE ALL ON SCHEMA eventflow FROM PUBLIC;
DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'eventflow_api') THEN
		CREATE ROLE eventflow_api LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT;
	END IF;
END
$$;

CREATE TABLE eventflow.schema_version (
	only_row boolean PRIMARY KEY DEFAULT true CONSTRAINT schema_version_one_row CHECK (only_row),
	version integer NOT NULL
);
INSERT INTO eventflow.schema_version (version) VALUES (1);

-- The trigger of what is never changed: its argument is the name of the rule.
CREATE FUNCTION eventflow.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
	RAISE EXCEPTION '%.% is never changed by %', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP
		USING ERRCODE = '23514', CONSTRAINT = TG_ARGV[0];
END
$$;


-- Reference data: user types, task types, eligibility mappings, and its version.

CREATE TABLE eventflow.reference_version (
	only_row boolean PRIMARY KEY DEFAULT true CONSTRAINT reference_version_one_row CHECK (only_row),
	version bigint NOT NULL DEFAULT 1
);
INSERT INTO eventflow.reference_version DEFAULT VALUES;

CREATE FUNCTION eventflow.raise_reference_version() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
	UPDATE eventflow.reference_version SET version = version + 1;
	RETURN NULL;
END
$$;

CREATE TABLE eventflow.user_types (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	name text NOT NULL CONSTRAINT user_types_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
	access_level text NOT NULL DEFAULT 'regular' CONSTRAINT user_types_access_level CHECK (access_level IN ('admin', 'regular')),
	is_customer boolean NOT NULL DEFAULT false,
	can_view boolean NOT NULL DEFAULT false,
	can_take boolean NOT NULL DEFAULT false,
	can_move_state boolean NOT NULL DEFAULT false,
	can_assign boolean NOT NULL DEFAULT false,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT user_types_name_unique UNIQUE (name),
	CONSTRAINT user_types_admin_is_no_customer CHECK (NOT (access_level = 'admin' AND is_customer))
);
CREATE TABLE eventflow.task_types (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	slug text NOT NULL CONSTRAINT task_types_slug_form CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND char_length(slug) <= 200),
	name text NOT NULL CONSTRAINT task_types_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT task_types_slug_unique UNIQUE (slug)
);

CREATE TABLE eventflow.eligibility_mappings (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	user_type_id uuid NOT NULL CONSTRAINT eligibility_mappings_user_type REFERENCES eventflow.user_types,
	task_type_id uuid NOT NULL CONSTRAINT eligibility_mappings_task_type REFERENCES eventflow.task_types,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT eligibility_mappings_pair_unique UNIQUE (user_type_id, task_type_id)
);

CREATE TRIGGER user_types_raise_reference_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON eventflow.user_types
	FOR EACH STATEMENT EXECUTE FUNCTION eventflow.raise_reference_version();
CREATE TRIGGER task_types_raise_reference_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON eventflow.task_types
	FOR EACH STATEMENT EXECUTE FUNCTION eventflow.raise_reference_version();
CREATE TRIGGER eligibility_mappings_raise_reference_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON eventflow.eligibility_mappings
	FOR EACH STATEMENT EXECUTE FUNCTION eventflow.raise_reference_version();

UPDATE eventflow.schema_version SET version = 2;


-- Users and their passwords.

CREATE TABLE eventflow.users (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	name text NOT NULL CONSTRAINT users_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
	email text NOT NULL CONSTRAINT users_email_length CHECK (char_length(email) BETWEEN 1 AND 320),
	user_type_id uuid NOT NULL CONSTRAINT users_user_type REFERENCES eventflow.user_types,
	avatar_url text,
	is_active boolean NOT NULL DEFAULT true,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX users_email_unique ON eventflow.users (lower(email));
CREATE INDEX users_page ON eventflow.users (created_at, id);
CREATE TABLE eventflow.user_passwords (
	user_id uuid PRIMARY KEY CONSTRAINT user_passwords_user REFERENCES eventflow.users ON DELETE CASCADE,
	password_hash text NOT NULL CONSTRAINT user_passwords_bcrypt CHECK (password_hash ~ '^\$2[aby]\$10\$[./A-Za-z0-9]{53}$'),
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now()
);

UPDATE eventflow.schema_version SET version = 3;


-- Events, their members and their versions.

CREATE TABLE eventflow.events (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	name text NOT NULL CONSTRAINT events_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
	description text NOT NULL DEFAULT '' CONSTRAINT events_description_length CHECK (char_length(description) <= 10000),
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE eventflow.event_members (
	event_id uuid NOT NULL CONSTRAINT event_members_event REFERENCES eventflow.events,
	user_id uuid NOT NULL CONSTRAINT event_members_user REFERENCES eventflow.users,
	created_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (event_id, user_id)
);
CREATE INDEX event_members_of_user ON eventflow.event_members (user_id, event_id);
CREATE INDEX event_members_page ON eventflow.event_members (event_id, created_at, user_id);

-- A change of membership by whatever hand raises the versions of its events, in the order of their ids.
CREATE FUNCTION eventflow.raise_versions_of_members() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
	PERFORM FROM eventflow.events e WHERE e.id IN (SELECT c.event_id FROM changed c) ORDER BY e.id FOR NO KEY UPDATE;
	UPDATE eventflow.events e SET version = e.version + 1, updated_at = now() WHERE e.id IN (SELECT c.event_id FROM changed c);
	RETURN NULL;
END
$$;
CREATE TRIGGER event_members_inserted AFTER INSERT ON eventflow.event_members
	REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION eventflow.raise_versions_of_members();
CREATE TRIGGER event_members_deleted AFTER DELETE ON eventflow.event_members
	REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION eventflow.raise_versions_of_members();
CREATE TRIGGER event_members_immutable BEFORE UPDATE OR TRUNCATE ON eventflow.event_members
	FOR EACH STATEMENT EXECUTE FUNCTION eventflow.refuse_change('event_members_immutable');
CREATE TRIGGER events_never_deleted BEFORE DELETE OR TRUNCATE ON eventflow.events
	FOR EACH STATEMENT EXECUTE FUNCTION eventflow.refuse_change('events_never_deleted');

-- The version that the caller expects, or an error of its own: the last statement before COMMIT asks this.
CREATE FUNCTION eventflow.require_event_version(actual bigint, expected bigint) RETURNS bigint LANGUAGE plpgsql STABLE
	SET search_path = '' AS $$
BEGIN
	IF expected IS NOT NULL AND expected <> actual THEN
		RAISE EXCEPTION 'the event has version %, not %', actual, expected USING ERRCODE = 'EF412';
	END IF;
	RETURN actual;
END
$$;

UPDATE eventflow.schema_version SET version = 4;


-- Workflow templates and instances.

CREATE TABLE eventflow.workflow_templates (
	id uuid PRIMARY KEY,
	version integer NOT NULL CONSTRAINT workflow_templates_version_positive CHECK (version > 0),
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE eventflow.workflow_template_versions (
	workflow_id uuid NOT NULL CONSTRAINT workflow_template_versions_template REFERENCES eventflow.workflow_templates,
	version integer NOT NULL,
	name text NOT NULL CONSTRAINT workflow_template_versions_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
	description text NOT NULL DEFAULT '' CONSTRAINT workflow_template_versions_description_length CHECK (char_length(description) <= 10000),
	created_by uuid CONSTRAINT workflow_template_versions_created_by REFERENCES eventflow.users,
	created_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (workflow_id, version)
);
CREATE TABLE eventflow.workflow_template_nodes (
	workflow_id uuid NOT NULL,
	version integer NOT NULL,
	position integer NOT NULL,
	node_id text NOT NULL CONSTRAINT workflow_template_nodes_id_form CHECK (node_id ~ '^[A-Za-z0-9._-]{1,64}$'),
	task_type_id uuid NOT NULL CONSTRAINT workflow_template_nodes_task_type REFERENCES eventflow.task_types,
	label text NOT NULL CONSTRAINT workflow_template_nodes_label_length CHECK (char_length(label) BETWEEN 1 AND 200),
	metadata jsonb NOT NULL DEFAULT '{}' CONSTRAINT workflow_template_nodes_metadata_object CHECK (jsonb_typeof(metadata) = 'object'),
	PRIMARY KEY (workflow_id, version, node_id),
	CONSTRAINT workflow_template_nodes_version FOREIGN KEY (workflow_id, version) REFERENCES eventflow.workflow_template_versions
);
CREATE TABLE eventflow.workflow_template_edges (
	workflow_id uuid NOT NULL,
	version integer NOT NULL,
	position integer NOT NULL,
	from_node_id text NOT NULL,
	to_node_id text NOT NULL,
	PRIMARY KEY (workflow_id, version, from_node_id, to_node_id),
	CONSTRAINT workflow_template_edges_no_self_edge CHECK (from_node_id <> to_node_id),
	CONSTRAINT workflow_template_edges_from FOREIGN KEY (workflow_id, version, from_node_id) REFERENCES eventflow.workflow_template_nodes (workflow_id, version, node_id),
	CONSTRAINT workflow_template_edges_to FOREIGN KEY (workflow_id, version, to_node_id) REFERENCES eventflow.workflow_template_nodes (workflow_id, version, node_id)
);
CREATE TRIGGER workflow_templates_never_deleted BEFORE DELETE OR TRUNCATE ON eventflow.workflow_templates
	FOR EACH STATEMENT EXECUTE FUNCTION eventflow.refuse_change('workflow_templates_never_deleted');
CREATE TRIGGER workflow_template_versions_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON eventflow.workflow_template_versions
	FOR EACH STATEMENT EXECUTE FUNCTION eventflow.refuse_change('workflow_template_versions_immutable');
CREATE TRIGGER workflow_template_nodes_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON eventflow.workflow_template_nodes
	FOR EACH STATEMENT EXECUTE FUNCTION eventflow.refuse_change('workflow_template_nodes_immutable');
CREATE TRIGGER workflow_template_edges_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON eventflow.workflow_template_edges
	FOR EACH STATEMENT EXECUTE FUNCTION eventflow.refuse_change('workflow_template_edges_immutable');

CREATE TABLE eventflow.workflow_instances (
	event_id uuid NOT NULL CONSTRAINT workflow_instances_event REFERENCES eventflow.events,
	id uuid NOT NULL,
	workflow_id uuid NOT NULL,
	workflow_version integer NOT NULL,
	created_by uuid NOT NULL CONSTRAINT workflow_instances_created_by REFERENCES eventflow.users,
	created_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (event_id, id),
	CONSTRAINT workflow_instances_id_unique UNIQUE (id),
	CONSTRAINT workflow_instances_version FOREIGN KEY (workflow_id, workflow_version) REFERENCES eventflow.workflow_template_versions
);
CREATE INDEX workflow_instances_page ON eventflow.workflow_instances (created_at, id);
CREATE INDEX workflow_instances_event_page ON eventflow.workflow_instances (event_id, created_at, id);
CREATE TRIGGER workflow_instances_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON eventflow.workflow_instances
	FOR EACH STATEMENT EXECUTE FUNCTION eventflow.refuse_change('workflow_instances_immutable');

-- A template that is saved is reference data that has changed.
CREATE TRIGGER workflow_templates_raise_reference_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON eventflow.workflow_templates
	FOR EACH STATEMENT EXECUTE FUNCTION eventflow.raise_reference_version();

UPDATE eventflow.schema_version SET version = 5;


-- Tasks and their dependencies.

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


-- The audit trail of tasks.

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


-- What the login role may do.

REVOKE ALL ON ALL TABLES IN SCHEMA eventflow FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA eventflow FROM PUBLIC;
DO $$
DECLARE
	name text;
BEGIN
	FOR name IN SELECT c.relname FROM pg_catalog.pg_class c WHERE c.relnamespace = 'eventflow'::regnamespace AND c.relkind = 'r' LOOP
		EXECUTE format('ALTER TABLE eventflow.%I ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('CREATE POLICY eventflow_api ON eventflow.%I TO eventflow_api USING (true) WITH CHECK (true)', name);
		EXECUTE format('GRANT SELECT ON eventflow.%I TO eventflow_api', name);
	END LOOP;
END
$$;
GRANT USAGE ON SCHEMA eventflow TO eventflow_api;
GRANT EXECUTE ON FUNCTION eventflow.require_event_version TO eventflow_api;
GRANT INSERT ON eventflow.workflow_templates, eventflow.workflow_template_versions, eventflow.workflow_template_nodes,
	eventflow.workflow_template_edges, eventflow.workflow_instances, eventflow.tasks, eventflow.task_dependencies,
	eventflow.task_transitions TO eventflow_api;
GRANT UPDATE (version, updated_at) ON eventflow.events, eventflow.workflow_templates TO eventflow_api;
GRANT UPDATE (state, open_parents, assignee_id, transition_count, updated_at) ON eventflow.tasks TO eventflow_api;
ALTER ROLE eventflow_api SET search_path = eventflow;
ALTER ROLE eventflow_api SET timezone = 'UTC';
ALTER ROLE eventflow_api SET datestyle = 'ISO';
ALTER ROLE eventflow_api SET statement_timeout = '5s';
ALTER ROLE eventflow_api SET lock_timeout = '2s';
ALTER ROLE eventflow_api SET idle_in_transaction_session_timeout = '10s';

UPDATE eventflow.schema_version SET version = 8;


-- Sessions of the local issuer, and their refresh tokens.

-- One login, and all the refresh tokens that follow from it. Whoever changes a session's tokens locks its row first.
CREATE TABLE eventflow.sessions (
	id uuid PRIMARY KEY,
	user_id uuid NOT NULL CONSTRAINT sessions_user REFERENCES eventflow.users ON DELETE CASCADE,
	created_at timestamptz NOT NULL DEFAULT now(),
	expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_of_user ON eventflow.sessions (user_id, expires_at);

-- A token is known by its SHA-256 alone. A spent one stays until it expires, so that its reuse is seen.
CREATE TABLE eventflow.refresh_tokens (
	token_hash bytea PRIMARY KEY CONSTRAINT refresh_tokens_sha256 CHECK (octet_length(token_hash) = 32),
	session_id uuid NOT NULL CONSTRAINT refresh_tokens_session REFERENCES eventflow.sessions ON DELETE CASCADE,
	created_at timestamptz NOT NULL DEFAULT now(),
	expires_at timestamptz NOT NULL,
	spent_at timestamptz
);
CREATE INDEX refresh_tokens_of_session ON eventflow.refresh_tokens (session_id, expires_at);
CREATE UNIQUE INDEX refresh_tokens_one_unspent ON eventflow.refresh_tokens (session_id) WHERE spent_at IS NULL;

REVOKE ALL ON eventflow.sessions, eventflow.refresh_tokens FROM PUBLIC;
ALTER TABLE eventflow.sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE eventflow.refresh_tokens ENABLE ROW LEVEL SECURITY;
CREATE POLICY eventflow_api ON eventflow.sessions TO eventflow_api USING (true) WITH CHECK (true);
CREATE POLICY eventflow_api ON eventflow.refresh_tokens TO eventflow_api USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE, UPDATE (expires_at) ON eventflow.sessions TO eventflow_api;
GRANT SELECT, INSERT, DELETE, UPDATE (spent_at) ON eventflow.refresh_tokens TO eventflow_api;

UPDATE eventflow.schema_version SET version = 9;


-- How tasks are reached and changed, at any size.

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


-- Nothing here is for the roles of Supabase's Data API, whatever the owner gives them of all that it makes.

-- Takes from everybody, and from each of those roles that is there, what they hold in this schema. Default rights of an owner for
-- all schemas cannot be taken back for one, so a change that makes anything ends with a call of this.
CREATE FUNCTION eventflow.revoke_from_data_api() RETURNS void LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
	grantee text;
BEGIN
	FOR grantee IN
		SELECT 'PUBLIC' UNION ALL SELECT quote_ident(r.rolname) FROM pg_catalog.pg_roles r
		WHERE r.rolname IN ('anon', 'authenticated', 'service_role', 'authenticator')
	LOOP
		EXECUTE format('REVOKE ALL ON SCHEMA eventflow FROM %s', grantee);
		EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA eventflow FROM %s', grantee);
		EXECUTE format('REVOKE ALL ON ALL SEQUENCES IN SCHEMA eventflow FROM %s', grantee);
		EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA eventflow FROM %s', grantee);
	END LOOP;
END
$$;
SELECT eventflow.revoke_from_data_api();

UPDATE eventflow.schema_version SET version = 11;


-- Safe repeats: the answers that are kept under the Idempotency-Key of their requests.

CREATE TABLE eventflow.idempotency_keys (
	user_id uuid NOT NULL CONSTRAINT idempotency_keys_user REFERENCES eventflow.users ON DELETE CASCADE,
	key text NOT NULL CONSTRAINT idempotency_keys_key_form CHECK (key ~ '^[ -~]{1,128}$'),
	fingerprint bytea NOT NULL CONSTRAINT idempotency_keys_sha256 CHECK (octet_length(fingerprint) = 32),
	answer text NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotency_keys_age ON eventflow.idempotency_keys (user_id, created_at);

-- Takes a user's key until the transaction ends; an error of its own if another transaction has it. So nothing that stands behind
-- this statement waits for the other one.
CREATE FUNCTION eventflow.take_idempotency_key(user_id uuid, key text) RETURNS void LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
	IF NOT pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtextextended(user_id::text || key, 0)) THEN
		RAISE EXCEPTION 'another request with this key is in flight' USING ERRCODE = 'EF409';
	END IF;
END
$$;

ALTER TABLE eventflow.idempotency_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY eventflow_api ON eventflow.idempotency_keys TO eventflow_api USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE, UPDATE (fingerprint, answer, created_at) ON eventflow.idempotency_keys TO eventflow_api;
GRANT EXECUTE ON FUNCTION eventflow.take_idempotency_key TO eventflow_api;
SELECT eventflow.revoke_from_data_api();

UPDATE eventflow.schema_version SET version = 12;


-- An edit of a task's label or description by an operator is a change of its event too, as a deletion is.

DROP TRIGGER tasks_deletion_raises_version ON eventflow.tasks;
ALTER FUNCTION eventflow.raise_version_of_deleted_task RENAME TO raise_version_of_edited_task;
CREATE CONSTRAINT TRIGGER tasks_edit_raises_version AFTER UPDATE OF label, description, deleted_at ON eventflow.tasks
	DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
	WHEN ((OLD.label, OLD.description, OLD.deleted_at) IS DISTINCT FROM (NEW.label, NEW.description, NEW.deleted_at))
	EXECUTE FUNCTION eventflow.raise_version_of_edited_task();

UPDATE eventflow.schema_version SET version = 13;


-- An admin's list of events is read along an index too, page by page.

CREATE INDEX events_page ON eventflow.events (created_at, id);

UPDATE eventflow.schema_version SET version = 14;


-- What a value must be is its domain's rule, asked when the value is set, and what a transition must be is one function's.
--
-- PostgreSQL reads a table's CHECK constraints from its catalog, and plans them, for every statement that changes a row: those of
-- events, tasks and transitions were a quarter of what a transition cost. Domains are read once by each session, as functions are.

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


-- Tasks of an instance are held against their event and their instance all at once. Neither of these is ever deleted, and a task
-- never changes them, so it is enough to look when tasks are made; a foreign key would look for each task by itself, which was a
-- fifth of what an instance of a thousand nodes costs.

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


-- A task has its parents and children at hand: dependencies never change, so nobody who reads a task need look for them. That was
-- more than a third of what a page of fifty tasks cost, and nearly all of it in an event of ten thousand dependencies.

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


-- A user has the rights of the user type at hand: every request reads them, and the type's row was a fifth of what that cost. They are
-- one number, since six columns cost as much as that row: 1 view, 2 take, 4 move_state, 8 assign, 16 the type is a customer's, 32 an
-- admin's.

SET LOCAL statement_timeout = 0;
-- In the order in which a request reads them.
LOCK TABLE eventflow.users, eventflow.user_types IN ACCESS EXCLUSIVE MODE;
ALTER TABLE eventflow.user_types ADD rights smallint NOT NULL GENERATED ALWAYS AS ((can_view::integer + 2 * can_take::integer
	+ 4 * can_move_state::integer + 8 * can_assign::integer + 16 * is_customer::integer
	+ 32 * (access_level = 'admin')::integer)::smallint) STORED;
ALTER TABLE eventflow.users ADD rights smallint NOT NULL DEFAULT 0;
UPDATE eventflow.users u SET rights = y.rights FROM eventflow.user_types y WHERE y.id = u.user_type_id;

-- Whatever is set, a user's rights are those of the type. The lock lets a change of the type's rights and a change of the user's type
-- happen one behind the other: the second sees the first. A type that does not exist is refused by its foreign key. A user is locked
-- before the type here, and behind it below: whoever changes both in one transaction changes the type first, or may be told of a
-- deadlock by another who does the same.
CREATE FUNCTION eventflow.set_rights_of_user() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
	SELECT y.rights INTO NEW.rights FROM eventflow.user_types y WHERE y.id = NEW.user_type_id FOR SHARE;
	NEW.rights := coalesce(NEW.rights, 0);
	RETURN NEW;
END
$$;
CREATE TRIGGER users_rights BEFORE INSERT OR UPDATE OF user_type_id, rights ON eventflow.users
	FOR EACH ROW EXECUTE FUNCTION eventflow.set_rights_of_user();

-- A snapshot that is older than the change would not show the users whom the type has got since. (SERIALIZABLE finds that out.)
CREATE FUNCTION eventflow.pass_rights_to_users() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
	IF TG_OP = 'UPDATE' AND OLD.rights <> NEW.rights AND current_setting('transaction_isolation') = 'repeatable read' THEN
		RAISE EXCEPTION 'the rights of a user type cannot be changed in a transaction that is REPEATABLE READ' USING ERRCODE = '25001';
	END IF;
	-- To whatever they are set: the other trigger knows them.
	UPDATE eventflow.users u SET rights = 0 WHERE u.user_type_id = coalesce(NEW.id, OLD.id) AND u.rights IS DISTINCT FROM NEW.rights;
	RETURN NULL;
END
$$;
CREATE TRIGGER user_types_rights AFTER INSERT OR UPDATE OR DELETE ON eventflow.user_types
	FOR EACH ROW EXECUTE FUNCTION eventflow.pass_rights_to_users();

-- Where rows are loaded without foreign keys and other triggers, in whatever order, too, one behind the other. Should they ever
-- differ, since these triggers were off: UPDATE eventflow.users SET rights = 0 sets everybody's true ones.
ALTER TABLE eventflow.users ENABLE ALWAYS TRIGGER users_rights;
ALTER TABLE eventflow.user_types ENABLE ALWAYS TRIGGER user_types_rights;
REVOKE ALL ON FUNCTION eventflow.set_rights_of_user, eventflow.pass_rights_to_users FROM PUBLIC;

SELECT eventflow.revoke_from_data_api();

UPDATE eventflow.schema_version SET version = 18;


-- A user has the ids of the events of which the user is a member at hand: every request that is about one event asks for that, and a
-- look into event_members was a quarter of what that cost. event_members stays what is true, and the database keeps both in step.

SET LOCAL statement_timeout = 0;
LOCK TABLE eventflow.users, eventflow.event_members IN ACCESS EXCLUSIVE MODE;
ALTER TABLE eventflow.users ADD event_ids uuid[] NOT NULL DEFAULT '{}';
ALTER TABLE eventflow.users ALTER event_ids SET STORAGE EXTERNAL; -- random bytes, which no compression makes smaller
UPDATE eventflow.users u SET event_ids = ARRAY(SELECT m.event_id FROM eventflow.event_members m WHERE m.user_id = u.id ORDER BY m.event_id);

-- Whatever is set, they are those of event_members. When this looks there, the user's row is locked: so the second of two who change
-- memberships of one user sees those of the first, or is refused (40001) where its snapshot is older than that.
CREATE FUNCTION eventflow.set_events_of_user() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
	NEW.event_ids := ARRAY(SELECT m.event_id FROM eventflow.event_members m WHERE m.user_id = NEW.id ORDER BY m.event_id);
	RETURN NEW;
END
$$;
CREATE TRIGGER users_events BEFORE INSERT OR UPDATE OF event_ids ON eventflow.users
	FOR EACH ROW EXECUTE FUNCTION eventflow.set_events_of_user();

-- In the order of ids, and by its name before the trigger that raises the versions of the events: so two statements never wait for
-- each other, and nobody who waits for a user's row keeps the event's from the workers.
CREATE FUNCTION eventflow.pass_events_to_users() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
	PERFORM FROM eventflow.users u WHERE u.id IN (SELECT c.user_id FROM changed c) ORDER BY u.id FOR NO KEY UPDATE;
	-- To whatever they are set: the other trigger knows them.
	UPDATE eventflow.users u SET event_ids = '{}' WHERE u.id IN (SELECT c.user_id FROM changed c);
	RETURN NULL;
END
$$;
CREATE TRIGGER event_members_at_hand_deleted AFTER DELETE ON eventflow.event_members
	REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION eventflow.pass_events_to_users();
CREATE TRIGGER event_members_at_hand_inserted AFTER INSERT ON eventflow.event_members
	REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION eventflow.pass_events_to_users();

-- A change of a type's rights locks its users in that order, too.
CREATE OR REPLACE FUNCTION eventflow.pass_rights_to_users() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
	IF TG_OP = 'UPDATE' AND OLD.rights <> NEW.rights AND current_setting('transaction_isolation') = 'repeatable read' THEN
		RAISE EXCEPTION 'the rights of a user type cannot be changed in a transaction that is REPEATABLE READ' USING ERRCODE = '25001';
	END IF;
	PERFORM FROM eventflow.users u WHERE u.user_type_id = coalesce(NEW.id, OLD.id) AND u.rights IS DISTINCT FROM NEW.rights
		ORDER BY u.id FOR NO KEY UPDATE;
	-- To whatever they are set: the other trigger knows them.
	UPDATE eventflow.users u SET rights = 0 WHERE u.user_type_id = coalesce(NEW.id, OLD.id) AND u.rights IS DISTINCT FROM NEW.rights;
	RETURN NULL;
END
$$;

-- Where rows are loaded without foreign keys and other triggers (session_replication_role = replica), in whatever order, too, one
-- behind the other; and what no trigger follows is refused there as anywhere. They rest while pg_restore --disable-triggers loads a
-- dump, which has the ids, and are ordinary triggers afterwards; and a subscriber of logical replication gets the ids with the users.
-- Should they ever differ, UPDATE eventflow.users SET event_ids = '{}' sets everybody's true ones.
ALTER TABLE eventflow.users ENABLE ALWAYS TRIGGER users_events;
ALTER TABLE eventflow.event_members ENABLE ALWAYS TRIGGER event_members_at_hand_deleted;
ALTER TABLE eventflow.event_members ENABLE ALWAYS TRIGGER event_members_at_hand_inserted;
ALTER TABLE eventflow.event_members ENABLE ALWAYS TRIGGER event_members_immutable;
REVOKE ALL ON FUNCTION eventflow.set_events_of_user, eventflow.pass_events_to_users FROM PUBLIC;

SELECT eventflow.revoke_from_data_api();

UPDATE eventflow.schema_version SET version = 19;

COMMIT;
