/* A task type: what kind of work a task is. */
#ifndef EVENTFLOW_MODELS_TASK_TYPE_H
#define EVENTFLOW_MODELS_TASK_TYPE_H

#include "core/json_writer.h"
#include "core/text.h"
#include "core/uuid.h"
#include "db/row.h"

/* The columns of task_type_from_row, of eventflow.task_types as k. */
#define TASK_TYPE_COLUMNS "k.id, k.slug, k.name, k.created_at, k.updated_at"

struct task_type {
	struct uuid id;
	struct text slug;
	struct text name;
	struct text created_at;
	struct text updated_at;
};

struct task_type task_type_from_row(struct row *row);
void task_type_write(struct json_writer *json, const struct task_type *type);

#endif
