#include "models/workflow_instance.h"

#include "models/timestamp.h"

struct workflow_instance workflow_instance_from_row(struct row *row)
{
	struct workflow_instance instance;
	instance.event_id = row_uuid(row);
	instance.id = row_uuid(row);
	instance.workflow_id = row_uuid(row);
	instance.workflow_version = row_integer(row);
	instance.created_by = row_uuid(row);
	instance.created_at = row_text(row);
	instance.task_counts[TASK_STATE_BLOCKED] = row_integer(row);
	instance.task_counts[TASK_STATE_TODO] = row_integer(row);
	instance.task_counts[TASK_STATE_IN_PROGRESS] = row_integer(row);
	instance.task_counts[TASK_STATE_DONE] = row_integer(row);
	return instance;
}

static void write_task_counts(struct json_writer *json, const struct workflow_instance *instance, bool hides_todo)
{
	json_begin_object(json);
	for (int state = 0; state < TASK_STATE__MAX; state++) {
		if (hides_todo && state == TASK_STATE_TODO)
			continue;
		json_name(json, task_state_names[state]);
		json_integer(json, instance->task_counts[state]);
	}
	json_end_object(json);
}

void workflow_instance_write(struct json_writer *json, const struct workflow_instance *instance, bool hides_todo)
{
	json_begin_object(json);
	json_name(json, "id");
	json_string(json, instance->id.text);
	json_name(json, "workflow_id");
	json_string(json, instance->workflow_id.text);
	json_name(json, "workflow_version");
	json_integer(json, instance->workflow_version);
	json_name(json, "event_id");
	json_string(json, instance->event_id.text);
	json_name(json, "created_by");
	json_string(json, instance->created_by.text);
	json_name(json, "task_counts");
	write_task_counts(json, instance, hides_todo);
	timestamp_write(json, "created_at", instance->created_at);
	json_end_object(json);
}
