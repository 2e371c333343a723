/* What every change of a task begins with: a transaction, the task locked, and whether the caller may. */
#ifndef EVENTFLOW_SERVICES_TASK_WRITE_H
#define EVENTFLOW_SERVICES_TASK_WRITE_H

#include "core/context.h"
#include "core/error.h"
#include "services/authorization.h"
#include "services/change.h"
#include "services/task.h"
#include "services/task_access.h"
#include "services/transaction.h"

/* A change of a task that somebody asks for. */
struct task_write {
	enum action action;
	const struct uuid *task_id;
	const char *expected_version; /* of the task's event, by If-Match; NULL: any */
	struct task_view view;
};

/* Takes the action's task and the request's If-Match. */
enum error task_write_prepare(struct context *context, enum action action, const struct uuid *task_id,
			      struct task_write *write);

/* Begins the transaction, and queues what is read of caller and task. What else the change reads is queued next. */
int task_write_queue(struct transaction *transaction, const struct task_write *write);

/* Reads it, and refuses what goes before the task's state: scope, permission, who holds it, eligibility. A request that
 * was done before is answered (transaction->is_answered), and the body then ends. */
enum error task_write_open(struct transaction *transaction, struct task_write *write, int result);

/* Refuses the action in the task's present state. */
enum error task_write_require_state(struct context *context, const struct task_write *write);

/* The task's next transition, number and all, by the caller. */
struct change_entry task_write_entry(const struct task_write *write, enum transition_kind kind);

/* That number as a statement's parameter; NULL when the arena is exhausted. */
const char *task_write_number(struct context *context, const struct change_entry *entry);

/* The answer, from result, of a change that there is no need to make: the task is so already. */
enum error task_write_unchanged(struct transaction *transaction, const struct task_write *write, const void *result);

#endif
