#include "crud/reference.h"

#include <stddef.h>

#include "core/schema_version.h"
#include "models/eligibility_mapping.h"
#include "models/task_type.h"
#include "models/user_type.h"

static const struct statement reference_version = {"reference_version",
						   "SELECT r.version FROM eventflow.reference_version r", 0};

int reference_version_queue(struct database *database)
{
	return batch_add(database, &reference_version, NULL);
}

/* A page of a table by (created_at, id): $1 and $2 the keyset position, $3 the number of rows. */
#define PAGE_OF(columns, table, alias)                                                              \
	"SELECT " columns " FROM eventflow." table " " alias " WHERE (" alias ".created_at, " alias \
	".id) > ($1::timestamptz, $2::uuid) ORDER BY " alias ".created_at, " alias ".id LIMIT $3::bigint"

static const struct statement user_type_list = {"user_type_list", PAGE_OF(USER_TYPE_COLUMNS, "user_types", "y"), 3};

static const struct statement task_type_list = {"task_type_list", PAGE_OF(TASK_TYPE_COLUMNS, "task_types", "k"), 3};

static const struct statement eligibility_mapping_list = {
    "eligibility_mapping_list", PAGE_OF(ELIGIBILITY_MAPPING_COLUMNS, "eligibility_mappings", "g"), 3};

static int page_queue(struct database *database, const struct statement *statement, const struct page *page)
{
	const char *parameters[] = {page->created_at, page->id, page->fetch};
	return batch_add(database, statement, parameters);
}

int user_type_list_queue(struct database *database, const struct page *page)
{
	return page_queue(database, &user_type_list, page);
}

int task_type_list_queue(struct database *database, const struct page *page)
{
	return page_queue(database, &task_type_list, page);
}

int eligibility_mapping_list_queue(struct database *database, const struct page *page)
{
	return page_queue(database, &eligibility_mapping_list, page);
}

static const struct statement task_type_all = {
    "task_type_all",
    "SELECT " TASK_TYPE_COLUMNS " FROM eventflow.task_types k ORDER BY k.created_at, k.id",
    0,
};

int task_type_all_queue(struct database *database)
{
	return batch_add(database, &task_type_all, NULL);
}

static const struct statement task_type_eligible = {
    "task_type_eligible",
    "SELECT " TASK_TYPE_COLUMNS " FROM eventflow.users u"
    " JOIN eventflow.eligibility_mappings g ON g.user_type_id = u.user_type_id"
    " JOIN eventflow.task_types k ON k.id = g.task_type_id WHERE u.id = $1::uuid ORDER BY k.created_at, k.id",
    1,
};

int task_type_eligible_queue(struct database *database, const struct uuid *user_id)
{
	const char *parameters[] = {user_id->text};
	return batch_add(database, &task_type_eligible, parameters);
}

static const struct statement schema_version = {"schema_version", SCHEMA_VERSION_QUERY, 0};

int schema_version_queue(struct database *database)
{
	return batch_add(database, &schema_version, NULL);
}
