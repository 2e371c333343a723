/* The reading of one task together with its caller, which every operation on a task begins with. */
#ifndef EVENTFLOW_SERVICES_TASK_ACCESS_H
#define EVENTFLOW_SERVICES_TASK_ACCESS_H

#include "core/context.h"
#include "core/error.h"
#include "services/task.h"
#include "services/transaction.h"

/* Queues the statement that reads the caller and the task, which is locked where the transaction is to change it (NULL:
 * nothing is changed). Returns the position of its result. */
int task_access_queue(struct context *context, const struct uuid *task_id, const struct transaction *transaction);

/* Runs the batch and takes the view from that result: 401 without a profile, 404 without a task or out of
 * scope. */
enum error task_access_run(struct context *context, int result, struct task_view *view);

#endif
