#include "db/database.h"

#include <stdlib.h>

#include "db/batch.h"
#include "db/connection.h"

enum { VERSION_BITS = 40, TIMELINE_MAX = (1 << 23) - 1 };

struct database *database_new(const struct config *config, struct outage *outage)
{
	struct database *database = calloc(1, sizeof(*database));
	if (!database)
		return NULL;
	database->config = config;
	database->outage = outage;
	return database;
}

void database_free(struct database *database)
{
	if (!database)
		return;
	batch_end_request(database);
	connection_drop(database);
	free(database);
}

int64_t database_stamp(const struct database *database, int64_t version)
{
	return (database->timeline & TIMELINE_MAX) << VERSION_BITS | version;
}
