#include "db/connection.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/log.h"
#include "core/schema_version.h"
#include "db/connect.h"
#include "db/outage.h"
#include "db/row.h"

void connection_drop(struct database *database)
{
	PQfinish(database->connection);
	database->connection = NULL;
	database->in_transaction = false;
	database->prepared_count = 0;
	database->schema_version = 0;
}

void connection_forget_session(struct database *database)
{
	if (!database->pooled)
		log_write(LOG_WARNING, "db", "a transaction pooler is between: no named statements from now on");
	database->pooled = true;
	connection_drop(database);
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

bool connection_await(PGconn *connection, int64_t deadline)
{
	while (PQisBusy(connection)) {
		int unsent = PQflush(connection);
		if (unsent < 0 || !connect_wait(connection, unsent ? POLLIN | POLLOUT : POLLIN, deadline) ||
		    !PQconsumeInput(connection))
			return false;
	}
	return true;
}

PGresult *connection_command(PGconn *connection, const char *sql, int64_t deadline)
{
	PGresult *last = NULL;
	if (!PQsendQuery(connection, sql))
		return NULL;
	while (connection_await(connection, deadline)) {
		PGresult *result = PQgetResult(connection);
		if (!result)
			return last;
		PQclear(last);
		last = result;
	}
	PQclear(last);
	return NULL;
}

/* A transaction pooler hands each transaction to another server session, where a named statement may be missing. What
 * was found out once stays. */
static bool is_pooled(const struct database *database)
{
	switch (database->config->database_prepare) {
	case DATABASE_PREPARE_ON:
		return database->pooled;
	case DATABASE_PREPARE_OFF:
		return true;
	case DATABASE_PREPARE_AUTO:
		break;
	}
	const char *port = PQport(database->connection);
	return database->pooled || (port && strcmp(port, "6543") == 0);
}

static bool parameter_is(PGconn *connection, const char *name, const char *value)
{
	const char *actual = PQparameterStatus(connection, name);
	return actual && strncmp(actual, value, strlen(value)) == 0;
}

/* The role's settings say how times are written, and how long a statement, a wait for a lock and an idle transaction
 * may last. A role without them is put right here: for the session, or, where that may be another one the next time
 * (a pooler's), for each transaction; the statement then only tells whether that is needed. */
static bool set_up_session(struct database *database)
{
	PGconn *connection = database->connection;
	int most = database->config->request_deadline * 1000;
	snprintf(database->limits, sizeof(database->limits),
		 "SELECT set_config(s.name, l.most, %s) FROM pg_catalog.pg_settings s JOIN (VALUES"
		 " ('statement_timeout', '%d'), ('lock_timeout', '%d'), ('idle_in_transaction_session_timeout', '%d'))"
		 " AS l (name, most) ON l.name = s.name WHERE s.setting::bigint NOT BETWEEN 1 AND l.most::bigint",
		 database->pooled ? "true" : "false", most, most < LOCK_TIMEOUT ? most : LOCK_TIMEOUT, 2 * most);
	if (!parameter_is(connection, "TimeZone", "UTC") || !parameter_is(connection, "DateStyle", "ISO"))
		PQclear(connection_command(connection, "SET timezone TO 'UTC'; SET datestyle TO 'ISO'",
					   database->deadline));
	PGresult *result = connection_command(connection, database->limits, database->deadline);
	bool succeeded = PQresultStatus(result) == PGRES_TUPLES_OK;
	database->unlimited = database->pooled && PQntuples(result) > 0;
	PQclear(result);
	return succeeded && parameter_is(connection, "TimeZone", "UTC") && parameter_is(connection, "DateStyle", "ISO");
}

/* Whether tokens are valid is judged by the clock of this machine, and the audit has the times of the database. */
static void compare_clocks(const char *database_seconds)
{
	long long ahead = (long long)clock_unix_seconds() - strtoll(database_seconds, NULL, 10);
	if (llabs(ahead) > CLOCK_SKEW_MAX)
		log_write(LOG_WARNING, "db", "the clock of this machine is %lld seconds %s that of the database",
			  llabs(ahead), ahead > 0 ? "ahead of" : "behind");
}

/* Its timeline and its clock. Each standby that becomes the primary begins a new timeline. (The control file tells of
 * it too late: with the first checkpoint.) A standby has none, nor has a server that is not quite PostgreSQL; a pooler
 * may change the server. */
static bool read_server_state(struct database *database)
{
	static const char statement[] =
	    "SELECT CASE WHEN NOT pg_catalog.pg_is_in_recovery()"
	    " THEN pg_catalog.left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 8) END,"
	    " pg_catalog.floor(pg_catalog.date_part('epoch', pg_catalog.clock_timestamp()))::bigint";
	database->timeline = 0;
	if (database->pooled)
		return true;
	PGresult *result = connection_command(database->connection, statement, database->deadline);
	if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1) {
		database->timeline = strtoll(PQgetvalue(result, 0, 0), NULL, 16);
		compare_clocks(PQgetvalue(result, 0, 1));
	}
	bool succeeded = result != NULL;
	PQclear(result);
	return succeeded;
}

/* A warning matters while a COMMIT is awaited: see round_trip.c. */
static void take_notice(void *argument, const PGresult *notice)
{
	struct database *database = argument;
	const char *severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
	const char *message = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
	bool is_warning = severity && strcmp(severity, "WARNING") == 0;
	if (is_warning)
		database->warned = true;
	log_write(is_warning ? LOG_WARNING : LOG_DEBUG, "db", "the server says: %s", message ? message : "");
}

static bool open_session(struct database *database)
{
	database->connection = connect_open(database->config->database_url, &database->host, database->deadline);
	if (!database->connection)
		return false;
	PQsetNoticeReceiver(database->connection, take_notice, database);
	database->pooled = is_pooled(database);
	if (PQsetnonblocking(database->connection, 1) == 0 && set_up_session(database) && read_server_state(database))
		return true;
	log_write(LOG_ERROR, "db", "the session cannot be set up: %s", PQerrorMessage(database->connection));
	connection_drop(database);
	return false;
}

/* The version in the answer; 0 for none. */
static int64_t version_in(const PGresult *result)
{
	if (PQntuples(result) != 1)
		return 0;
	struct row row = row_of((struct rows){result, 1}, 0);
	return row_integer(&row);
}

/* Asked of each new session, and of one that failed again and again: so a worker that was started before the migration
 * serves as soon as that is done. A session that has passed once is not asked again: while the next version's workers
 * are started one after the other, those of the present one serve on. */
static enum error check_schema(struct database *database)
{
	if (database->schema_version == SCHEMA_VERSION)
		return ERROR_NONE;
	PGresult *result = connection_command(database->connection, SCHEMA_VERSION_QUERY, database->deadline);
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	/* class 42: there is no such table, or none for us; whatever else fails says nothing about the schema */
	bool is_known = PQresultStatus(result) == PGRES_TUPLES_OK || (sqlstate && strncmp(sqlstate, "42", 2) == 0);
	database->schema_version = version_in(result);
	PQclear(result);
	if (!is_known) {
		log_write(LOG_ERROR, "db", "the schema version cannot be read: %s",
			  PQerrorMessage(database->connection));
		connection_drop(database);
		return ERROR_DATABASE_UNAVAILABLE;
	}
	if (database->schema_version == SCHEMA_VERSION)
		return ERROR_NONE;
	log_write(LOG_ERROR, "db", "the database has schema version %" PRId64 ", and %d is needed",
		  database->schema_version, SCHEMA_VERSION);
	return ERROR_SCHEMA_MISMATCH;
}

static enum error ensure_session(struct database *database)
{
	struct outage_attempt attempt;
	if (database->connection && is_alive(database->connection))
		return ERROR_NONE;
	if (database->connection)
		log_write(LOG_WARNING, "db", "the connection to the database was lost; connecting again");
	connection_drop(database);
	/* With hardly any time left a failure would say nothing about the database, and yet be told to all threads. */
	if (database->deadline - clock_milliseconds() < CONNECT_MIN)
		return ERROR_DATABASE_UNAVAILABLE;
	if (!outage_try(database->outage, &attempt))
		return ERROR_DATABASE_UNAVAILABLE;
	bool succeeded = open_session(database);
	outage_end(database->outage, &attempt, succeeded);
	return succeeded ? ERROR_NONE : ERROR_DATABASE_UNAVAILABLE;
}

enum error connection_ensure(struct database *database)
{
	int64_t now = clock_milliseconds();
	enum error error = ensure_session(database);
	if (error == ERROR_NONE)
		error = check_schema(database);
	database->sound_at = error == ERROR_NONE ? now : 0;
	return error;
}
