#include "services/task_access.h"

#include "crud/caller.h"
#include "crud/task.h"
#include "services/caller.h"

struct task_queued task_access_queue(struct context *context, const struct uuid *task_id,
				     const struct transaction *transaction)
{
	struct database *database = context->database;
	const struct uuid *user_id = &context->subject;
	struct task_queued queued;
	queued.caller =
	    transaction ? caller_queue_with_time(database, user_id, NULL) : caller_queue(database, user_id, NULL);
	queued.task = task_read_queue(database, task_id, user_id, transaction && transaction_may_lock(transaction));
	return queued;
}

static enum error take_task(struct context *context, int result, struct task_view *view)
{
	struct rows rows = batch_rows(context->database, result);
	if (rows.count == 0)
		return context_fail(context, ERROR_NOT_FOUND, NULL);
	struct row row = row_of(rows, 0);
	view->access.task = task_from_row(&row);
	view->access.transition_count = row_integer(&row);
	view->access.event_version = row_integer(&row);
	view->access.is_member = row_boolean(&row);
	view->access.is_eligible = row_boolean(&row);
	if (row.failed)
		return context_fail(context, ERROR_INTERNAL, NULL);
	enum error error = authorize_task(&view->caller, &view->access);
	return error == ERROR_NONE ? ERROR_NONE : context_fail(context, error, NULL);
}

enum error task_access_run(struct context *context, const struct task_queued *queued, struct task_view *view)
{
	enum error error = batch_run(context->database);
	if (error != ERROR_NONE)
		return context_fail(context, error, NULL);
	error = caller_take(context, queued->caller, &view->caller);
	if (error == ERROR_NONE)
		error = take_task(context, queued->task, view);
	return error;
}
