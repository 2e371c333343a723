/* An eligibility mapping: users of this user type may work on tasks of this task type. */
#ifndef EVENTFLOW_MODELS_ELIGIBILITY_MAPPING_H
#define EVENTFLOW_MODELS_ELIGIBILITY_MAPPING_H

#include "core/json_writer.h"
#include "core/text.h"
#include "core/uuid.h"
#include "db/row.h"

/* The columns of eligibility_mapping_from_row, of eventflow.eligibility_mappings as g. */
#define ELIGIBILITY_MAPPING_COLUMNS "g.id, g.user_type_id, g.task_type_id, g.created_at, g.updated_at"

struct eligibility_mapping {
	struct uuid id;
	struct uuid user_type_id;
	struct uuid task_type_id;
	struct text created_at;
	struct text updated_at;
};

struct eligibility_mapping eligibility_mapping_from_row(struct row *row);
void eligibility_mapping_write(struct json_writer *json, const struct eligibility_mapping *mapping);

#endif
