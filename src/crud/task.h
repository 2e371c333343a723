/* SQL: tasks. */
#ifndef EVENTFLOW_CRUD_TASK_H
#define EVENTFLOW_CRUD_TASK_H

#include <stdbool.h>

#include "core/uuid.h"
#include "db/batch.h"
#include "models/page.h"
#include "models/task.h"

/* Which tasks a list shows. A string that is NULL asks for nothing. */
enum task_scope { TASK_SCOPE_ALL, TASK_SCOPE_EVENT, TASK_SCOPE_MEMBERSHIPS };

struct task_filter {
	enum task_scope scope;
	const char *scope_id; /* the event, or the user whose memberships count; NULL for TASK_SCOPE_ALL */
	const char *state;
	const char *assignee_id;
	const char *task_type_id;
	const char *workflow_instance_id;
	bool hides_todo;
	const char *takeable;          /* "t": in TODO, held by nobody, of an eligible type; "f": the others */
	const char *eligible_for_type; /* the user type whose mappings count for takeable; NULL: every task type does */
};

/* Rows of task_from_row. */
int task_list_queue(struct database *database, const struct task_filter *filter, const struct page *page);

/* What a task is read for. */
enum task_purpose {
	TASK_TO_SHOW,
	TASK_TO_REFUSE, /* in a transaction that will change nothing */
	TASK_TO_CHANGE, /* it stays locked until the transaction ends */
};

/* One row: CALLER_COLUMNS, the columns of task_from_row, the number of the last transition, the event's version,
 * whether the caller is a member of the event, whether the caller's user type is mapped to the task's type, and, in a
 * transaction, now(). The task's columns are NULL if it does not exist, and there is no row if the caller does not. */
int task_read_queue(struct database *database, const struct uuid *task_id, const struct uuid *caller_id,
		    enum task_purpose purpose);

/* One row: the hidden_ids of the task for whom TODO is hidden. */
int task_hidden_queue(struct database *database, const struct task *task);

/* Locks the task's children in the order of their ranks: rows of (id, state, open_parents, transition_count). */
int task_children_lock_queue(struct database *database, const struct uuid *task_id);

/* number is that of the transition which tells of the change. */
void task_move_queue(struct database *database, const struct task *task, enum task_state state, const char *number);
void task_assign_queue(struct database *database, const struct task *task, const struct optional_uuid *assignee_id,
		       const char *number);

/* Takes one open parent from each of the children: arrays of ids, new states and numbers of the last transition. */
void task_children_release_queue(struct database *database, const struct uuid *event_id, const char *ids,
				 const char *states, const char *numbers);

/* The tasks of a new instance, as arrays with one element for each. */
struct new_tasks {
	const char *ids;
	const char *node_ids;
	const char *task_type_ids;
	const char *labels;
	const char *descriptions;
	const char *states;
	const char *open_parents;
	const char *ranks;
	const char *parent_ids; /* each element is an array's literal */
	const char *child_ids;
};

void task_create_queue(struct database *database, const struct uuid *event_id, const struct uuid *instance_id,
		       const struct new_tasks *tasks);

void task_dependency_create_queue(struct database *database, const struct uuid *event_id, const char *parent_ids,
				  const char *child_ids);

#endif
