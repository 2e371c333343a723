#include "services/user.h"

#include "crud/user.h"
#include "services/caller.h"

struct user_list_request {
	const struct page *page;
	int result;
};

static void user_list_queue_for(struct context *context, const struct authority *authority, void *list)
{
	struct user_list_request *request = list;
	const struct uuid *companion_id = authority->is_admin ? NULL : &context->subject;
	request->result = user_list_queue(context->database, companion_id, request->page);
}

enum error user_list(struct context *context, const struct user_list_input *input, struct row_page *page)
{
	struct user_list_request request = {.page = &page->page};
	enum error error = page_read(context, "user_list", input->limit, input->cursor, &page->page);
	if (error == ERROR_NONE)
		error = caller_read_with_list(context, NULL, user_list_queue_for, &request, NULL, &page->caller);
	if (error != ERROR_NONE)
		return error;
	page->rows = batch_rows(context->database, request.result);
	return ERROR_NONE;
}
