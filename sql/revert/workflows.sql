-- Reverts workflows.
BEGIN;

DROP TABLE eventflow.workflow_instances, eventflow.workflow_template_edges, eventflow.workflow_template_nodes,
	eventflow.workflow_template_versions, eventflow.workflow_templates;
UPDATE eventflow.schema_version SET version = 4;

COMMIT;
