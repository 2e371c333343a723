/* The reading of one task together with its caller, which every operation on a task begins with. */
#ifndef EVENTFLOW_SERVICES_TASK_ACCESS_H
#define EVENTFLOW_SERVICES_TASK_ACCESS_H

#include "core/context.h"
#include "core/error.h"
#include "services/task.h"
#include "services/transaction.h"

/* Where the results of a task's batch are. */
struct task_queued {
	int caller;
	int task;
};

/* Queues the caller and the task, which is locked where the transaction is to change it (NULL: nothing is changed). */
struct task_queued task_access_queue(struct context *context, const struct uuid *task_id,
				     const struct transaction *transaction);

/* Runs the batch and takes the view from it: 401 without a profile, 404 out of scope. */
enum error task_access_run(struct context *context, const struct task_queued *queued, struct task_view *view);

#endif
