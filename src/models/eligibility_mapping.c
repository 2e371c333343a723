#include "models/eligibility_mapping.h"

#include "models/timestamp.h"

struct eligibility_mapping eligibility_mapping_from_row(struct row *row)
{
	struct eligibility_mapping mapping;
	mapping.id = row_uuid(row);
	mapping.user_type_id = row_uuid(row);
	mapping.task_type_id = row_uuid(row);
	mapping.created_at = row_text(row);
	mapping.updated_at = row_text(row);
	return mapping;
}

void eligibility_mapping_write(struct json_writer *json, const struct eligibility_mapping *mapping)
{
	json_begin_object(json);
	json_name(json, "id");
	json_string(json, mapping->id.text);
	json_name(json, "user_type_id");
	json_string(json, mapping->user_type_id.text);
	json_name(json, "task_type_id");
	json_string(json, mapping->task_type_id.text);
	timestamp_write(json, "created_at", mapping->created_at);
	timestamp_write(json, "updated_at", mapping->updated_at);
	json_end_object(json);
}
