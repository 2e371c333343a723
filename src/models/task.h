/* A task: a piece of work in one event, with a state and at most one assignee. */
#ifndef EVENTFLOW_MODELS_TASK_H
#define EVENTFLOW_MODELS_TASK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/json_writer.h"
#include "core/text.h"
#include "core/uuid.h"
#include "db/row.h"
#include "schemas/operations.h" /* enum task_state */

/* The columns of task_from_row, of eventflow.tasks as t; hidden_ids follow. */
#define TASK_COLUMNS                                                                                            \
	"t.event_id, t.id, t.workflow_instance_id, t.node_id, t.task_type_id, t.label, t.description, t.state," \
	" t.open_parents, t.assignee_id, t.rank, t.created_at, t.updated_at, t.parent_ids, t.child_ids"

struct task {
	struct uuid event_id;
	struct uuid id;
	struct optional_uuid workflow_instance_id;
	struct text node_id; /* may be null */
	struct uuid task_type_id;
	struct text label;
	struct text description;
	enum task_state state;
	int64_t open_parents;
	struct optional_uuid assignee_id;
	int64_t rank;
	struct text created_at;
	struct text updated_at;
	struct text parent_ids; /* these three are array literals, "{id,id}"; the first two in the order of ids */
	struct text child_ids;
	struct text hidden_ids; /* those of its parents and children that are not to be seen */
};

struct task task_from_row(struct row *row);

/* The next column, a task's state. */
enum task_state row_task_state(struct row *row);

/* The members of the task's object, without the braces, so that more can follow. */
void task_write_members(struct json_writer *json, const struct task *task);

void task_write(struct json_writer *json, const struct task *task);

#endif
