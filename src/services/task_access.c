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

static struct task_access access_from_row(struct row *row)
{
	struct task_access access;
	access.task = task_from_row(row);
	access.transition_count = row_integer(row);
	access.event_version = row_integer(row);
	access.is_member = row_boolean(row);
	access.is_eligible = row_boolean(row);
	return access;
}

enum error task_access_run(struct context *context, int result, struct task_view *view)
{
	enum error error = batch_run(context->database);
	if (error != ERROR_NONE)
		return context_fail(context, error, NULL);
	struct rows rows = batch_rows(context->database, result);
	if (rows.count == 0)
		return context_fail(context, ERROR_PROFILE_NOT_FOUND, NULL);
	struct row row = row_of(rows, 0);
	view->caller = caller_from_row(&row, &context->subject);
	bool exists = !row_is_null(&row);
	if (exists) {
		view->access = access_from_row(&row);
		caller_complete(&row, &view->caller);
	}
	error = caller_admit(context, &row, &view->caller);
	if (error != ERROR_NONE)
		return error;
	error = exists ? authorize_task(&view->caller, &view->access) : ERROR_NOT_FOUND;
	return error == ERROR_NONE ? ERROR_NONE : context_fail(context, error, NULL);
}
