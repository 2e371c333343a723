/* What was queued goes out in one flush, and its results come in: one round trip in libpq's pipeline mode. */
#ifndef EVENTFLOW_DB_ROUND_TRIP_H
#define EVENTFLOW_DB_ROUND_TRIP_H

#include "core/error.h"
#include "db/batch.h"
#include "db/database.h"

extern const struct statement statement_begin;
extern const struct statement statement_begin_snapshot;
extern const struct statement statement_begin_read_committed;
extern const struct statement statement_commit;

/* Runs the queue on the connection that there is, and adds the results. ERROR_NONE: all succeeded and, where COMMIT was
 * among them, the server said COMMIT. Otherwise the error of the first that failed, and more in database->fate; a
 * transaction may then still be open, and the connection may have been dropped. */
enum error round_trip_run(struct database *database);

/* Whether COMMIT is in the queue. */
bool round_trip_commits(const struct database *database);

/* Ends a transaction that is open, in a round trip of its own. */
void round_trip_roll_back(struct database *database);

#endif
