#include "crud/caller.h"

#include "models/caller.h"

/* Every request reads this. A column costs PostgreSQL as much as half a row of another table, so there are as few as
 * can be; and a table that is joined costs more than one in a sub-select. */
static const struct statement caller_read = {
    "caller_read",
    "SELECT " CALLER_COLUMNS " FROM eventflow.users u WHERE u.id = $1::uuid",
    1,
};

static const struct statement caller_read_event = {
    "caller_read_event",
    "SELECT " CALLER_COLUMNS ", (SELECT e.version FROM eventflow.events e WHERE e.id = $2::uuid),"
    " (SELECT m.user_id FROM eventflow.event_members m WHERE m.event_id = $2::uuid AND m.user_id = $1::uuid) IS NOT NULL"
    " FROM eventflow.users u WHERE u.id = $1::uuid",
    2,
};

int caller_queue(struct database *database, const struct uuid *user_id, const struct uuid *event_id)
{
	const char *parameters[] = {user_id->text, event_id ? event_id->text : NULL};
	return batch_add(database, event_id ? &caller_read_event : &caller_read, parameters);
}
