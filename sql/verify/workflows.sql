-- Verifies workflows.
BEGIN;

SELECT id, version FROM eventflow.workflow_templates WHERE false;
SELECT workflow_id, version, name FROM eventflow.workflow_template_versions WHERE false;
SELECT node_id, position, task_type_id, label, metadata FROM eventflow.workflow_template_nodes WHERE false;
SELECT from_node_id, to_node_id, position FROM eventflow.workflow_template_edges WHERE false;
SELECT event_id, id, workflow_id, workflow_version FROM eventflow.workflow_instances WHERE false;

ROLLBACK;
