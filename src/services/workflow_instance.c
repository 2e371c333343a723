/* Workflow instances: their list, and the making of a new one. */
#include <inttypes.h>

#include "crud/caller.h"
#include "crud/task.h"
#include "db/array.h"
#include "models/workflow_template.h"
#include "services/caller.h"
#include "services/change.h"
#include "services/dag.h"
#include "services/event_version.h"
#include "services/task_life.h"
#include "services/workflow.h"

/* What instance_list_queue_for needs. */
struct instance_list_request {
	const struct page *page;
	const struct uuid *event_id;
	int result;
};

static void instance_list_queue_for(struct context *context, const struct authority *authority, void *list)
{
	struct instance_list_request *request = list;
	const struct uuid *member_id = authority->is_admin ? NULL : &context->subject;
	request->result = workflow_instance_list_queue(context->database, request->event_id, member_id, request->page);
}

enum error workflow_instance_list(struct context *context, const struct workflow_instance_list_input *input,
				  struct workflow_instance_page *page)
{
	const struct uuid *event_id = input->event_id.present ? &input->event_id.value : NULL;
	struct row_page *list = &page->list;
	struct instance_list_request request = {.page = &list->page, .event_id = event_id};
	const char *binding =
	    arena_format(context->arena, "workflow_instance_list %s", event_id ? event_id->text : "-");
	enum error error = page_read(context, binding, input->limit, input->cursor, &list->page);
	if (error == ERROR_NONE)
		error = caller_read_with_list(context, event_id, instance_list_queue_for, &request, &list->caller);
	if (error == ERROR_NONE && event_id)
		error = caller_require_event(context, &list->caller, EVENT_IN_FIELD, event_id);
	if (error != ERROR_NONE)
		return error;
	list->rows = batch_rows(context->database, request.result);
	page->is_of_one_event = event_id != NULL;
	return ERROR_NONE;
}

/* A template with its graph put in order, about to come to life. */
struct blueprint {
	struct workflow_template workflow;
	struct workflow_node *nodes;
	struct uuid *task_ids; /* the task that each node becomes */
	size_t node_count;
	size_t edge_count;
	struct dag_order order;
};

/* Reads the caller and the newest version of the template. */
static enum error read_for_instance(struct context *context, const struct workflow_instantiate_input *input,
				    struct caller *caller, struct workflow_template_rows *rows)
{
	struct database *database = context->database;
	batch_add_begin_snapshot(database);
	int result = caller_queue(database, &context->subject, &input->event_id);
	struct workflow_template_results results = workflow_template_read_queue(database, &input->workflow_id);
	batch_add_commit(database);
	enum error error = batch_run(database);
	if (error != ERROR_NONE)
		return context_fail(context, error, NULL);
	error = caller_take(context, result, caller);
	if (error == ERROR_NONE)
		error = caller_require_event(context, caller, EVENT_IN_FIELD, &input->event_id);
	if (error == ERROR_NONE)
		error = caller_require_permission(context, caller, PERMISSION_ASSIGN);
	if (error != ERROR_NONE)
		return error;
	rows->templates = batch_rows(database, results.templates);
	rows->nodes = batch_rows(database, results.nodes);
	rows->edges = batch_rows(database, results.edges);
	return rows->templates.count == 1 ? ERROR_NONE : context_fail(context, ERROR_NOT_FOUND, NULL);
}

/* The graph as the DAG engine takes it; node ids and edges point into the rows. */
static bool read_graph(struct arena *arena, const struct workflow_template_rows *rows, struct blueprint *blueprint,
		       struct dag *dag)
{
	size_t node_count = (size_t)rows->nodes.count;
	size_t edge_count = (size_t)rows->edges.count;
	struct text *ids = arena_calloc(arena, node_count + 1, sizeof(*ids));
	struct dag_edge *edges = arena_calloc(arena, edge_count + 1, sizeof(*edges));
	blueprint->nodes = arena_calloc(arena, node_count + 1, sizeof(*blueprint->nodes));
	blueprint->task_ids = arena_calloc(arena, node_count + 1, sizeof(*blueprint->task_ids));
	if (!ids || !edges || !blueprint->nodes || !blueprint->task_ids)
		return false;
	for (size_t i = 0; i < node_count; i++) {
		struct row row = row_of(rows->nodes, (int)i);
		blueprint->nodes[i] = workflow_node_from_row(&row);
		ids[i] = blueprint->nodes[i].node_id;
		if (!uuid_generate(&blueprint->task_ids[i]))
			return false;
	}
	for (size_t i = 0; i < edge_count; i++) {
		struct row row = row_of(rows->edges, (int)i);
		struct workflow_edge edge = workflow_edge_from_row(&row);
		edges[i] = (struct dag_edge){edge.from_node_id, edge.to_node_id};
	}
	blueprint->node_count = node_count;
	blueprint->edge_count = edge_count;
	*dag = (struct dag){ids, node_count, edges, edge_count};
	return true;
}

static enum error plan(struct context *context, const struct workflow_template_rows *rows, struct blueprint *blueprint)
{
	struct dag dag;
	struct row row = row_of(rows->templates, 0);
	blueprint->workflow = workflow_template_from_row(&row);
	if (!read_graph(context->arena, rows, blueprint, &dag) || !dag_order(context->arena, &dag, &blueprint->order))
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	return row.failed ? context_fail(context, ERROR_INTERNAL, NULL) : ERROR_NONE;
}

/* One array for each column of the new tasks. */
enum {
	COLUMN_ID,
	COLUMN_NODE,
	COLUMN_TYPE,
	COLUMN_LABEL,
	COLUMN_DESCRIPTION,
	COLUMN_STATE,
	COLUMN_PARENTS,
	COLUMN_RANK,
	COLUMN__MAX
};

static void add_task(struct array *const columns[COLUMN__MAX], const struct blueprint *blueprint, size_t i)
{
	const struct workflow_node *node = &blueprint->nodes[i];
	int parents = blueprint->order.parent_counts[i];
	array_add_text(columns[COLUMN_ID], text_from_string(blueprint->task_ids[i].text));
	array_add_text(columns[COLUMN_NODE], node->node_id);
	array_add_text(columns[COLUMN_TYPE], text_from_string(node->task_type_id.text));
	array_add_text(columns[COLUMN_LABEL], node->label);
	array_add_text(columns[COLUMN_DESCRIPTION], node->description.data ? node->description : TEXT(""));
	array_add_text(columns[COLUMN_STATE], text_from_string(task_state_names[task_life_initial(parents)]));
	array_add_integer(columns[COLUMN_PARENTS], parents);
	array_add_integer(columns[COLUMN_RANK], blueprint->order.ranks[i]);
}

static enum error queue_tasks(struct context *context, const struct uuid *event_id, const struct uuid *instance_id,
			      const struct blueprint *blueprint)
{
	struct array *columns[COLUMN__MAX];
	const char *literals[COLUMN__MAX];
	for (int column = 0; column < COLUMN__MAX; column++)
		columns[column] = array_new(context->arena);
	for (size_t i = 0; i < blueprint->node_count; i++)
		add_task(columns, blueprint, i);
	for (int column = 0; column < COLUMN__MAX; column++) {
		literals[column] = array_literal(columns[column]);
		if (!literals[column])
			return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	}
	struct new_tasks tasks = {
	    .ids = literals[COLUMN_ID],
	    .node_ids = literals[COLUMN_NODE],
	    .task_type_ids = literals[COLUMN_TYPE],
	    .labels = literals[COLUMN_LABEL],
	    .descriptions = literals[COLUMN_DESCRIPTION],
	    .states = literals[COLUMN_STATE],
	    .open_parents = literals[COLUMN_PARENTS],
	    .ranks = literals[COLUMN_RANK],
	};
	task_create_queue(context->database, event_id, instance_id, &tasks);
	return ERROR_NONE;
}

static enum error queue_dependencies(struct context *context, const struct uuid *event_id,
				     const struct blueprint *blueprint)
{
	struct array *parents = array_new(context->arena);
	struct array *children = array_new(context->arena);
	for (size_t i = 0; i < blueprint->edge_count; i++) {
		array_add_text(parents, text_from_string(blueprint->task_ids[blueprint->order.from[i]].text));
		array_add_text(children, text_from_string(blueprint->task_ids[blueprint->order.to[i]].text));
	}
	const char *parent_ids = array_literal(parents);
	const char *child_ids = array_literal(children);
	if (!parent_ids || !child_ids)
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	task_dependency_create_queue(context->database, event_id, parent_ids, child_ids);
	return ERROR_NONE;
}

/* What create queues to read back, where the results are. */
struct created {
	int instance;
	struct task_list_results tasks;
};

static struct created queue_readback(struct context *context, const struct uuid *event_id,
				     const struct uuid *instance_id)
{
	struct created created;
	created.instance = workflow_instance_read_queue(context->database, event_id, instance_id);
	created.tasks = task_instance_queue(context->database, event_id, instance_id);
	return created;
}

/* Each task begins its life with a transition of its own. */
static void add_transitions(struct change *change, const struct blueprint *blueprint, const struct uuid *actor_id)
{
	for (size_t i = 0; i < blueprint->node_count; i++) {
		struct change_entry entry = {
		    .task_id = &blueprint->task_ids[i],
		    .number = 1,
		    .kind = TRANSITION_CREATED,
		    .from_state = TASK_STATE__MAX,
		    .to_state = task_life_initial(blueprint->order.parent_counts[i]),
		    .actor_id = actor_id,
		};
		change_add(change, &entry);
	}
}

static enum error create(struct context *context, const struct uuid *event_id, const struct blueprint *blueprint,
			 const struct uuid *created_by, const char *expected_version,
			 struct workflow_instantiated *result)
{
	struct change change;
	struct uuid id;
	const char *version = arena_format(context->arena, "%" PRId64, blueprint->workflow.version);
	if (!version || !uuid_generate(&id))
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	batch_add_begin(context->database);
	workflow_instance_create_queue(context->database, event_id, &id, &blueprint->workflow.id, version, created_by);
	enum error error = queue_tasks(context, event_id, &id, blueprint);
	if (error == ERROR_NONE)
		error = queue_dependencies(context, event_id, blueprint);
	if (error != ERROR_NONE)
		return error;
	struct created created = queue_readback(context, event_id, &id);
	change_begin(&change, context);
	add_transitions(&change, blueprint, created_by);
	error = change_commit(&change, event_id, expected_version);
	if (error != ERROR_NONE)
		return error;
	result->instance = batch_rows(context->database, created.instance);
	result->tasks = batch_rows(context->database, created.tasks.tasks);
	if (!dependencies_from_rows(context->arena, batch_rows(context->database, created.tasks.dependencies), false,
				    &result->dependencies))
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	return ERROR_NONE;
}

enum error workflow_instantiate(struct context *context, const struct workflow_instantiate_input *input,
				struct workflow_instantiated *result)
{
	struct caller caller;
	struct workflow_template_rows rows = {0};
	struct blueprint blueprint;
	const char *expected_version;
	*result = (struct workflow_instantiated){0};
	enum error error = event_version_expected(context, &expected_version);
	if (error == ERROR_NONE)
		error = read_for_instance(context, input, &caller, &rows);
	if (error == ERROR_NONE)
		error = plan(context, &rows, &blueprint);
	if (error != ERROR_NONE)
		return error;
	return create(context, &input->event_id, &blueprint, &caller.id, expected_version, result);
}
