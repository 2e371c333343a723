/* Picking and assigning tasks. Each is two round trips: read and lock, then (what follows is decided here, in between)
 * change and commit. */
#include "crud/task.h"
#include "crud/user.h"
#include "services/caller.h"
#include "services/task_write.h"

/* Gives the task to somebody, or to nobody. */
static enum error set_assignee(struct transaction *transaction, struct task_write *write,
			       const struct optional_uuid *assignee_id)
{
	struct context *context = transaction->context;
	struct task *task = &write->view.access.task;
	const struct optional_uuid holder = task->assignee_id;
	struct change_entry entry = task_write_entry(write, TRANSITION_ASSIGNEE);
	const char *number = task_write_number(context, &entry);
	struct change change;
	if (!number)
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	entry.from_assignee_id = holder.present ? &holder.value : NULL;
	entry.to_assignee_id = assignee_id->present ? &assignee_id->value : NULL;
	change_begin(&change, transaction, &task->event_id, write->expected_version);
	change_add(&change, &entry);
	task_assign_queue(context->database, task, assignee_id, number);
	task->assignee_id = *assignee_id;
	task->updated_at = text_from_string(transaction->time);
	return change_commit(&change, &write->view);
}

static bool is_same_assignee(const struct optional_uuid *a, const struct optional_uuid *b)
{
	if (!a->present || !b->present)
		return a->present == b->present;
	return uuid_equal(&a->value, &b->value);
}

static enum error pick(struct transaction *transaction, void *work)
{
	struct task_write *write = work;
	int result = task_write_queue(transaction, write);
	enum error error = task_write_open(transaction, write, result);
	if (error == ERROR_NONE && !transaction->is_answered)
		error = task_write_require_state(transaction->context, write);
	if (error != ERROR_NONE || transaction->is_answered)
		return error;
	struct optional_uuid picker = {.present = true, .value = write->view.caller.id};
	if (is_same_assignee(&write->view.access.task.assignee_id, &picker))
		return task_write_unchanged(transaction, write, &write->view);
	return set_assignee(transaction, write, &picker);
}

enum error task_pick(struct context *context, const struct task_pick_input *input, answer_writer answer)
{
	struct task_write write;
	enum error error = task_write_prepare(context, ACTION_PICK, &input->task_id, &write);
	return error == ERROR_NONE ? transaction_run(context, pick, &write, answer) : error;
}

static enum error require_assignee(struct context *context, int result, const struct uuid *user_id)
{
	struct rows rows = batch_rows(context->database, result);
	if (rows.count == 0)
		return context_fail(context, ERROR_UNKNOWN_USER, user_id->text);
	struct row row = row_of(rows, 0);
	struct assignee assignee;
	assignee.is_active = row_boolean(&row);
	assignee.rights = rights_from_row(&row);
	assignee.is_member = row_boolean(&row);
	assignee.is_eligible = row_boolean(&row);
	if (row.failed)
		return context_fail(context, ERROR_INTERNAL, NULL);
	enum error error = authorize_assignee(&assignee);
	return error == ERROR_NONE ? ERROR_NONE : context_fail(context, error, user_id->text);
}

struct assignment {
	struct task_write write;
	const struct optional_uuid *user_id; /* not present: nobody */
};

static enum error assign(struct transaction *transaction, void *work)
{
	struct assignment *assignment = work;
	struct task_write *write = &assignment->write;
	const struct optional_uuid *user_id = assignment->user_id;
	struct context *context = transaction->context;
	int result = task_write_queue(transaction, write);
	int assignee = user_id->present ? assignee_queue(context->database, &user_id->value, write->task_id) : 0;
	enum error error = task_write_open(transaction, write, result);
	if (error == ERROR_NONE && !transaction->is_answered)
		error = task_write_require_state(context, write);
	if (error != ERROR_NONE || transaction->is_answered)
		return error;
	if (is_same_assignee(&write->view.access.task.assignee_id, user_id))
		return task_write_unchanged(transaction, write, &write->view);
	if (user_id->present)
		error = require_assignee(context, assignee, &user_id->value);
	return error == ERROR_NONE ? set_assignee(transaction, write, user_id) : error;
}

enum error task_assign(struct context *context, const struct task_assign_input *input, answer_writer answer)
{
	struct assignment assignment = {.user_id = &input->user_id};
	enum error error = task_write_prepare(context, ACTION_ASSIGN, &input->task_id, &assignment.write);
	return error == ERROR_NONE ? transaction_run(context, assign, &assignment, answer) : error;
}
