#include "crud/caller.h"

#include "models/caller.h"

static const struct statement caller_read = {
    "caller_read",
    "SELECT " CALLER_COLUMNS " FROM eventflow.users u"
    " JOIN eventflow.user_types y ON y.id = u.user_type_id"
    " CROSS JOIN eventflow.reference_version r"
    " LEFT JOIN eventflow.events e ON e.id = $2::uuid"
    " LEFT JOIN eventflow.event_members m ON m.event_id = $2::uuid AND m.user_id = u.id"
    " WHERE u.id = $1::uuid",
    2,
};

int caller_queue(struct database *database, const struct uuid *user_id, const struct uuid *event_id)
{
	const char *parameters[] = {user_id->text, event_id ? event_id->text : NULL};
	return batch_add(database, &caller_read, parameters);
}
