#include "crud/caller.h"

#include "models/caller.h"

#define CALLER_TABLES                                           \
	" FROM eventflow.users u"                               \
	" JOIN eventflow.user_types y ON y.id = u.user_type_id" \
	" CROSS JOIN eventflow.reference_version r"

/* Two statements, because a table that is joined costs as much as all that is read of it; a sub-select costs less. */
static const struct statement caller_read = {
    "caller_read",
    "SELECT " CALLER_COLUMNS CALLER_TABLES " WHERE u.id = $1::uuid",
    1,
};

static const struct statement caller_read_event = {
    "caller_read_event",
    "SELECT " CALLER_COLUMNS ", (SELECT e.version FROM eventflow.events e WHERE e.id = $2::uuid),"
    " (SELECT m.user_id FROM eventflow.event_members m WHERE m.event_id = $2::uuid AND m.user_id = $1::uuid) IS NOT NULL" CALLER_TABLES
    " WHERE u.id = $1::uuid",
    2,
};

int caller_queue(struct database *database, const struct uuid *user_id, const struct uuid *event_id)
{
	const char *parameters[] = {user_id->text, event_id ? event_id->text : NULL};
	return batch_add(database, event_id ? &caller_read_event : &caller_read, parameters);
}
