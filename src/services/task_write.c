#include "services/task_write.h"

#include <inttypes.h>

#include "services/event_version.h"

enum error task_write_prepare(struct context *context, enum action action, const struct uuid *task_id,
			      struct task_write *write)
{
	*write = (struct task_write){.action = action, .task_id = task_id};
	return event_version_expected(context, &write->expected_version);
}

int task_write_queue(struct transaction *transaction, const struct task_write *write)
{
	transaction_begin(transaction);
	return task_access_queue(transaction->context, write->task_id, transaction);
}

/* Records a guard's refusal, with a subject that tells the task's part in it. */
static enum error refuse(struct context *context, const struct task_write *write, enum error error)
{
	static const char *const permissions[ACTION__MAX] = {"take", "assign", "move_state"};
	switch (error) {
	case ERROR_NONE:
		return ERROR_NONE;
	case ERROR_PERMISSION_DENIED:
		return context_fail(context, error, permissions[write->action]);
	case ERROR_TASK_NOT_TODO:
		return context_fail(context, error, task_state_names[write->view.access.task.state]);
	default:
		return context_fail(context, error, NULL);
	}
}

enum error task_write_open(struct transaction *transaction, struct task_write *write, int result)
{
	struct context *context = transaction->context;
	struct task_view *view = &write->view;
	enum error error = task_access_run(context, result, view);
	if (error == ERROR_NONE)
		error = transaction_take(transaction, &view->caller);
	if (error == ERROR_NONE)
		error = refuse(context, write, authorize_right(&view->caller, &view->access, write->action));
	if (error == ERROR_NONE)
		error = transaction_recall(transaction);
	if (error != ERROR_NONE || transaction->is_answered)
		return error;
	error = refuse(context, write, authorize_actor(&view->caller, &view->access, write->action));
	return error == ERROR_NONE ? transaction_require_new(transaction) : error;
}

enum error task_write_require_state(struct context *context, const struct task_write *write)
{
	const struct task_view *view = &write->view;
	return refuse(context, write, authorize_action(&view->caller, &view->access, write->action));
}

struct change_entry task_write_entry(const struct task_write *write, enum transition_kind kind)
{
	const struct task *task = &write->view.access.task;
	return (struct change_entry){
	    .task_id = &task->id,
	    .number = write->view.access.transition_count + 1,
	    .kind = kind,
	    .from_state = task->state,
	    .to_state = task->state,
	    .actor_id = &write->view.caller.id,
	};
}

const char *task_write_number(struct context *context, const struct change_entry *entry)
{
	return arena_format(context->arena, "%" PRId64, entry->number);
}

enum error task_write_unchanged(struct transaction *transaction, const struct task_write *write, const void *result)
{
	enum error error =
	    event_version_check(transaction->context, write->expected_version, write->view.access.event_version);
	return error == ERROR_NONE ? transaction_end_unchanged(transaction, result) : error;
}
