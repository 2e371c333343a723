#include "services/event.h"

#include "crud/caller.h"
#include "crud/event.h"
#include "crud/member.h"
#include "services/caller.h"

struct event_list_request {
	const struct page *page;
	int result;
};

static void event_list_queue_for(struct context *context, const struct authority *authority, void *list)
{
	struct event_list_request *request = list;
	const struct uuid *member_id = authority->is_admin ? NULL : &context->subject;
	request->result = event_list_queue(context->database, member_id, request->page);
}

enum error event_list(struct context *context, const struct event_list_input *input, struct row_page *page)
{
	struct event_list_request request = {.page = &page->page};
	enum error error = page_read(context, "event_list", input->limit, input->cursor, &page->page);
	if (error == ERROR_NONE)
		error = caller_read_with_list(context, NULL, event_list_queue_for, &request, NULL, &page->caller);
	if (error != ERROR_NONE)
		return error;
	page->rows = batch_rows(context->database, request.result);
	return ERROR_NONE;
}

enum error member_list(struct context *context, const struct member_list_input *input, struct row_page *page)
{
	const char *binding = arena_format(context->arena, "member_list %s", input->event_id.text);
	enum error error = page_read(context, binding, input->limit, input->cursor, &page->page);
	if (error != ERROR_NONE)
		return error;
	int caller = caller_queue(context->database, &context->subject, &input->event_id);
	int members = member_list_queue(context->database, &input->event_id, &page->page);
	error = batch_run(context->database);
	if (error != ERROR_NONE)
		return context_fail(context, error, NULL);
	error = caller_take(context, caller, &page->caller);
	if (error == ERROR_NONE)
		error = caller_require_event(context, &page->caller, EVENT_IN_PATH, &input->event_id);
	if (error != ERROR_NONE)
		return error;
	page->rows = batch_rows(context->database, members);
	return ERROR_NONE;
}
