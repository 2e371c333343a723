/* A workflow instance: one template brought to life in one event. */
#ifndef EVENTFLOW_MODELS_WORKFLOW_INSTANCE_H
#define EVENTFLOW_MODELS_WORKFLOW_INSTANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/json_writer.h"
#include "core/uuid.h"
#include "db/row.h"
#include "schemas/operations.h" /* enum task_state */

/* The columns of workflow_instance_from_row, of eventflow.workflow_instances as i and its counts as c. */
#define WORKFLOW_INSTANCE_COLUMNS                                                          \
	"i.event_id, i.id, i.workflow_id, i.workflow_version, i.created_by, i.created_at," \
	" c.blocked, c.todo, c.in_progress, c.done"

struct workflow_instance {
	struct uuid event_id;
	struct uuid id;
	struct uuid workflow_id;
	int64_t workflow_version;
	struct uuid created_by;
	struct text created_at;
	int64_t task_counts[TASK_STATE__MAX];
};

struct workflow_instance workflow_instance_from_row(struct row *row);

/* hides_todo: the reader must not learn of tasks in TODO. */
void workflow_instance_write(struct json_writer *json, const struct workflow_instance *instance, bool hides_todo);

#endif
