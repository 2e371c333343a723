#include "models/task.h"

#include <string.h>

#include "models/timestamp.h"

enum task_state row_task_state(struct row *row)
{
	struct text name = row_text(row);
	int state = 0;
	while (state < TASK_STATE__MAX && !text_is(name, task_state_names[state]))
		state++;
	if (state == TASK_STATE__MAX)
		row->failed = true;
	return (enum task_state)state;
}

struct task task_from_row(struct row *row)
{
	struct task task;
	task.event_id = row_uuid(row);
	task.id = row_uuid(row);
	task.workflow_instance_id = row_optional_uuid(row);
	task.node_id = row_text(row);
	task.task_type_id = row_uuid(row);
	task.label = row_text(row);
	task.description = row_text(row);
	task.state = row_task_state(row);
	task.open_parents = row_integer(row);
	task.assignee_id = row_optional_uuid(row);
	task.rank = row_integer(row);
	task.created_at = row_text(row);
	task.updated_at = row_text(row);
	task.parent_ids = row_text(row);
	task.child_ids = row_text(row);
	task.hidden_ids = row_text(row);
	return task;
}

static void write_optional_uuid(struct json_writer *json, const char *name, const struct optional_uuid *uuid)
{
	json_name(json, name);
	if (uuid->present)
		json_uuid(json, &uuid->value);
	else
		json_null(json);
}

static void write_ids(struct json_writer *json, const char *name, struct text ids, struct text hidden_ids)
{
	json_name(json, name);
	json_begin_array(json);
	for (size_t i = 1; i + UUID_LENGTH < ids.length; i += UUID_LENGTH + 1) {
		if (hidden_ids.length <= UUID_LENGTH ||
		    !memmem(hidden_ids.data, hidden_ids.length, ids.data + i, UUID_LENGTH))
			json_plain(json, (struct text){ids.data + i, UUID_LENGTH});
	}
	json_end_array(json);
}

void task_write_members(struct json_writer *json, const struct task *task)
{
	json_name(json, "id");
	json_uuid(json, &task->id);
	json_name(json, "event_id");
	json_uuid(json, &task->event_id);
	write_optional_uuid(json, "workflow_instance_id", &task->workflow_instance_id);
	json_name(json, "node_id");
	json_text(json, task->node_id);
	json_name(json, "task_type_id");
	json_uuid(json, &task->task_type_id);
	json_name(json, "label");
	json_text(json, task->label);
	json_name(json, "description");
	json_text(json, task->description);
	json_name(json, "state");
	json_string(json, task_state_names[task->state]);
	json_name(json, "open_parents");
	json_integer(json, task->open_parents);
	write_optional_uuid(json, "assignee_id", &task->assignee_id);
	write_ids(json, "parent_ids", task->parent_ids, task->hidden_ids);
	write_ids(json, "child_ids", task->child_ids, task->hidden_ids);
	timestamp_write(json, "created_at", task->created_at);
	timestamp_write(json, "updated_at", task->updated_at);
}

void task_write(struct json_writer *json, const struct task *task)
{
	json_begin_object(json);
	task_write_members(json, task);
	json_end_object(json);
}
