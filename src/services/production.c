#include "services/production.h"

#include <stdio.h>

#include "core/clock.h"
#include "crud/user.h"
#include "db/database.h"
#include "db/outage.h"

static bool ask(struct database *database)
{
	batch_begin_request(database, clock_milliseconds());
	int result = user_sample_password_queue(database);
	return batch_run(database) == ERROR_NONE && batch_rows(database, result).count > 0;
}

/* With an outage of its own: what the start finds says nothing to the requests that come later. */
static bool has_sample_password(const struct config *config)
{
	struct outage *outage = outage_new();
	struct database *database = outage ? database_new(config, outage) : NULL;
	bool found = database && ask(database);
	database_free(database);
	outage_free(outage);
	return found;
}

bool production_has_sample_passwords(const struct config *config, char message[CONFIG_MESSAGE_MAX])
{
	if (config->environment != ENVIRONMENT_PRODUCTION || config->supabase_url || !has_sample_password(config))
		return false;
	snprintf(message, CONFIG_MESSAGE_MAX,
		 "DATABASE_URL: users of the sample data still have its password, which everybody knows; "
		 "ENVIRONMENT=production needs their rows deleted from eventflow.user_passwords");
	return true;
}
