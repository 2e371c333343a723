#include "services/authorization.h"

#include "services/task_life.h"

const char *const permission_names[] = {"view", "take", "move_state", "assign"};

static bool holds(const struct rights *rights, enum permission permission)
{
	switch (permission) {
	case PERMISSION_VIEW:
		return rights->permissions.view;
	case PERMISSION_TAKE:
		return rights->permissions.take;
	case PERMISSION_MOVE_STATE:
		return rights->permissions.move_state;
	case PERMISSION_ASSIGN:
		return rights->permissions.assign;
	}
	return false;
}

bool authorization_hides_todo(const struct rights *rights)
{
	return rights->is_customer;
}

bool authorization_takes(const struct rights *rights)
{
	return rights->is_admin || (!rights->is_customer && rights->permissions.take);
}

enum error authorize_event(const struct caller *caller, enum event_named named)
{
	if (!caller->rights.is_admin)
		return caller->is_member ? ERROR_NONE : ERROR_NOT_A_MEMBER;
	if (caller->event_exists)
		return ERROR_NONE;
	return named == EVENT_IN_PATH ? ERROR_NOT_FOUND : ERROR_UNKNOWN_EVENT;
}

enum error authorize_permission(const struct caller *caller, enum permission permission)
{
	if (caller->rights.is_admin)
		return ERROR_NONE;
	if (caller->rights.is_customer && permission != PERMISSION_VIEW)
		return ERROR_CUSTOMER_READ_ONLY;
	return holds(&caller->rights, permission) ? ERROR_NONE : ERROR_PERMISSION_DENIED;
}

enum error authorize_admin(const struct caller *caller)
{
	return caller->rights.is_admin ? ERROR_NONE : ERROR_ADMIN_REQUIRED;
}

enum error authorize_task(const struct caller *caller, const struct task_access *access)
{
	if (caller->rights.is_admin)
		return ERROR_NONE;
	if (!access->is_member)
		return ERROR_NOT_FOUND;
	if (authorization_hides_todo(&caller->rights) && access->task.state == TASK_STATE_TODO)
		return ERROR_NOT_FOUND;
	return ERROR_NONE;
}

static enum permission permission_for(enum action action)
{
	static const enum permission permissions[ACTION__MAX] = {
	    [ACTION_PICK] = PERMISSION_TAKE,
	    [ACTION_ASSIGN] = PERMISSION_ASSIGN,
	    [ACTION_TRANSITION] = PERMISSION_MOVE_STATE,
	};
	return permissions[action];
}

static bool holds_task(const struct caller *caller, const struct task *task)
{
	return task->assignee_id.present && uuid_equal(&task->assignee_id.value, &caller->id);
}

static bool is_held_by_another(const struct caller *caller, const struct task *task)
{
	return task->assignee_id.present && !holds_task(caller, task);
}

enum error authorize_right(const struct caller *caller, const struct task_access *access, enum action action)
{
	enum error error = authorize_task(caller, access);
	return error == ERROR_NONE ? authorize_permission(caller, permission_for(action)) : error;
}

enum error authorize_actor(const struct caller *caller, const struct task_access *access, enum action action)
{
	enum error error = authorize_right(caller, access, action);
	if (error != ERROR_NONE || caller->rights.is_admin)
		return error;
	if (action == ACTION_TRANSITION && is_held_by_another(caller, &access->task) &&
	    !holds(&caller->rights, PERMISSION_ASSIGN))
		return ERROR_TASK_HELD_BY_ANOTHER;
	return access->is_eligible ? ERROR_NONE : ERROR_NOT_ELIGIBLE;
}

static enum error check_pick(const struct caller *caller, const struct task *task)
{
	if (task->state != TASK_STATE_TODO)
		return ERROR_TASK_NOT_TODO;
	return is_held_by_another(caller, task) ? ERROR_TASK_ALREADY_ASSIGNED : ERROR_NONE;
}

/* The reason why no move is legal is that of the only move that could have been: to IN_PROGRESS. */
static enum error check_any_move(const struct task *task)
{
	enum task_state next[TASK_STATE__MAX];
	if (task_life_next_states(task->state, (int)task->open_parents, next) > 0)
		return ERROR_NONE;
	return task_life_check(task->state, TASK_STATE_IN_PROGRESS, (int)task->open_parents);
}

enum error authorize_action(const struct caller *caller, const struct task_access *access, enum action action)
{
	enum error error = authorize_actor(caller, access, action);
	if (error != ERROR_NONE)
		return error;
	switch (action) {
	case ACTION_PICK:
		return check_pick(caller, &access->task);
	case ACTION_ASSIGN:
		return access->task.state == TASK_STATE_DONE ? ERROR_TASK_DONE : ERROR_NONE;
	case ACTION_TRANSITION:
		return check_any_move(&access->task);
	case ACTION__MAX:
		break;
	}
	return ERROR_INTERNAL;
}

enum error authorize_assignee(const struct assignee *assignee)
{
	const struct rights *rights = &assignee->rights;
	if (!assignee->is_active)
		return ERROR_ASSIGNEE_INACTIVE;
	if (rights->is_admin)
		return ERROR_NONE;
	if (rights->is_customer)
		return ERROR_ASSIGNEE_IS_CUSTOMER;
	if (!assignee->is_member)
		return ERROR_ASSIGNEE_NOT_MEMBER;
	if (!rights->permissions.take)
		return ERROR_ASSIGNEE_CANNOT_TAKE;
	return assignee->is_eligible ? ERROR_NONE : ERROR_ASSIGNEE_NOT_ELIGIBLE;
}
