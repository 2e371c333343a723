-- Workflow templates and instances.
BEGIN;

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

COMMIT;
