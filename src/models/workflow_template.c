#include "models/workflow_template.h"

#include "models/timestamp.h"

struct workflow_template workflow_template_from_row(struct row *row)
{
	struct workflow_template workflow;
	workflow.id = row_uuid(row);
	workflow.version = row_integer(row);
	workflow.name = row_text(row);
	workflow.description = row_text(row);
	workflow.created_at = row_text(row);
	workflow.updated_at = row_text(row);
	return workflow;
}

struct workflow_node workflow_node_from_row(struct row *row)
{
	struct workflow_node node;
	node.workflow_id = row_uuid(row);
	node.node_id = row_text(row);
	node.task_type_id = row_uuid(row);
	node.label = row_text(row);
	node.metadata = row_text(row);
	node.description = row_text(row);
	return node;
}

struct workflow_edge workflow_edge_from_row(struct row *row)
{
	struct workflow_edge edge;
	edge.workflow_id = row_uuid(row);
	edge.from_node_id = row_text(row);
	edge.to_node_id = row_text(row);
	return edge;
}

void workflow_node_write(struct json_writer *json, const struct workflow_node *node)
{
	json_begin_object(json);
	json_name(json, "node_id");
	json_text(json, node->node_id);
	json_name(json, "task_type_id");
	json_string(json, node->task_type_id.text);
	json_name(json, "label");
	json_text(json, node->label);
	json_name(json, "metadata");
	json_raw(json, node->metadata);
	json_end_object(json);
}

void workflow_edge_write(struct json_writer *json, const struct workflow_edge *edge)
{
	json_begin_object(json);
	json_name(json, "from_node_id");
	json_text(json, edge->from_node_id);
	json_name(json, "to_node_id");
	json_text(json, edge->to_node_id);
	json_end_object(json);
}

void workflow_template_write_begin(struct json_writer *json, const struct workflow_template *workflow)
{
	json_begin_object(json);
	json_name(json, "id");
	json_string(json, workflow->id.text);
	json_name(json, "name");
	json_text(json, workflow->name);
	json_name(json, "description");
	json_text(json, workflow->description);
	json_name(json, "version");
	json_integer(json, workflow->version);
	json_name(json, "nodes");
	json_begin_array(json);
}

void workflow_template_write_turn(struct json_writer *json)
{
	json_end_array(json);
	json_name(json, "edges");
	json_begin_array(json);
}

void workflow_template_write_end(struct json_writer *json, const struct workflow_template *workflow)
{
	json_end_array(json);
	timestamp_write(json, "created_at", workflow->created_at);
	timestamp_write(json, "updated_at", workflow->updated_at);
	json_end_object(json);
}

static void write_nodes(struct json_writer *json, const struct uuid *workflow_id, struct rows nodes, int *position)
{
	for (; *position < nodes.count; (*position)++) {
		struct row row = row_of(nodes, *position);
		struct workflow_node node = workflow_node_from_row(&row);
		if (!uuid_equal(&node.workflow_id, workflow_id))
			break;
		workflow_node_write(json, &node);
	}
}

static void write_edges(struct json_writer *json, const struct uuid *workflow_id, struct rows edges, int *position)
{
	for (; *position < edges.count; (*position)++) {
		struct row row = row_of(edges, *position);
		struct workflow_edge edge = workflow_edge_from_row(&row);
		if (!uuid_equal(&edge.workflow_id, workflow_id))
			break;
		workflow_edge_write(json, &edge);
	}
}

void workflow_template_write(struct json_writer *json, const struct workflow_template *workflow, struct rows nodes,
			     int *node, struct rows edges, int *edge)
{
	workflow_template_write_begin(json, workflow);
	write_nodes(json, &workflow->id, nodes, node);
	workflow_template_write_turn(json);
	write_edges(json, &workflow->id, edges, edge);
	workflow_template_write_end(json, workflow);
}
