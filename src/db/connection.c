#include "db/connection.h"

#include <poll.h>
#include <string.h>
#include <time.h>

#include "core/log.h"

int64_t connection_clock(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void connection_drop(struct database *database)
{
	PQfinish(database->connection);
	database->connection = NULL;
	database->in_transaction = false;
	database->prepared_count = 0;
}

/* The first consumption after a server's end only reads its last words and still says that all is well; the second
 * tells. */
static bool is_alive(PGconn *connection)
{
	if (PQstatus(connection) != CONNECTION_OK)
		return false;
	struct pollfd pollfd = {.fd = PQsocket(connection), .events = POLLIN};
	if (poll(&pollfd, 1, 0) == 0)
		return true;
	return PQconsumeInput(connection) && PQconsumeInput(connection) && PQstatus(connection) == CONNECTION_OK;
}

/* A transaction pooler hands each transaction to another server session, where a named statement may be missing. */
static bool may_prepare(const struct database *database)
{
	switch (database->config->database_prepare) {
	case DATABASE_PREPARE_ON:
		return true;
	case DATABASE_PREPARE_OFF:
		return false;
	case DATABASE_PREPARE_AUTO:
		break;
	}
	const char *port = PQport(database->connection);
	return !port || strcmp(port, "6543") != 0;
}

static bool parameter_is(PGconn *connection, const char *name, const char *value)
{
	const char *actual = PQparameterStatus(connection, name);
	return actual && strncmp(actual, value, strlen(value)) == 0;
}

/* Times are read as text: the role's settings say how, and a role without them is put right here. */
static bool set_up_session(PGconn *connection)
{
	if (parameter_is(connection, "TimeZone", "UTC") && parameter_is(connection, "DateStyle", "ISO"))
		return true;
	PGresult *result = PQexec(connection, "SET timezone TO 'UTC'; SET datestyle TO 'ISO'");
	bool set = PQresultStatus(result) == PGRES_COMMAND_OK;
	PQclear(result);
	return set;
}

/* Doubles the wait, with up to a quarter of it at random so that workers do not all come at once. */
static void back_off(struct database *database)
{
	int wait = database->backoff == 0 ? BACKOFF_MIN : database->backoff * 2;
	database->backoff = wait > BACKOFF_MAX ? BACKOFF_MAX : wait;
	int64_t now = connection_clock();
	database->not_before =
	    now + database->backoff - (now * 7919 + (int64_t)(uintptr_t)database / 64) % (database->backoff / 4);
}

static enum error connect_now(struct database *database)
{
	/* What the URL says itself comes later and wins. */
	const char *const keywords[] = {"application_name",
					"client_encoding",
					"connect_timeout",
					"tcp_user_timeout",
					"keepalives_idle",
					"dbname",
					NULL};
	const char *const values[] = {"eventflow", "UTF8", "3", "5000", "30", database->config->database_url, NULL};
	database->connection = PQconnectdbParams(keywords, values, 1);
	if (PQstatus(database->connection) == CONNECTION_OK && set_up_session(database->connection)) {
		database->backoff = 0;
		database->prepares = may_prepare(database);
		return ERROR_NONE;
	}
	log_write(LOG_ERROR, "db", "cannot connect to the database: %s",
		  database->connection ? PQerrorMessage(database->connection) : "out of memory");
	connection_drop(database);
	back_off(database);
	return ERROR_DATABASE_UNAVAILABLE;
}

enum error connection_ensure(struct database *database)
{
	if (database->connection && is_alive(database->connection))
		return ERROR_NONE;
	if (database->connection)
		log_write(LOG_WARNING, "db", "the connection to the database was lost; connecting again");
	connection_drop(database);
	if (database->backoff != 0 && connection_clock() < database->not_before)
		return ERROR_DATABASE_UNAVAILABLE;
	return connect_now(database);
}
