/* One connection to PostgreSQL, owned by one thread: opened when needed, checked before use, replaced when lost. */
#ifndef EVENTFLOW_DB_DATABASE_H
#define EVENTFLOW_DB_DATABASE_H

#include <stdint.h>

#include "core/config.h"

struct database;
struct outage;

/* Does not connect yet. NULL when memory is short. The config, and the outage that all threads share, must outlive it.
 */
struct database *database_new(const struct config *config, struct outage *outage);

/* Takes NULL. */
void database_free(struct database *database);

/* A version that was read of a row on the present connection, as what is remembered is marked with it. After a failover
 * that loses commits the same versions come again, for other rows; their stamps differ, and are greater. That is not
 * known behind a transaction pooler. */
int64_t database_stamp(const struct database *database, int64_t version);

#endif
