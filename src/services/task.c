#include "services/task.h"

#include "crud/reference.h"
#include "crud/task.h"
#include "crud/transition.h"
#include "db/database.h"
#include "services/caller.h"
#include "services/page.h"
#include "services/task_access.h"

/* A user type to which nothing is mapped. */
#define NO_USER_TYPE "00000000-0000-0000-0000-000000000000"

static const char *id_or_null(const struct optional_uuid *id)
{
	return id->present ? id->value.text : NULL;
}

static const char *state_or_null(enum task_state state)
{
	return state == TASK_STATE__MAX ? NULL : task_state_names[state];
}

static const char *boolean_or_null(enum optional_boolean value)
{
	if (value == OPTIONAL_ABSENT)
		return NULL;
	return value == OPTIONAL_TRUE ? "t" : "f";
}

static struct text word(const char *value)
{
	return value ? text_from_string(value) : TEXT("-");
}

static struct task_filter filter_of(const struct task_list_input *input)
{
	return (struct task_filter){
	    .scope_id = id_or_null(&input->event_id),
	    .state = state_or_null(input->state),
	    .assignee_id = id_or_null(&input->assignee_id),
	    .task_type_id = id_or_null(&input->task_type_id),
	    .workflow_instance_id = id_or_null(&input->workflow_instance_id),
	    .takeable = boolean_or_null(input->takeable),
	};
}

static const char *binding_of(struct context *context, const struct task_filter *filter)
{
	const struct text words[] = {
	    TEXT("task_list "), word(filter->scope_id),
	    TEXT(" "),          word(filter->state),
	    TEXT(" "),          word(filter->assignee_id),
	    TEXT(" "),          word(filter->task_type_id),
	    TEXT(" "),          word(filter->workflow_instance_id),
	    TEXT(" "),          word(filter->takeable),
	};
	return arena_join(context->arena, words, sizeof(words) / sizeof(*words));
}

/* What task_list_queue_for needs. */
struct task_list_request {
	const struct page *page;
	struct task_filter filter; /* without what depends on the caller */
	int reference_version;     /* where it is read: results */
	int result;
};

/* The mappings may change without the event, and then its tag must: their version is read before the list, so that the
 * tag is never newer than the rows. */
static bool depends_on_mappings(const struct task_list_request *request)
{
	return request->filter.takeable && request->filter.scope_id;
}

static void task_list_queue_for(struct context *context, const struct authority *authority, void *list)
{
	struct task_list_request *request = list;
	struct task_filter filter = request->filter;
	if (filter.scope_id) {
		filter.scope = TASK_SCOPE_EVENT;
	} else if (authority->is_admin) {
		filter.scope = TASK_SCOPE_ALL;
	} else {
		filter.scope = TASK_SCOPE_MEMBERSHIPS;
		filter.scope_id = context->subject.text;
	}
	filter.hides_todo = authority->is_customer;
	if (!authority->takes)
		filter.eligible_for_type = NO_USER_TYPE;
	else if (!authority->is_admin)
		filter.eligible_for_type = authority->user_type_id.text;
	if (depends_on_mappings(request))
		request->reference_version = reference_version_queue(context->database);
	request->result = task_list_queue(context->database, &filter, request->page);
}

static enum error take_reference_version(struct context *context, int result, struct text *version)
{
	struct row row = row_of(batch_rows(context->database, result), 0);
	*version = arena_integer(context->arena, database_stamp(context->database, row_integer(&row)));
	if (row.failed || !version->data)
		return context_fail(context, row.failed ? ERROR_INTERNAL : ERROR_OUT_OF_MEMORY, NULL);
	return ERROR_NONE;
}

enum error task_list(struct context *context, const struct task_list_input *input, struct task_page *page)
{
	struct task_list_request request = {.page = &page->page, .filter = filter_of(input)};
	const struct uuid *event_id = input->event_id.present ? &input->event_id.value : NULL;
	bool is_remembered = event_id && !request.filter.takeable; /* what is takeable depends on the caller */
	const char *binding = binding_of(context, &request.filter);
	list_memory_begin(&page->memory, context, is_remembered ? binding : NULL, input->limit, input->cursor);
	enum error error = page_read(context, binding, input->limit, input->cursor, &page->page);
	if (error == ERROR_NONE)
		error = caller_read_with_list(context, event_id, task_list_queue_for, &request, &page->memory,
					      &page->caller);
	if (error == ERROR_NONE && event_id)
		error = caller_require_event(context, &page->caller, EVENT_IN_FIELD, event_id);
	if (error == ERROR_NONE)
		error = caller_require_permission(context, &page->caller, PERMISSION_VIEW);
	page->is_of_one_event = event_id != NULL;
	page->also = (struct text){0};
	if (error != ERROR_NONE || page->memory.is_spared)
		return error;
	page->tasks = batch_rows(context->database, request.result);
	if (!depends_on_mappings(&request))
		return ERROR_NONE;
	return take_reference_version(context, request.reference_version, &page->also);
}

/* Leaves out of a task's parents and children those that are in TODO. */
static enum error hide_todo(struct context *context, struct task *task)
{
	int result = task_hidden_queue(context->database, task);
	enum error error = batch_run(context->database);
	if (error != ERROR_NONE)
		return context_fail(context, error, NULL);
	struct row row = row_of(batch_rows(context->database, result), 0);
	task->hidden_ids = row_text(&row);
	return task->hidden_ids.data ? ERROR_NONE : context_fail(context, ERROR_INTERNAL, NULL);
}

enum error task_get(struct context *context, const struct task_get_input *input, struct task_view *view)
{
	int result = task_access_queue(context, &input->task_id, NULL);
	enum error error = task_access_run(context, result, view);
	if (error == ERROR_NONE)
		error = caller_require_permission(context, &view->caller, PERMISSION_VIEW);
	if (error == ERROR_NONE && authorization_hides_todo(&view->caller.rights))
		error = hide_todo(context, &view->access.task);
	return error;
}

enum error transition_list(struct context *context, const struct transition_list_input *input,
			   struct transition_page *page)
{
	struct task_view view;
	const char *binding = arena_format(context->arena, "transition_list %s", input->task_id.text);
	enum error error = page_read_by_number(context, binding, input->limit, input->cursor, &page->page);
	if (error != ERROR_NONE)
		return error;
	int result = task_access_queue(context, &input->task_id, NULL);
	int transitions = transition_list_queue(context->database, &input->task_id, &page->page);
	error = task_access_run(context, result, &view);
	if (error == ERROR_NONE)
		error = caller_require_permission(context, &view.caller, PERMISSION_VIEW);
	if (error != ERROR_NONE)
		return error;
	page->transitions = batch_rows(context->database, transitions);
	page->caller = view.caller;
	page->event_version = view.access.event_version;
	return ERROR_NONE;
}
