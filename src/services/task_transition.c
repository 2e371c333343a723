/* Moving a task to another state, and unlocking the tasks that waited for it alone. Two round trips: read and lock,
 * then (what follows is decided here, in between) change and commit. */
#include <inttypes.h>

#include "crud/task.h"
#include "services/task_life.h"
#include "services/task_write.h"

static enum error fail_illegal(struct context *context, const struct task *task, enum task_state to)
{
	enum task_state next[TASK_STATE__MAX];
	int count = task_life_next_states(task->state, (int)task->open_parents, next);
	const char *legal = count > 0 ? task_state_names[next[0]] : "nothing";
	if (count > 1)
		legal = arena_format(context->arena, "%s or %s", task_state_names[next[0]], task_state_names[next[1]]);
	return context_fail_format(
	    context, ERROR_ILLEGAL_TRANSITION, "A task cannot go from %s to %s; from %s it can go to %s",
	    task_state_names[task->state], task_state_names[to], task_state_names[task->state], legal ? legal : "");
}

static enum error require_move(struct context *context, const struct task *task, enum task_state to)
{
	switch (task_life_check(task->state, to, (int)task->open_parents)) {
	case ERROR_NONE:
		return ERROR_NONE;
	case ERROR_DEPENDENCIES_OPEN:
		return context_fail_format(context, ERROR_DEPENDENCIES_OPEN, "%" PRId64, task->open_parents);
	default:
		return fail_illegal(context, task, to);
	}
}

/* The arrays of task_children_release_queue. */
struct release {
	struct array *ids;
	struct array *states;
	struct array *numbers;
};

/* One child of a task that becomes DONE: it waits for one parent less, and is unlocked if that was the last. */
static enum error release_child(struct row *row, struct release *release, struct change *change,
				struct task_transition_result *result)
{
	struct context *context = change->transaction->context;
	struct uuid *id = arena_alloc(context->arena, sizeof(*id));
	if (!id)
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	*id = row_uuid(row);
	enum task_state state = row_task_state(row);
	int open_parents = (int)row_integer(row);
	int64_t number = row_integer(row);
	if (row->failed)
		return context_fail(context, ERROR_INTERNAL, NULL);
	if (task_life_unlocks(state, open_parents, open_parents - 1)) {
		number++;
		change_add(change, &(struct change_entry){.task_id = id,
							  .number = number,
							  .kind = TRANSITION_STATE,
							  .from_state = state,
							  .to_state = TASK_STATE_TODO});
		state = TASK_STATE_TODO;
		result->unlocked[result->unlocked_count++] = id;
	}
	array_add_text(release->ids, text_from_string(id->text));
	array_add_text(release->states, text_from_string(task_state_names[state]));
	array_add_integer(release->numbers, number);
	return ERROR_NONE;
}

static enum error release_children(struct context *context, struct rows children, struct change *change,
				   struct task_transition_result *result)
{
	struct arena *arena = context->arena;
	struct release release = {array_new(arena), array_new(arena), array_new(arena)};
	if (children.count == 0)
		return ERROR_NONE;
	result->unlocked = arena_calloc(arena, (size_t)children.count, sizeof(*result->unlocked));
	if (!result->unlocked)
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	for (int i = 0; i < children.count; i++) {
		struct row row = row_of(children, i);
		enum error error = release_child(&row, &release, change, result);
		if (error != ERROR_NONE)
			return error;
	}
	const char *ids = array_literal(release.ids);
	const char *states = array_literal(release.states);
	const char *numbers = array_literal(release.numbers);
	if (!ids || !states || !numbers)
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	task_children_release_queue(context->database, change->event_id, ids, states, numbers);
	return ERROR_NONE;
}

/* A move that somebody asks for. */
struct move {
	struct task_write write;
	enum task_state to;
	struct text reason;
};

/* Moves the task, which is locked as its children are, and commits. children: rows of task_children_lock_queue, or none
 * where the task does not become DONE. */
static enum error make_move(struct transaction *transaction, struct move *move, struct rows children)
{
	struct context *context = transaction->context;
	struct task_write *write = &move->write;
	struct task_transition_result result = {.view = &write->view};
	struct task *task = &write->view.access.task;
	struct change_entry entry = task_write_entry(write, TRANSITION_STATE);
	const char *number = task_write_number(context, &entry);
	struct change change;
	if (!number)
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	entry.to_state = move->to;
	entry.reason = move->reason;
	change_begin(&change, transaction, &task->event_id, write->expected_version);
	change_add(&change, &entry);
	task_move_queue(context->database, task, move->to, number);
	enum error error = release_children(context, children, &change, &result);
	if (error != ERROR_NONE)
		return error;
	task->state = move->to;
	task->updated_at = text_from_string(transaction->time);
	return change_commit(&change, &result);
}

static enum error transition(struct transaction *transaction, void *work)
{
	struct move *move = work;
	struct context *context = transaction->context;
	int result = task_write_queue(transaction, &move->write);
	bool completes = move->to == TASK_STATE_DONE && transaction_may_lock(transaction);
	int children = completes ? task_children_lock_queue(context->database, move->write.task_id) : 0;
	enum error error = task_write_open(transaction, &move->write, result);
	if (error == ERROR_NONE && !transaction->is_answered)
		error = require_move(context, &move->write.view.access.task, move->to);
	if (error != ERROR_NONE || transaction->is_answered)
		return error;
	return make_move(transaction, move, completes ? batch_rows(context->database, children) : (struct rows){0});
}

enum error task_transition(struct context *context, const struct task_transition_input *input, answer_writer answer)
{
	struct move move = {.to = input->next_state, .reason = input->reason};
	enum error error = task_write_prepare(context, ACTION_TRANSITION, &input->task_id, &move.write);
	return error == ERROR_NONE ? transaction_run(context, transition, &move, answer) : error;
}
