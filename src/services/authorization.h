/* Who may do what: scope, permission, eligibility, in that order, and the guards of what is done to a task. */
#ifndef EVENTFLOW_SERVICES_AUTHORIZATION_H
#define EVENTFLOW_SERVICES_AUTHORIZATION_H

#include <stdbool.h>

#include "core/context.h"
#include "core/error.h"
#include "db/row.h"
#include "models/caller.h"
#include "models/task.h"

enum permission { PERMISSION_VIEW, PERMISSION_TAKE, PERMISSION_MOVE_STATE, PERMISSION_ASSIGN };

/* "view", "take", "move_state", "assign". */
extern const char *const permission_names[];

/* Where the caller named an event. */
enum event_named { EVENT_IN_PATH, EVENT_IN_FIELD };

/* A task as the caller meets it. */
struct task_access {
	struct task task;
	int64_t transition_count; /* the number of its last transition */
	int64_t event_version;
	bool is_member;   /* the caller belongs to the task's event */
	bool is_eligible; /* the caller's user type is mapped to the task's type */
};

/* What can be done to a task. */
enum action { ACTION_PICK, ACTION_ASSIGN, ACTION_TRANSITION, ACTION__MAX };

/* Somebody to whom a task may be given. */
struct assignee {
	bool is_active;
	struct rights rights;
	bool is_member;
	bool is_eligible;
};

/* The functions below decide and do nothing else: ERROR_NONE, or the error of the first rule that refuses. */

enum error authorize_event(const struct caller *caller, enum event_named named);
enum error authorize_permission(const struct caller *caller, enum permission permission);
enum error authorize_admin(const struct caller *caller);

/* Scope alone: out of it a task does not exist (ERROR_NOT_FOUND). */
enum error authorize_task(const struct caller *caller, const struct task_access *access);

/* Whether the caller may do this to the task now: scope, permission, who holds it, eligibility, the task's state. For
 * ACTION_TRANSITION: whether there is a state to which the caller may move it. */
enum error authorize_action(const struct caller *caller, const struct task_access *access, enum action action);

/* The parts of authorize_action: scope and permission; and with who holds the task, and eligibility, all that comes
 * before the task's state. */
enum error authorize_right(const struct caller *caller, const struct task_access *access, enum action action);
enum error authorize_actor(const struct caller *caller, const struct task_access *access, enum action action);

enum error authorize_assignee(const struct assignee *assignee);

/* Whether tasks in TODO are hidden from the caller everywhere. */
bool authorization_hides_todo(const struct rights *rights);

/* Whether the caller could ever pick a task, eligibility and the task's state apart. */
bool authorization_takes(const struct rights *rights);

#endif
