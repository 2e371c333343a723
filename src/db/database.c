#include "db/database.h"

#include <stdlib.h>

#include "db/batch.h"
#include "db/connection.h"

struct database *database_new(const struct config *config)
{
	struct database *database = calloc(1, sizeof(*database));
	if (database)
		database->config = config;
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
