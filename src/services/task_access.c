#include "services/task_access.h"

#include "crud/task.h"
#include "services/caller.h"

static enum task_purpose purpose_of(const struct transaction *transaction)
{
	if (!transaction)
		return TASK_TO_SHOW;
	return transaction_may_lock(transaction) ? TASK_TO_CHANGE : TASK_TO_REFUSE;
}

int task_access_queue(struct context *context, const struct uuid *task_id, const struct transaction *transaction)
{
	return task_read_queue(context->database, task_id, &context->subject, purpose_of(transaction));
}

/* There is no such task, or no such caller. */
static enum error refuse(struct context *context, struct caller *caller)
{
	enum error error = caller_read(context, NULL, caller);
	return error == ERROR_NONE ? context_fail(context, ERROR_NOT_FOUND, NULL) : error;
}

enum error task_access_run(struct context *context, int result, struct task_view *view)
{
	enum error error = batch_run(context->database);
	if (error != ERROR_NONE)
		return context_fail(context, error, NULL);
	struct rows rows = batch_rows(context->database, result);
	if (rows.count == 0)
		return refuse(context, &view->caller);
	struct row row = row_of(rows, 0);
	view->caller = caller_from_row(&row, &context->subject);
	view->access.task = task_from_row(&row);
	view->access.transition_count = row_integer(&row);
	view->access.event_version = row_integer(&row);
	view->access.is_member = row_boolean(&row);
	view->access.is_eligible = row_boolean(&row);
	caller_complete(&row, &view->caller);
	error = caller_admit(context, &row, &view->caller);
	if (error != ERROR_NONE)
		return error;
	error = authorize_task(&view->caller, &view->access);
	return error == ERROR_NONE ? ERROR_NONE : context_fail(context, error, NULL);
}
