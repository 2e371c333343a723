/* One connection to PostgreSQL, owned by one thread: opened when needed, checked before use, replaced when lost. */
#ifndef EVENTFLOW_DB_DATABASE_H
#define EVENTFLOW_DB_DATABASE_H

#include "core/config.h"

struct database;
struct outage;

/* Does not connect yet. NULL when memory is short. The config, and the outage that all threads share, must outlive it.
 */
struct database *database_new(const struct config *config, struct outage *outage);

/* Takes NULL. */
void database_free(struct database *database);

#endif
