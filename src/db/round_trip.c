#include "db/round_trip.h"

#include <string.h>

#include "core/clock.h"
#include "core/log.h"
#include "db/connection.h"

const struct statement statement_begin = {"begin", "BEGIN", 0};
const struct statement statement_begin_snapshot = {"begin_snapshot", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
						   0};
const struct statement statement_begin_read_committed = {"begin_read_committed", "BEGIN ISOLATION LEVEL READ COMMITTED",
							 0};
const struct statement statement_commit = {"commit", "COMMIT", 0};

static bool is_prepared(const struct database *database, const struct statement *statement)
{
	for (int i = 0; i < database->prepared_count; i++) {
		if (database->prepared[i] == statement)
			return true;
	}
	return false;
}

/* There is nothing to plan about BEGIN and COMMIT. */
static bool wants_name(const struct database *database, const struct statement *statement)
{
	return !database->pooled && statement != &statement_begin && statement != &statement_begin_snapshot &&
	       statement != &statement_begin_read_committed && statement != &statement_commit &&
	       (is_prepared(database, statement) || database->prepared_count < PREPARED_MAX);
}

static bool send_statement(struct database *database, struct queued *queued)
{
	const struct statement *statement = queued->statement;
	PGconn *connection = database->connection;
	queued->prepare = false;
	if (!wants_name(database, statement))
		return PQsendQueryParams(connection, statement->sql, statement->parameter_count, NULL,
					 queued->parameters, NULL, NULL, 0);
	queued->prepare = !is_prepared(database, statement);
	if (queued->prepare && !PQsendPrepare(connection, statement->name, statement->sql, 0, NULL))
		return false;
	return PQsendQueryPrepared(connection, statement->name, statement->parameter_count, queued->parameters, NULL,
				   NULL, 0);
}

static bool send_one(struct database *database, struct queued *queued)
{
	queued->limits = database->unlimited && (queued->statement == &statement_begin ||
						 queued->statement == &statement_begin_read_committed);
	return send_statement(database, queued) &&
	       (!queued->limits ||
		PQsendQueryParams(database->connection, database->limits, 0, NULL, NULL, NULL, NULL, 0));
}

static bool send_all(struct database *database)
{
	if (!PQenterPipelineMode(database->connection))
		return false;
	for (int i = 0; i < database->queue_length; i++) {
		if (!send_one(database, &database->queue[i]))
			return false;
	}
	return PQpipelineSync(database->connection);
}

static PGresult *next_result(struct database *database, int64_t deadline)
{
	return connection_await(database->connection, deadline) ? PQgetResult(database->connection) : NULL;
}

/* The result of one step of the pipeline, and the NULL that ends it. */
static PGresult *take_result(struct database *database, int64_t deadline)
{
	PGresult *result = next_result(database, deadline);
	if (result && connection_await(database->connection, deadline))
		PQclear(PQgetResult(database->connection));
	return result;
}

bool round_trip_commits(const struct database *database)
{
	for (int i = 0; i < database->queue_length; i++) {
		if (database->queue[i].statement == &statement_commit)
			return true;
	}
	return false;
}

static bool is_one_of(const char *sqlstate, const char *first, const char *second)
{
	return strcmp(sqlstate, first) == 0 || strcmp(sqlstate, second) == 0;
}

/* What an error of the server means for the connection and for another attempt. */
static void note_fate(struct fate *fate, const char *sqlstate, const char *severity)
{
	bool is_stale = strcmp(sqlstate, "0A000") == 0; /* the statement was prepared before a table was altered */
	fate->lost = is_stale || !severity || strcmp(severity, "ERROR") != 0 /* FATAL: the session is over */
		     || strcmp(sqlstate, "25006") == 0;                      /* a server that was the primary once */
	fate->conflict = is_stale || is_one_of(sqlstate, "40001", "40P01");
	fate->unprepared = is_one_of(sqlstate, "26000", "42P05");
}

static enum error error_of(struct database *database, const struct statement *statement, const PGresult *result)
{
	const char *sqlstate = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	if (!sqlstate) { /* no SQLSTATE: the connection is dead, whatever PQstatus says */
		log_write(LOG_ERROR, "db", "%s: the connection to the database was lost", statement->name);
		database->fate = (struct fate){.lost = true, .undecided = round_trip_commits(database)};
		return ERROR_DATABASE_UNAVAILABLE;
	}
	note_fate(&database->fate, sqlstate, PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED));
	/* A session that is ended says so in the place of the statement that it was at; COMMIT may have been done. A
	 * pooler whose server has gone (class 08) says so in the place of the first that has no answer. */
	database->fate.undecided = database->fate.lost && round_trip_commits(database) &&
				   (statement == &statement_commit || strncmp(sqlstate, "08", 2) == 0);
	enum error error = error_from_violation(PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME), sqlstate);
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	log_write(error_entry(error)->status >= 500 ? LOG_ERROR : LOG_INFO, "db", "%s: %s (SQLSTATE %s)",
		  statement->name, message ? message : "", sqlstate);
	return error;
}

/* COMMIT of a transaction that has failed succeeds too; only the command tag says that it was a ROLLBACK. */
static enum error check_result(struct database *database, const struct statement *statement, PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);
	if (status == PGRES_TUPLES_OK)
		return ERROR_NONE;
	if (status != PGRES_COMMAND_OK)
		return error_of(database, statement, result);
	if (statement == &statement_commit && strcmp(PQcmdStatus(result), "COMMIT") != 0)
		return ERROR_INTERNAL;
	return ERROR_NONE;
}

/* A result that is only asked for its success. */
static enum error receive_success(struct database *database, const struct statement *statement, int64_t deadline)
{
	PGresult *result = take_result(database, deadline);
	enum error error = check_result(database, statement, result);
	PQclear(result);
	return error;
}

static enum error receive_one(struct database *database, const struct queued *queued, int64_t deadline)
{
	enum error error = ERROR_NONE;
	if (queued->prepare) {
		error = receive_success(database, queued->statement, deadline);
		if (error != ERROR_NONE)
			return error;
		database->prepared[database->prepared_count++] = queued->statement;
	}
	PGresult *result = take_result(database, deadline);
	database->results[database->result_count++] = result;
	error = check_result(database, queued->statement, result);
	if (error == ERROR_NONE && queued->limits)
		error = receive_success(database, queued->statement, deadline);
	return error;
}

/* Reads on to the end of the pipeline after a failure, so that the connection can be used again. Every result is
 * followed by a NULL; two of these are the end of a connection. */
static bool receive_rest(struct database *database, int64_t deadline)
{
	for (int nulls = 0; nulls < 2;) {
		if (!connection_await(database->connection, deadline))
			return false;
		PGresult *result = PQgetResult(database->connection);
		bool is_end = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
		nulls = result ? 0 : nulls + 1;
		PQclear(result);
		if (is_end)
			return PQexitPipelineMode(database->connection);
	}
	return false;
}

/* Sends the queue and takes the results. */
static enum error exchange(struct database *database, int64_t deadline)
{
	if (!send_all(database)) {
		database->fate = (struct fate){.lost = true, .undecided = round_trip_commits(database)};
		return ERROR_DATABASE_UNAVAILABLE;
	}
	enum error error = ERROR_NONE;
	for (int i = 0; i < database->queue_length && error == ERROR_NONE; i++)
		error = receive_one(database, &database->queue[i], deadline);
	return error;
}

enum error round_trip_run(struct database *database)
{
	bool commits = round_trip_commits(database);
	int64_t deadline = database->deadline - (commits ? database->reserve : 0);
	database->fate = (struct fate){0};
	database->warned = false;
	database->round_trips++;
	database->statements += database->queue_length;
	if (!database->connection)
		return ERROR_DATABASE_UNAVAILABLE;
	if (deadline - clock_milliseconds() < ROUND_TRIP_MIN) {
		log_write(LOG_ERROR, "db", "nothing is sent: the time of the request has passed");
		return ERROR_DATABASE_BUSY;
	}
	enum error error = exchange(database, deadline);
	if (database->fate.lost || !receive_rest(database, deadline)) {
		connection_drop(database);
		if (error == ERROR_NONE && !commits) /* what was read is of no use if its transaction is gone */
			error = ERROR_DATABASE_UNAVAILABLE;
	}
	/* A timeout may strike behind the last statement, when each has had its result. */
	if (error == ERROR_NONE && !commits && PQtransactionStatus(database->connection) == PQTRANS_INERROR)
		error = ERROR_DATABASE_BUSY;
	/* A COMMIT that comes with a warning was cut short while it waited for a synchronous standby: it is done here,
	 * and would be lost with this server. */
	if (error == ERROR_NONE && commits && database->warned) {
		database->fate.undecided = true;
		error = ERROR_DATABASE_UNAVAILABLE;
	}
	return error;
}

void round_trip_roll_back(struct database *database)
{
	if (!database->connection || PQtransactionStatus(database->connection) == PQTRANS_IDLE)
		return;
	PGresult *result = connection_command(database->connection, "ROLLBACK", database->deadline);
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		connection_drop(database);
	PQclear(result);
	database->in_transaction = false;
	database->round_trips++;
}
