/* The changes of a task's assignee and state. Each is two round trips: read and lock, then (what follows is decided
 * here, in between) change and commit. */
#include <inttypes.h>

#include "crud/task.h"
#include "crud/user.h"
#include "services/caller.h"
#include "services/change.h"
#include "services/event_version.h"
#include "services/task.h"
#include "services/task_access.h"
#include "services/task_life.h"

/* Refuses an action that the guard refuses, with a subject that tells the task's part in it. */
static enum error require_action(struct context *context, const struct task_view *view, enum action action)
{
	static const char *const permissions[ACTION__MAX] = {"take", "assign", "move_state"};
	const struct task *task = &view->access.task;
	enum error error = authorize_action(&view->caller, &view->access, action);
	switch (error) {
	case ERROR_NONE:
		return ERROR_NONE;
	case ERROR_PERMISSION_DENIED:
		return context_fail(context, error, permissions[action]);
	case ERROR_TASK_NOT_TODO:
		return context_fail(context, error, task_state_names[task->state]);
	default:
		return context_fail(context, error, NULL);
	}
}

/* The task's next transition, number and all, by the caller. */
static struct change_entry entry_of(const struct task_view *view, enum transition_kind kind)
{
	const struct task *task = &view->access.task;
	return (struct change_entry){
	    .task_id = &task->id,
	    .number = view->access.transition_count + 1,
	    .kind = kind,
	    .from_state = task->state,
	    .to_state = task->state,
	    .actor_id = &view->caller.id,
	};
}

static const char *number_parameter(struct context *context, int64_t number)
{
	return arena_format(context->arena, "%" PRId64, number);
}

/* The time of the change as the database gave it. */
static struct text changed_at(struct context *context, int result)
{
	struct row row = row_of(batch_rows(context->database, result), 0);
	return row_text(&row);
}

/* Gives the task to somebody, or to nobody, and commits; a task that has this assignee already is left as it is. */
static enum error set_assignee(struct context *context, struct task_view *view, const struct optional_uuid *assignee_id,
			       const char *expected_version)
{
	struct task *task = &view->access.task;
	struct change_entry entry = entry_of(view, TRANSITION_ASSIGNEE);
	const char *number = number_parameter(context, entry.number);
	struct change change;
	if (!number)
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	entry.from_assignee_id = task->assignee_id.present ? &task->assignee_id.value : NULL;
	entry.to_assignee_id = assignee_id->present ? &assignee_id->value : NULL;
	change_begin(&change, context);
	change_add(&change, &entry);
	int result = task_assign_queue(context->database, task, assignee_id, number);
	enum error error = change_commit(&change, &task->event_id, expected_version);
	if (error != ERROR_NONE)
		return error;
	task->assignee_id = *assignee_id;
	task->updated_at = changed_at(context, result);
	return ERROR_NONE;
}

static bool is_same_assignee(const struct optional_uuid *a, const struct optional_uuid *b)
{
	if (!a->present || !b->present)
		return a->present == b->present;
	return uuid_equal(&a->value, &b->value);
}

enum error task_pick(struct context *context, const struct task_pick_input *input, struct task_view *view)
{
	const char *expected_version;
	enum error error = event_version_expected(context, &expected_version);
	if (error != ERROR_NONE)
		return error;
	struct task_queued queued = task_access_queue(context, &input->task_id, true);
	error = task_access_run(context, &queued, view);
	if (error == ERROR_NONE)
		error = require_action(context, view, ACTION_PICK);
	if (error != ERROR_NONE)
		return error;
	struct optional_uuid picker = {.present = true, .value = view->caller.id};
	if (is_same_assignee(&view->access.task.assignee_id, &picker))
		return event_version_check(context, expected_version, view->access.event_version);
	return set_assignee(context, view, &picker, expected_version);
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

enum error task_assign(struct context *context, const struct task_assign_input *input, struct task_view *view)
{
	const char *expected_version;
	enum error error = event_version_expected(context, &expected_version);
	if (error != ERROR_NONE)
		return error;
	struct task_queued queued = task_access_queue(context, &input->task_id, true);
	int assignee = 0;
	if (input->user_id.present)
		assignee = assignee_queue(context->database, &input->user_id.value, &input->task_id);
	error = task_access_run(context, &queued, view);
	if (error == ERROR_NONE)
		error = require_action(context, view, ACTION_ASSIGN);
	if (error != ERROR_NONE)
		return error;
	if (is_same_assignee(&view->access.task.assignee_id, &input->user_id))
		return event_version_check(context, expected_version, view->access.event_version);
	if (input->user_id.present)
		error = require_assignee(context, assignee, &input->user_id.value);
	if (error != ERROR_NONE)
		return error;
	return set_assignee(context, view, &input->user_id, expected_version);
}

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

static enum error require_move(struct context *context, const struct task_view *view, enum task_state to)
{
	const struct task *task = &view->access.task;
	enum error error = authorize_actor(&view->caller, &view->access, ACTION_TRANSITION);
	if (error != ERROR_NONE)
		return context_fail(context, error, error == ERROR_PERMISSION_DENIED ? "move_state" : NULL);
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
	struct uuid *id = arena_alloc(change->context->arena, sizeof(*id));
	if (!id)
		return context_fail(change->context, ERROR_OUT_OF_MEMORY, NULL);
	*id = row_uuid(row);
	enum task_state state = row_task_state(row);
	int open_parents = (int)row_integer(row);
	int64_t number = row_integer(row);
	if (row->failed)
		return context_fail(change->context, ERROR_INTERNAL, NULL);
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
	task_children_release_queue(context->database, &result->view.access.task.event_id, ids, states, numbers);
	return ERROR_NONE;
}

/* Moves the task, which is locked as its children are, and commits. */
static enum error move(struct context *context, const struct task_transition_input *input, const struct rows *children,
		       const char *expected_version, struct task_transition_result *result)
{
	struct task *task = &result->view.access.task;
	struct change_entry entry = entry_of(&result->view, TRANSITION_STATE);
	const char *number = number_parameter(context, entry.number);
	struct change change;
	if (!number)
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	entry.to_state = input->next_state;
	entry.reason = input->reason;
	change_begin(&change, context);
	change_add(&change, &entry);
	int moved = task_move_queue(context->database, task, input->next_state, number);
	enum error error = children ? release_children(context, *children, &change, result) : ERROR_NONE;
	if (error == ERROR_NONE)
		error = change_commit(&change, &task->event_id, expected_version);
	if (error != ERROR_NONE)
		return error;
	task->state = input->next_state;
	task->updated_at = changed_at(context, moved);
	return ERROR_NONE;
}

enum error task_transition(struct context *context, const struct task_transition_input *input,
			   struct task_transition_result *result)
{
	const char *expected_version;
	enum error error = event_version_expected(context, &expected_version);
	if (error != ERROR_NONE)
		return error;
	struct task_queued queued = task_access_queue(context, &input->task_id, true);
	bool completes = input->next_state == TASK_STATE_DONE;
	int children = completes ? task_children_lock_queue(context->database, &input->task_id) : 0;
	*result = (struct task_transition_result){0};
	error = task_access_run(context, &queued, &result->view);
	if (error == ERROR_NONE)
		error = require_move(context, &result->view, input->next_state);
	if (error != ERROR_NONE)
		return error;
	struct rows rows = completes ? batch_rows(context->database, children) : (struct rows){0};
	return move(context, input, completes ? &rows : NULL, expected_version, result);
}
