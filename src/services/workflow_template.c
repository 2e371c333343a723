/* Saving workflow templates: who may, whether the graph is sound, and the rows. */
#include <inttypes.h>

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

/* A save that somebody asks for. */
struct save {
	const struct workflow_template_save_input *input;
	struct uuid id;
	struct caller caller;
	struct rows task_types;
	struct rows present; /* the template as it is, locked; no row for a new one */
};

/* Reads the caller, the task types and, locked, the template that is there already. */
static enum error read_for_save(struct transaction *transaction, struct save *save)
{
	struct context *context = transaction->context;
	struct database *database = context->database;
	bool is_new = !save->input->id.present;
	transaction_begin(transaction);
	if (is_new)
		proof_hold_queue(database, save->id.text);
	int caller = caller_queue_with_time(database, &context->subject, NULL);
	int task_types = task_type_all_queue(database);
	bool locks = !is_new && transaction_may_lock(transaction);
	int present = locks ? workflow_template_lock_queue(database, &save->id) : 0;
	enum error error = batch_run(database);
	if (error != ERROR_NONE)
		return context_fail(context, error, NULL);
	save->task_types = batch_rows(database, task_types);
	save->present = locks ? batch_rows(database, present) : (struct rows){0};
	error = caller_take(context, caller, &save->caller);
	return error == ERROR_NONE ? transaction_take(transaction, &save->caller) : error;
}

/* What the template will be. */
static enum error describe(struct transaction *transaction, const struct save *save, struct workflow_template *workflow)
{
	struct text now = text_from_string(transaction->time);
	*workflow = (struct workflow_template){
	    .id = save->id,
	    .version = 1,
	    .name = save->input->name,
	    .description = save->input->description.data ? save->input->description : TEXT(""),
	    .created_at = now,
	    .updated_at = now,
	};
	if (save->present.count == 0)
		return ERROR_NONE;
	struct row row = row_of(save->present, 0);
	workflow->version = row_integer(&row) + 1;
	workflow->created_at = row_text(&row);
	return row.failed ? context_fail(transaction->context, ERROR_INTERNAL, NULL) : ERROR_NONE;
}

static enum error write_version(struct transaction *transaction, const struct save *save)
{
	struct context *context = transaction->context;
	struct workflow_template_saved saved = {.input = save->input};
	struct new_workflow_version version;
	enum error error = fill_version(context, save->input, &version);
	if (error == ERROR_NONE)
		error = describe(transaction, save, &saved.workflow);
	if (error == ERROR_NONE)
		error = transaction_answer(transaction, &saved);
	if (error != ERROR_NONE)
		return error;
	struct proof proof = {
	    PROOF_WORKFLOW_VERSION,
	    {save->id.text, arena_format(context->arena, "%" PRId64, saved.workflow.version), transaction->time},
	    save->input->id.present ? NULL : save->id.text,
	    false};
	if (!proof.key[1])
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	if (save->present.count == 0)
		workflow_template_create_queue(context->database, &save->id);
	else
		workflow_template_raise_queue(context->database, &save->id);
	workflow_version_create_queue(context->database, &save->id, &save->caller.id, &version);
	return transaction_commit(transaction, &proof);
}

static enum error save_template(struct transaction *transaction, void *work)
{
	struct save *save = work;
	struct context *context = transaction->context;
	enum error error = read_for_save(transaction, save);
	if (error != ERROR_NONE)
		return error;
	error = authorize_admin(&save->caller);
	if (error != ERROR_NONE)
		return context_fail(context, error, NULL);
	error = transaction_recall(transaction);
	if (error != ERROR_NONE || transaction->is_answered)
		return error;
	error = transaction_require_new(transaction);
	if (error == ERROR_NONE && save->input->id.present && save->present.count == 0)
		error = context_fail(context, ERROR_NOT_FOUND, NULL);
	if (error != ERROR_NONE)
		return error;
	error = check_workflow(context, save->input, save->task_types);
	return error == ERROR_NONE ? write_version(transaction, save) : error;
}

enum error workflow_template_save(struct context *context, const struct workflow_template_save_input *input,
				  answer_writer answer)
{
	struct save save = {.input = input, .id = input->id.value};
	if (!input->id.present && !uuid_generate(&save.id))
		return context_fail(context, ERROR_INTERNAL, NULL);
	return transaction_run(context, save_template, &save, answer);
}
