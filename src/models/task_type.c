#include "models/task_type.h"

#include "models/timestamp.h"

struct task_type task_type_from_row(struct row *row)
{
	struct task_type type;
	type.id = row_uuid(row);
	type.slug = row_text(row);
	type.name = row_text(row);
	type.created_at = row_text(row);
	type.updated_at = row_text(row);
	return type;
}

void task_type_write(struct json_writer *json, const struct task_type *type)
{
	json_begin_object(json);
	json_name(json, "id");
	json_string(json, type->id.text);
	json_name(json, "slug");
	json_text(json, type->slug);
	json_name(json, "name");
	json_text(json, type->name);
	timestamp_write(json, "created_at", type->created_at);
	timestamp_write(json, "updated_at", type->updated_at);
	json_end_object(json);
}
