#include "crud/workflow.h"

#include "models/workflow_instance.h"
#include "models/workflow_template.h"

#define TEMPLATES_OF_PAGE                                                                                         \
	"SELECT w.* FROM eventflow.workflow_templates w WHERE (w.created_at, w.id) > ($1::timestamptz, $2::uuid)" \
	" ORDER BY w.created_at, w.id LIMIT $3::bigint"

#define TEMPLATE_OF_ID "SELECT w.* FROM eventflow.workflow_templates w WHERE w.id = $1::uuid"

#define TEMPLATES(templates)                                                                                      \
	"SELECT " WORKFLOW_TEMPLATE_COLUMNS " FROM (" templates ") w JOIN eventflow.workflow_template_versions v" \
	" ON v.workflow_id = w.id AND v.version = w.version ORDER BY w.created_at, w.id"

#define NODES(templates)                                                                                   \
	"SELECT " WORKFLOW_NODE_COLUMNS " FROM (" templates ") w JOIN eventflow.workflow_template_nodes n" \
	" ON n.workflow_id = w.id AND n.version = w.version ORDER BY w.created_at, w.id, n.position"

#define EDGES(templates)                                                                                   \
	"SELECT " WORKFLOW_EDGE_COLUMNS " FROM (" templates ") w JOIN eventflow.workflow_template_edges d" \
	" ON d.workflow_id = w.id AND d.version = w.version ORDER BY w.created_at, w.id, d.position"

static const struct statement template_list = {"workflow_template_list", TEMPLATES(TEMPLATES_OF_PAGE), 3};
static const struct statement template_list_nodes = {"workflow_template_list_nodes", NODES(TEMPLATES_OF_PAGE), 3};
static const struct statement template_list_edges = {"workflow_template_list_edges", EDGES(TEMPLATES_OF_PAGE), 3};

struct workflow_template_results workflow_template_list_queue(struct database *database, const struct page *page)
{
	const char *parameters[] = {page->created_at, page->id, page->fetch};
	struct workflow_template_results results;
	results.templates = batch_add(database, &template_list, parameters);
	results.nodes = batch_add(database, &template_list_nodes, parameters);
	results.edges = batch_add(database, &template_list_edges, parameters);
	return results;
}

static const struct statement template_read = {"workflow_template_read", TEMPLATES(TEMPLATE_OF_ID), 1};
static const struct statement template_read_nodes = {"workflow_template_read_nodes", NODES(TEMPLATE_OF_ID), 1};
static const struct statement template_read_edges = {"workflow_template_read_edges", EDGES(TEMPLATE_OF_ID), 1};

struct workflow_template_results workflow_template_read_queue(struct database *database, const struct uuid *id)
{
	const char *parameters[] = {id->text};
	struct workflow_template_results results;
	results.templates = batch_add(database, &template_read, parameters);
	results.nodes = batch_add(database, &template_read_nodes, parameters);
	results.edges = batch_add(database, &template_read_edges, parameters);
	return results;
}

static const struct statement template_lock = {
    "workflow_template_lock",
    "SELECT w.version, w.created_at FROM eventflow.workflow_templates w WHERE w.id = $1::uuid FOR NO KEY UPDATE",
    1,
};

int workflow_template_lock_queue(struct database *database, const struct uuid *id)
{
	const char *parameters[] = {id->text};
	return batch_add(database, &template_lock, parameters);
}

static const struct statement template_hold = {
    "workflow_template_hold",
    "SELECT FROM eventflow.workflow_templates w WHERE w.id = $1::uuid FOR SHARE",
    1,
};

void workflow_template_hold_queue(struct database *database, const struct uuid *id)
{
	const char *parameters[] = {id->text};
	batch_add(database, &template_hold, parameters);
}

static const struct statement template_create = {
    "workflow_template_create",
    "INSERT INTO eventflow.workflow_templates (id, version) VALUES ($1::uuid, 1)",
    1,
};

void workflow_template_create_queue(struct database *database, const struct uuid *id)
{
	const char *parameters[] = {id->text};
	batch_add(database, &template_create, parameters);
}

static const struct statement template_raise = {
    "workflow_template_raise",
    "UPDATE eventflow.workflow_templates SET version = version + 1, updated_at = now() WHERE id = $1::uuid",
    1,
};

void workflow_template_raise_queue(struct database *database, const struct uuid *id)
{
	const char *parameters[] = {id->text};
	batch_add(database, &template_raise, parameters);
}

static const struct statement version_create = {
    "workflow_version_create",
    "INSERT INTO eventflow.workflow_template_versions (workflow_id, version, name, description, created_by)"
    " SELECT w.id, w.version, $2, $3, $4::uuid FROM eventflow.workflow_templates w WHERE w.id = $1::uuid",
    4,
};

static const struct statement nodes_create = {
    "workflow_nodes_create",
    "INSERT INTO eventflow.workflow_template_nodes"
    " (workflow_id, version, node_id, task_type_id, label, metadata, position)"
    " SELECT w.id, w.version, n.node_id, n.task_type_id, n.label, n.metadata, n.position"
    " FROM eventflow.workflow_templates w,"
    " unnest($2::text[], $3::uuid[], $4::text[], $5::jsonb[]) WITH ORDINALITY"
    " AS n (node_id, task_type_id, label, metadata, position) WHERE w.id = $1::uuid",
    5,
};

static const struct statement edges_create = {
    "workflow_edges_create",
    "INSERT INTO eventflow.workflow_template_edges (workflow_id, version, from_node_id, to_node_id, position)"
    " SELECT w.id, w.version, d.from_node_id, d.to_node_id, d.position FROM eventflow.workflow_templates w,"
    " unnest($2::text[], $3::text[]) WITH ORDINALITY AS d (from_node_id, to_node_id, position) WHERE w.id = $1::uuid",
    3,
};

void workflow_version_create_queue(struct database *database, const struct uuid *id, const struct uuid *created_by,
				   const struct new_workflow_version *version)
{
	const char *create[] = {id->text, version->name, version->description, created_by->text};
	batch_add(database, &version_create, create);
	const char *nodes[] = {id->text, version->node_ids, version->task_type_ids, version->labels, version->metadata};
	batch_add(database, &nodes_create, nodes);
	const char *edges[] = {id->text, version->from_node_ids, version->to_node_ids};
	batch_add(database, &edges_create, edges);
}

#define INSTANCES(instances)                                                                                         \
	"SELECT " WORKFLOW_INSTANCE_COLUMNS " FROM (" instances ") i CROSS JOIN LATERAL (SELECT"                     \
	" count(*) FILTER (WHERE t.state = 'BLOCKED') AS blocked, count(*) FILTER (WHERE t.state = 'TODO') AS todo," \
	" count(*) FILTER (WHERE t.state = 'IN_PROGRESS') AS in_progress,"                                           \
	" count(*) FILTER (WHERE t.state = 'DONE') AS done FROM eventflow.tasks t"                                   \
	" WHERE t.event_id = i.event_id AND t.workflow_instance_id = i.id AND t.deleted_at IS NULL) c"               \
	" ORDER BY i.created_at, i.id"

#define INSTANCE_PAGE \
	" AND (i.created_at, i.id) > ($2::timestamptz, $3::uuid) ORDER BY i.created_at, i.id LIMIT $4::bigint"

static const struct statement instance_list_all = {
    "workflow_instance_list_all",
    INSTANCES("SELECT i.* FROM eventflow.workflow_instances i WHERE $1::uuid IS NULL" INSTANCE_PAGE),
    4,
};

static const struct statement instance_list_event = {
    "workflow_instance_list_event",
    INSTANCES("SELECT i.* FROM eventflow.workflow_instances i WHERE i.event_id = $1::uuid" INSTANCE_PAGE),
    4,
};

static const struct statement instance_list_memberships = {
    "workflow_instance_list_memberships",
    INSTANCES("SELECT i.* FROM eventflow.event_members m JOIN eventflow.workflow_instances i"
	      " ON i.event_id = m.event_id WHERE m.user_id = $1::uuid" INSTANCE_PAGE),
    4,
};

int workflow_instance_list_queue(struct database *database, const struct uuid *event_id, const struct uuid *member_id,
				 const struct page *page)
{
	const struct statement *statement = event_id    ? &instance_list_event
					    : member_id ? &instance_list_memberships
							: &instance_list_all;
	const struct uuid *scope = event_id ? event_id : member_id;
	const char *parameters[] = {scope ? scope->text : NULL, page->created_at, page->id, page->fetch};
	return batch_add(database, statement, parameters);
}

static const struct statement instance_create = {
    "workflow_instance_create",
    "INSERT INTO eventflow.workflow_instances (event_id, id, workflow_id, workflow_version, created_by)"
    " VALUES ($1::uuid, $2::uuid, $3::uuid, $4::integer, $5::uuid)",
    5,
};

void workflow_instance_create_queue(struct database *database, const struct uuid *event_id, const struct uuid *id,
				    const struct uuid *workflow_id, const char *workflow_version,
				    const struct uuid *created_by)
{
	const char *parameters[] = {event_id->text, id->text, workflow_id->text, workflow_version, created_by->text};
	batch_add(database, &instance_create, parameters);
}
