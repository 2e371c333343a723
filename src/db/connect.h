/* Opening a connection to the first of DATABASE_URL's hosts that takes one, within a deadline. */
#ifndef EVENTFLOW_DB_CONNECT_H
#define EVENTFLOW_DB_CONNECT_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

/* Begins with the host of this number, and leaves in it the one that took the connection. NULL, with the reasons in the
 * log, if none did before the deadline (clock_milliseconds). Each host that is left has an equal share of the time, so
 * that one which does not answer at all leaves some to the others; PQconnectdb would give up on whole seconds alone.
 * Only the look-up of a host's name is not under the deadline. */
PGconn *connect_open(const char *url, int *host, int64_t deadline);

/* Waits for the events (of poll); false at the deadline. */
bool connect_wait(PGconn *connection, short events, int64_t deadline);

#endif
