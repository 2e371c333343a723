/* Saving workflow templates: who may, whether the graph is sound, and the rows. */
#include "crud/caller.h"
#include "crud/reference.h"
#include "db/array.h"
#include "services/caller.h"
#include "services/dag.h"
#include "services/workflow.h"

static enum error build_dag(struct context *context, const struct workflow_template_save_input *input, struct dag *dag)
{
	struct text *nodes = arena_calloc(context->arena, input->nodes_count + 1, sizeof(*nodes));
	struct dag_edge *edges = arena_calloc(context->arena, input->edges_count + 1, sizeof(*edges));
	if (!nodes || !edges)
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	for (size_t i = 0; i < input->nodes_count; i++)
		nodes[i] = input->nodes[i].node_id;
	for (size_t i = 0; i < input->edges_count; i++)
		edges[i] = (struct dag_edge){input->edges[i].from_node_id, input->edges[i].to_node_id};
	*dag = (struct dag){nodes, input->nodes_count, edges, input->edges_count};
	return ERROR_NONE;
}

static bool is_task_type(struct rows task_types, const struct uuid *id)
{
	for (int i = 0; i < task_types.count; i++) {
		struct row row = row_of(task_types, i);
		struct uuid known = row_uuid(&row);
		if (uuid_equal(&known, id))
			return true;
	}
	return false;
}

/* Adds a fault for each node whose task type does not exist. */
static enum error check_task_types(struct context *context, const struct workflow_template_save_input *input,
				   struct rows task_types, struct fault *faults, size_t *count)
{
	for (size_t i = 0; i < input->nodes_count; i++) {
		const struct workflow_node_input *node = &input->nodes[i];
		if (is_task_type(task_types, &node->task_type_id))
			continue;
		const char *subject =
		    arena_format(context->arena, "%.*s has the task type %s, which does not exist",
				 (int)node->node_id.length, node->node_id.data, node->task_type_id.text);
		const char *message = subject ? error_message(context->arena, ERROR_UNKNOWN_TASK_TYPE, subject) : NULL;
		const char *name = arena_copy(context->arena, node->node_id);
		if (!message || !name)
			return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
		faults[(*count)++] = (struct fault){"node", name, ERROR_UNKNOWN_TASK_TYPE, message};
	}
	return ERROR_NONE;
}

/* All faults at once: those of the graph, then those of the task types. */
static enum error check_workflow(struct context *context, const struct workflow_template_save_input *input,
				 struct rows task_types)
{
	struct dag dag;
	struct fault *of_graph = NULL;
	size_t count = 0;
	enum error error = build_dag(context, input, &dag);
	if (error != ERROR_NONE)
		return error;
	if (!dag_validate(context->arena, &dag, &of_graph, &count))
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	struct fault *faults = arena_calloc(context->arena, count + input->nodes_count + 1, sizeof(*faults));
	if (!faults)
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	for (size_t i = 0; i < count; i++)
		faults[i] = of_graph[i];
	if (input->nodes_count <= DAG_NODES_MAX)
		error = check_task_types(context, input, task_types, faults, &count);
	if (error != ERROR_NONE || count == 0)
		return error;
	return context_fail_faults(context, faults, count);
}

static void add_node(struct array *const arrays[4], const struct workflow_node_input *node)
{
	array_add_text(arrays[0], node->node_id);
	array_add_text(arrays[1], text_from_string(node->task_type_id.text));
	array_add_text(arrays[2], node->label);
	array_add_text(arrays[3], node->metadata.data ? node->metadata : TEXT("{}"));
}

static enum error fill_version(struct context *context, const struct workflow_template_save_input *input,
			       struct new_workflow_version *version)
{
	struct arena *arena = context->arena;
	struct array *nodes[4] = {array_new(arena), array_new(arena), array_new(arena), array_new(arena)};
	struct array *from = array_new(arena);
	struct array *to = array_new(arena);
	for (size_t i = 0; i < input->nodes_count; i++)
		add_node(nodes, &input->nodes[i]);
	for (size_t i = 0; i < input->edges_count; i++) {
		array_add_text(from, input->edges[i].from_node_id);
		array_add_text(to, input->edges[i].to_node_id);
	}
	*version = (struct new_workflow_version){
	    .name = arena_copy(arena, input->name),
	    .description = arena_copy(arena, input->description.data ? input->description : TEXT("")),
	    .node_ids = array_literal(nodes[0]),
	    .task_type_ids = array_literal(nodes[1]),
	    .labels = array_literal(nodes[2]),
	    .metadata = array_literal(nodes[3]),
	    .from_node_ids = array_literal(from),
	    .to_node_ids = array_literal(to),
	};
	bool complete = version->name && version->description && version->node_ids && version->task_type_ids &&
			version->labels && version->metadata && version->from_node_ids && version->to_node_ids;
	return complete ? ERROR_NONE : context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
}

/* Writes the version, and reads it back as every reader will see it, in one round trip. */
static enum error write_version(struct context *context, const struct uuid *id, bool is_new,
				const struct uuid *created_by, const struct new_workflow_version *version,
				struct workflow_template_rows *saved)
{
	struct database *database = context->database;
	batch_add_begin(database);
	if (is_new)
		workflow_template_create_queue(database, id);
	else
		workflow_template_raise_queue(database, id);
	workflow_version_create_queue(database, id, created_by, version);
	struct workflow_template_results results = workflow_template_read_queue(database, id);
	batch_add_commit(database);
	enum error error = batch_run(database);
	if (error != ERROR_NONE)
		return context_fail(context, error, NULL);
	saved->templates = batch_rows(database, results.templates);
	saved->nodes = batch_rows(database, results.nodes);
	saved->edges = batch_rows(database, results.edges);
	return saved->templates.count == 1 ? ERROR_NONE : context_fail(context, ERROR_INTERNAL, NULL);
}

/* Reads the caller, the task types and, to know whether it exists, the template. */
static enum error read_for_save(struct context *context, const struct workflow_template_save_input *input,
				struct caller *caller, struct rows *task_types)
{
	struct database *database = context->database;
	int caller_result = caller_queue(database, &context->subject, NULL);
	int types_result = task_type_all_queue(database);
	int exists = input->id.present ? workflow_template_exists_queue(database, &input->id.value) : -1;
	enum error error = batch_run(database);
	if (error != ERROR_NONE)
		return context_fail(context, error, NULL);
	error = caller_take(context, caller_result, caller);
	if (error != ERROR_NONE)
		return error;
	error = authorize_admin(caller);
	if (error != ERROR_NONE)
		return context_fail(context, error, NULL);
	if (exists >= 0 && batch_rows(database, exists).count == 0)
		return context_fail(context, ERROR_NOT_FOUND, NULL);
	*task_types = batch_rows(database, types_result);
	return ERROR_NONE;
}

enum error workflow_template_save(struct context *context, const struct workflow_template_save_input *input,
				  struct workflow_template_rows *saved)
{
	struct caller caller;
	struct rows task_types;
	struct new_workflow_version version;
	struct uuid id = input->id.value;
	enum error error = read_for_save(context, input, &caller, &task_types);
	if (error == ERROR_NONE)
		error = check_workflow(context, input, task_types);
	if (error == ERROR_NONE)
		error = fill_version(context, input, &version);
	if (error != ERROR_NONE)
		return error;
	if (!input->id.present && !uuid_generate(&id))
		return context_fail(context, ERROR_INTERNAL, NULL);
	return write_version(context, &id, !input->id.present, &caller.id, &version, saved);
}
