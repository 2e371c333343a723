/* SQL: workflow templates and workflow instances. */
#ifndef EVENTFLOW_CRUD_WORKFLOW_H
#define EVENTFLOW_CRUD_WORKFLOW_H

#include "core/uuid.h"
#include "db/batch.h"
#include "models/page.h"

/* Where templates, their nodes and their edges are: rows of WORKFLOW_TEMPLATE_COLUMNS, WORKFLOW_NODE_COLUMNS and
 * WORKFLOW_EDGE_COLUMNS, the latter two in the order of the templates. */
struct workflow_template_results {
	int templates;
	int nodes;
	int edges;
};

/* The newest version of each template. Read in one snapshot. */
struct workflow_template_results workflow_template_list_queue(struct database *database, const struct page *page);

/* The newest version of one; no rows if it does not exist. Read in one snapshot, or held. */
struct workflow_template_results workflow_template_read_queue(struct database *database, const struct uuid *id);

/* One row of (version, created_at) if the template exists, which stays locked until the transaction ends: so two who
 * save at once make two versions. */
int workflow_template_lock_queue(struct database *database, const struct uuid *id);

/* Keeps the template in its present version until the transaction ends, so that statement after statement reads the
 * same. */
void workflow_template_hold_queue(struct database *database, const struct uuid *id);

/* A new template, whose version 1 must follow; or the next version's number for one that exists. */
void workflow_template_create_queue(struct database *database, const struct uuid *id);
void workflow_template_raise_queue(struct database *database, const struct uuid *id);

/* The version that the template now has: its nodes and edges as arrays with one element for each. */
struct new_workflow_version {
	const char *name;
	const char *description;
	const char *node_ids;
	const char *task_type_ids;
	const char *labels;
	const char *metadata;
	const char *from_node_ids;
	const char *to_node_ids;
};

void workflow_version_create_queue(struct database *database, const struct uuid *id, const struct uuid *created_by,
				   const struct new_workflow_version *version);

/* Rows of WORKFLOW_INSTANCE_COLUMNS: of one event, of the user's memberships, or (both NULL) of all events. */
int workflow_instance_list_queue(struct database *database, const struct uuid *event_id, const struct uuid *member_id,
				 const struct page *page);

void workflow_instance_create_queue(struct database *database, const struct uuid *event_id, const struct uuid *id,
				    const struct uuid *workflow_id, const char *workflow_version,
				    const struct uuid *created_by);

#endif
