#include "db/batch.h"

#include <poll.h>
#include <string.h>

#include "core/log.h"
#include "db/connection.h"

static const struct statement begin = {"begin", "BEGIN", 0};
static const struct statement begin_snapshot = {"begin_snapshot", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", 0};
static const struct statement commit = {"commit", "COMMIT", 0};

int batch_add(struct database *database, const struct statement *statement, const char *const *parameters)
{
	int position = database->result_count + database->queue_length;
	if (database->queue_length == BATCH_STATEMENTS_MAX || position == BATCH_RESULTS_MAX ||
	    statement->parameter_count > STATEMENT_PARAMETERS_MAX) {
		database->overflowed = true;
		return 0;
	}
	struct queued *queued = &database->queue[database->queue_length++];
	queued->statement = statement;
	queued->prepare = false;
	for (int i = 0; i < statement->parameter_count; i++)
		queued->parameters[i] = parameters[i];
	return position;
}

void batch_add_begin(struct database *database)
{
	batch_add(database, &begin, NULL);
}

void batch_add_begin_snapshot(struct database *database)
{
	batch_add(database, &begin_snapshot, NULL);
}

void batch_add_commit(struct database *database)
{
	batch_add(database, &commit, NULL);
}

static bool is_prepared(const struct database *database, const struct statement *statement)
{
	for (int i = 0; i < database->prepared_count; i++) {
		if (database->prepared[i] == statement)
			return true;
	}
	return false;
}

/* Statements without parameters are BEGIN, COMMIT and the like: there is nothing to plan. */
static bool wants_name(const struct database *database, const struct statement *statement)
{
	return database->prepares && statement->parameter_count > 0 &&
	       (is_prepared(database, statement) || database->prepared_count < PREPARED_MAX);
}

static bool send_one(struct database *database, struct queued *queued)
{
	const struct statement *statement = queued->statement;
	PGconn *connection = database->connection;
	if (!wants_name(database, statement))
		return PQsendQueryParams(connection, statement->sql, statement->parameter_count, NULL,
					 queued->parameters, NULL, NULL, 0);
	queued->prepare = !is_prepared(database, statement);
	if (queued->prepare && !PQsendPrepare(connection, statement->name, statement->sql, 0, NULL))
		return false;
	return PQsendQueryPrepared(connection, statement->name, statement->parameter_count, queued->parameters, NULL,
				   NULL, 0);
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

/* Waits for input, but not for ever: a server that has gone without a word must not hold the thread. */
static bool await_input(struct database *database, int64_t deadline)
{
	while (PQisBusy(database->connection)) {
		int64_t left = deadline - connection_clock();
		struct pollfd pollfd = {.fd = PQsocket(database->connection), .events = POLLIN};
		if (left <= 0 || poll(&pollfd, 1, (int)left) == 0)
			return false;
		if (!PQconsumeInput(database->connection))
			return false;
	}
	return true;
}

static PGresult *next_result(struct database *database, int64_t deadline)
{
	return await_input(database, deadline) ? PQgetResult(database->connection) : NULL;
}

/* The result of one step of the pipeline, and the NULL that ends it. */
static PGresult *take_result(struct database *database, int64_t deadline)
{
	PGresult *result = next_result(database, deadline);
	if (result && await_input(database, deadline))
		PQclear(PQgetResult(database->connection));
	return result;
}

static enum error error_of(const struct statement *statement, const PGresult *result)
{
	const char *sqlstate = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	if (!sqlstate) { /* no SQLSTATE: the connection is dead, whatever PQstatus says */
		log_write(LOG_ERROR, "db", "%s: the connection to the database was lost", statement->name);
		return ERROR_DATABASE_UNAVAILABLE;
	}
	enum error error = error_from_violation(PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME), sqlstate);
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	log_write(error_entry(error)->status >= 500 ? LOG_ERROR : LOG_INFO, "db", "%s: %s (SQLSTATE %s)",
		  statement->name, message ? message : "", sqlstate);
	return error;
}

/* COMMIT of a transaction that has failed succeeds too; only the command tag says that it was a ROLLBACK. */
static enum error check_result(const struct statement *statement, PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);
	if (status == PGRES_TUPLES_OK)
		return ERROR_NONE;
	if (status != PGRES_COMMAND_OK)
		return error_of(statement, result);
	if (statement == &commit && strcmp(PQcmdStatus(result), "COMMIT") != 0)
		return ERROR_INTERNAL;
	return ERROR_NONE;
}

static enum error receive_prepared(struct database *database, const struct queued *queued, int64_t deadline)
{
	PGresult *result = take_result(database, deadline);
	enum error error = check_result(queued->statement, result);
	PQclear(result);
	if (error == ERROR_NONE)
		database->prepared[database->prepared_count++] = queued->statement;
	return error;
}

static enum error receive_one(struct database *database, const struct queued *queued, int64_t deadline)
{
	if (queued->prepare) {
		enum error error = receive_prepared(database, queued, deadline);
		if (error != ERROR_NONE)
			return error;
	}
	PGresult *result = take_result(database, deadline);
	database->results[database->result_count++] = result;
	return check_result(queued->statement, result);
}

/* Reads on to the end of the pipeline after a failure, so that the connection can be used again. */
static bool receive_rest(struct database *database, int64_t deadline)
{
	for (;;) {
		PGresult *result = next_result(database, deadline);
		if (!result) {
			if (PQstatus(database->connection) != CONNECTION_OK || connection_clock() >= deadline)
				return false;
			continue;
		}
		bool is_end = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
		PQclear(result);
		if (is_end)
			return PQexitPipelineMode(database->connection);
	}
}

static void roll_back(struct database *database)
{
	if (!database->connection || PQtransactionStatus(database->connection) == PQTRANS_IDLE)
		return;
	PGresult *result = PQexec(database->connection, "ROLLBACK");
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		connection_drop(database);
	PQclear(result);
	database->in_transaction = false;
	database->round_trips++;
}

static enum error exchange(struct database *database)
{
	int64_t deadline = connection_clock() + REPLY_DEADLINE;
	enum error error = ERROR_NONE;
	if (!database->connection || !send_all(database)) {
		connection_drop(database);
		return ERROR_DATABASE_UNAVAILABLE;
	}
	for (int i = 0; i < database->queue_length && error == ERROR_NONE; i++)
		error = receive_one(database, &database->queue[i], deadline);
	if (error == ERROR_DATABASE_UNAVAILABLE || error == ERROR_DATABASE_READ_ONLY ||
	    !receive_rest(database, deadline)) {
		connection_drop(database);
		return error == ERROR_NONE ? ERROR_DATABASE_UNAVAILABLE : error;
	}
	return error;
}

enum error batch_run(struct database *database)
{
	enum error error = database->overflowed ? ERROR_INTERNAL : ERROR_NONE;
	/* Within a transaction a lost connection is the end of it: what follows must never run on a new one. */
	if (error == ERROR_NONE && !database->in_transaction)
		error = connection_ensure(database);
	if (error == ERROR_NONE) {
		database->statements += database->queue_length;
		database->round_trips++;
		error = exchange(database);
		if (error != ERROR_NONE)
			roll_back(database);
	}
	database->in_transaction = database->connection && PQtransactionStatus(database->connection) == PQTRANS_INTRANS;
	database->queue_length = 0;
	database->overflowed = false;
	return error;
}

struct rows batch_rows(const struct database *database, int position)
{
	const PGresult *result = database->results[position];
	return (struct rows){result, PQntuples(result)};
}

void batch_begin_request(struct database *database)
{
	database->round_trips = 0;
	database->statements = 0;
}

void batch_end_request(struct database *database)
{
	roll_back(database);
	for (int i = 0; i < database->result_count; i++)
		PQclear(database->results[i]);
	database->result_count = 0;
	database->queue_length = 0;
}

int batch_round_trips(const struct database *database)
{
	return database->round_trips;
}

int batch_statements(const struct database *database)
{
	return database->statements;
}
