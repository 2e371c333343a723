/* Workflow instances: their list, and the making of a new one. */
#include <inttypes.h>

#include "crud/caller.h"
#include "services/blueprint.h"
#include "services/caller.h"
#include "services/event_version.h"
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
	list_memory_begin(&page->memory, context, event_id ? binding : NULL, input->limit, input->cursor);
	enum error error = page_read(context, binding, input->limit, input->cursor, &list->page);
	if (error == ERROR_NONE)
		error = caller_read_with_list(context, event_id, instance_list_queue_for, &request, &page->memory,
					      &list->caller);
	if (error == ERROR_NONE && event_id)
		error = caller_require_event(context, &list->caller, EVENT_IN_FIELD, event_id);
	page->is_of_one_event = event_id != NULL;
	if (error == ERROR_NONE && !page->memory.is_spared)
		list->rows = batch_rows(context->database, request.result);
	return error;
}

/* An instance that somebody asks for. */
struct instantiation {
	const struct workflow_instantiate_input *input;
	const char *expected_version; /* of the event, by If-Match; NULL: any */
	struct uuid id;               /* of the instance, made anew in each attempt */
	struct caller caller;
	struct workflow_template_rows rows;
};

/* Reads the caller and the newest version of the template, which stays the newest until the transaction ends. */
static enum error read_for_instance(struct transaction *transaction, struct instantiation *instantiation)
{
	struct context *context = transaction->context;
	struct database *database = context->database;
	const struct workflow_instantiate_input *input = instantiation->input;
	if (!uuid_generate(&instantiation->id))
		return context_fail(context, ERROR_INTERNAL, NULL);
	transaction_begin(transaction);
	proof_hold_queue(database, instantiation->id.text);
	int caller = caller_queue_with_time(database, &context->subject, &input->event_id);
	workflow_template_hold_queue(database, &input->workflow_id);
	struct workflow_template_results results = workflow_template_read_queue(database, &input->workflow_id);
	enum error error = batch_run(database);
	if (error != ERROR_NONE)
		return context_fail(context, error, NULL);
	instantiation->rows.templates = batch_rows(database, results.templates);
	instantiation->rows.nodes = batch_rows(database, results.nodes);
	instantiation->rows.edges = batch_rows(database, results.edges);
	error = caller_take(context, caller, &instantiation->caller);
	return error == ERROR_NONE ? transaction_take(transaction, &instantiation->caller) : error;
}

static enum error create(struct transaction *transaction, const struct instantiation *instantiation,
			 const struct blueprint *blueprint)
{
	struct context *context = transaction->context;
	struct workflow_instantiated result = {.instance = {
						   .id = instantiation->id,
						   .event_id = instantiation->input->event_id,
						   .workflow_id = blueprint->workflow.id,
						   .workflow_version = blueprint->workflow.version,
						   .created_by = instantiation->caller.id,
						   .created_at = text_from_string(transaction->time),
					       }};
	struct workflow_instance *instance = &result.instance;
	struct change change;
	const char *version = arena_format(context->arena, "%" PRId64, instance->workflow_version);
	if (!version)
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	workflow_instance_create_queue(context->database, &instance->event_id, &instance->id, &instance->workflow_id,
				       version, &instance->created_by);
	enum error error = blueprint_queue(context, blueprint, &instance->event_id, &instance->id);
	if (error == ERROR_NONE)
		error = blueprint_describe(context, blueprint, &result);
	if (error != ERROR_NONE)
		return error;
	change_begin(&change, transaction, &instance->event_id, instantiation->expected_version);
	change.held_id = &instantiation->id;
	blueprint_record(blueprint, &change, &instance->created_by);
	return change_commit(&change, &result);
}

static enum error instantiate(struct transaction *transaction, void *work)
{
	struct instantiation *instantiation = work;
	struct context *context = transaction->context;
	struct caller *caller = &instantiation->caller;
	struct blueprint blueprint;
	enum error error = read_for_instance(transaction, instantiation);
	if (error == ERROR_NONE)
		error = caller_require_event(context, caller, EVENT_IN_FIELD, &instantiation->input->event_id);
	if (error == ERROR_NONE)
		error = caller_require_permission(context, caller, PERMISSION_ASSIGN);
	if (error == ERROR_NONE)
		error = transaction_recall(transaction);
	if (error != ERROR_NONE || transaction->is_answered)
		return error;
	error = transaction_require_new(transaction);
	if (error == ERROR_NONE && instantiation->rows.templates.count != 1)
		error = context_fail(context, ERROR_NOT_FOUND, NULL);
	if (error == ERROR_NONE)
		error = blueprint_draw(context, &instantiation->rows, &blueprint);
	return error == ERROR_NONE ? create(transaction, instantiation, &blueprint) : error;
}

enum error workflow_instantiate(struct context *context, const struct workflow_instantiate_input *input,
				answer_writer answer)
{
	struct instantiation instantiation = {.input = input};
	enum error error = event_version_expected(context, &instantiation.expected_version);
	return error == ERROR_NONE ? transaction_run(context, instantiate, &instantiation, answer) : error;
}
