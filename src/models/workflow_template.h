/* A workflow template: a directed acyclic graph of nodes (future tasks) and edges (dependencies), in one version. */
#ifndef EVENTFLOW_MODELS_WORKFLOW_TEMPLATE_H
#define EVENTFLOW_MODELS_WORKFLOW_TEMPLATE_H

#include <stdint.h>

#include "core/json_writer.h"
#include "core/text.h"
#include "core/uuid.h"
#include "db/row.h"

/* The columns of workflow_template_from_row, of eventflow.workflow_templates as w and its newest version as v. */
#define WORKFLOW_TEMPLATE_COLUMNS "w.id, v.version, v.name, v.description, w.created_at, w.updated_at"

/* The columns of workflow_node_from_row, of eventflow.workflow_template_nodes as n. */
#define WORKFLOW_NODE_COLUMNS \
	"n.workflow_id, n.node_id, n.task_type_id, n.label, n.metadata, n.metadata ->> 'description'"

/* The columns of workflow_edge_from_row, of eventflow.workflow_template_edges as d. */
#define WORKFLOW_EDGE_COLUMNS "d.workflow_id, d.from_node_id, d.to_node_id"

struct workflow_template {
	struct uuid id;
	int64_t version;
	struct text name;
	struct text description;
	struct text created_at;
	struct text updated_at;
};

struct workflow_node {
	struct uuid workflow_id;
	struct text node_id;
	struct uuid task_type_id;
	struct text label;
	struct text metadata;    /* a JSON object */
	struct text description; /* of metadata; may be null */
};

struct workflow_edge {
	struct uuid workflow_id;
	struct text from_node_id;
	struct text to_node_id;
};

struct workflow_template workflow_template_from_row(struct row *row);
struct workflow_node workflow_node_from_row(struct row *row);
struct workflow_edge workflow_edge_from_row(struct row *row);

/* A template with its nodes and edges. These stand, with those of other templates, in rows ordered as the templates
 * are; *node and *edge are where this template's begin, and are moved to where the next one's do. */
void workflow_template_write(struct json_writer *json, const struct workflow_template *workflow, struct rows nodes,
			     int *node, struct rows edges, int *edge);

/* The same from its parts: begin, then the nodes, then turn, then the edges, then end. */
void workflow_template_write_begin(struct json_writer *json, const struct workflow_template *workflow);
void workflow_node_write(struct json_writer *json, const struct workflow_node *node);
void workflow_template_write_turn(struct json_writer *json);
void workflow_edge_write(struct json_writer *json, const struct workflow_edge *edge);
void workflow_template_write_end(struct json_writer *json, const struct workflow_template *workflow);

#endif
