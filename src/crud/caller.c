#include "crud/caller.h"

#include "models/caller.h"
#include "models/user.h"

/* Every request reads this. Each column and each table costs PostgreSQL a part of what the user's row does, so there
 * are as few as can be; and a table that is joined costs more than one in a sub-select. */
#define CALLER_READ(more) "SELECT " CALLER_COLUMNS more " FROM eventflow.users u WHERE u.id = $1::uuid"

#define OF_EVENT ", (SELECT e.version FROM eventflow.events e WHERE e.id = $2::uuid), $2::uuid" IN_EVENTS_OF_USER

static const struct statement caller_read = {"caller_read", CALLER_READ(""), 1};
static const struct statement caller_read_reference_version = {
    "caller_read_reference_version", CALLER_READ(", (SELECT r.version FROM eventflow.reference_version r)"), 1};
static const struct statement caller_read_event = {"caller_read_event", CALLER_READ(OF_EVENT), 2};
static const struct statement caller_read_time = {"caller_read_time", CALLER_READ(", now()"), 1};
static const struct statement caller_read_event_time = {"caller_read_event_time", CALLER_READ(OF_EVENT ", now()"), 2};

static int queue(struct database *database, const struct statement *statement, const struct uuid *user_id,
		 const struct uuid *event_id)
{
	const char *parameters[] = {user_id->text, event_id ? event_id->text : NULL};
	return batch_add(database, statement, parameters);
}

int caller_queue(struct database *database, const struct uuid *user_id, const struct uuid *event_id)
{
	return queue(database, event_id ? &caller_read_event : &caller_read, user_id, event_id);
}

int caller_queue_with_time(struct database *database, const struct uuid *user_id, const struct uuid *event_id)
{
	return queue(database, event_id ? &caller_read_event_time : &caller_read_time, user_id, event_id);
}

int caller_queue_with_reference_version(struct database *database, const struct uuid *user_id)
{
	return queue(database, &caller_read_reference_version, user_id, NULL);
}
