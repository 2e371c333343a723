/* SQL: reference data (user types, task types, eligibility mappings), its version, and the schema's. */
#ifndef EVENTFLOW_CRUD_REFERENCE_H
#define EVENTFLOW_CRUD_REFERENCE_H

#include "core/uuid.h"
#include "db/batch.h"
#include "models/page.h"

/* One row of reference_version. Read before, or in one snapshot with, what it is the version of. */
int reference_version_queue(struct database *database);

/* Rows of USER_TYPE_COLUMNS, TASK_TYPE_COLUMNS and ELIGIBILITY_MAPPING_COLUMNS. */
int user_type_list_queue(struct database *database, const struct page *page);
int task_type_list_queue(struct database *database, const struct page *page);
int eligibility_mapping_list_queue(struct database *database, const struct page *page);

/* Rows of TASK_TYPE_COLUMNS: every task type; or those that the user's type is mapped to. */
int task_type_all_queue(struct database *database);
int task_type_eligible_queue(struct database *database, const struct uuid *user_id);

/* One row of the schema's version. */
int schema_version_queue(struct database *database);

#endif
