#include "db/batch.h"

#include "core/clock.h"
#include "db/connection.h"
#include "db/round_trip.h"

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
	for (int i = 0; parameters && i < statement->parameter_count; i++)
		queued->parameters[i] = parameters[i];
	return position;
}

void batch_add_begin(struct database *database)
{
	batch_add(database, &statement_begin, NULL);
}

void batch_add_begin_snapshot(struct database *database)
{
	batch_add(database, &statement_begin_snapshot, NULL);
}

void batch_add_begin_read_committed(struct database *database)
{
	batch_add(database, &statement_begin_read_committed, NULL);
}

void batch_add_commit(struct database *database)
{
	batch_add(database, &statement_commit, NULL);
}

static void free_results(struct database *database, int from)
{
	while (database->result_count > from)
		PQclear(database->results[--database->result_count]);
}

/* Whether what failed outside of any transaction may run once more, since nothing can have come of it: behind a pooler
 * whose session lacks a statement, or has another's of that name, without names; after a loss of the connection, which
 * may have been about to end when it was looked at, on a new one. */
static bool may_run_again(struct database *database)
{
	if (database->fate.unprepared) {
		connection_forget_session(database);
		return connection_ensure(database) == ERROR_NONE;
	}
	return database->fate.lost && !round_trip_commits(database) && clock_milliseconds() < database->deadline &&
	       connection_ensure(database) == ERROR_NONE;
}

/* A connection that was sound a moment ago is not looked at again: if it is lost now, the batch runs on a new one. But
 * a batch that commits never runs again. */
static bool is_trusted(const struct database *database)
{
	return database->connection && !round_trip_commits(database) &&
	       clock_milliseconds() - database->sound_at < TRUSTED;
}

static enum error run_anew(struct database *database)
{
	int results = database->result_count;
	enum error error = is_trusted(database) ? ERROR_NONE : connection_ensure(database);
	if (error == ERROR_NONE)
		error = round_trip_run(database);
	if (error == ERROR_NONE || !may_run_again(database))
		return error;
	free_results(database, results);
	return round_trip_run(database);
}

enum error batch_run(struct database *database)
{
	enum error error;
	database->fate = (struct fate){0};
	/* Within a transaction a lost connection is the end of it: what follows must never run on a new one. */
	if (database->overflowed)
		error = ERROR_INTERNAL;
	else if (database->in_transaction)
		error = round_trip_run(database);
	else
		error = run_anew(database);
	if (database->fate.unprepared) /* within a transaction: another attempt will do without names */
		connection_forget_session(database);
	if (error != ERROR_NONE)
		round_trip_roll_back(database);
	database->in_transaction = database->connection && PQtransactionStatus(database->connection) == PQTRANS_INTRANS;
	database->queue_length = 0;
	database->overflowed = false;
	return error;
}

bool batch_may_repeat(const struct database *database)
{
	return database->fate.conflict || database->fate.unprepared;
}

bool batch_is_undecided(const struct database *database)
{
	return database->fate.undecided;
}

int64_t batch_schema_version(const struct database *database)
{
	return database->schema_version;
}

void batch_use_reserve(struct database *database)
{
	database->reserve = 0;
}

int batch_time_left(const struct database *database)
{
	int64_t left = database->deadline - clock_milliseconds();
	return left > 0 ? (int)left : 0;
}

struct rows batch_rows(const struct database *database, int position)
{
	const PGresult *result = database->results[position];
	return (struct rows){result, PQntuples(result)};
}

void batch_begin_request(struct database *database, int64_t since)
{
	database->deadline = since + (int64_t)database->config->request_deadline * 1000 - ANSWER_RESERVE;
	database->reserve = database->config->request_deadline * 1000 / PROOF_SHARE;
	database->round_trips = 0;
	database->statements = 0;
}

int batch_mark(const struct database *database)
{
	return database->result_count;
}

void batch_rewind(struct database *database, int mark)
{
	round_trip_roll_back(database);
	free_results(database, mark);
	database->queue_length = 0;
	database->overflowed = false;
}

void batch_end_request(struct database *database)
{
	batch_rewind(database, 0);
}

int batch_round_trips(const struct database *database)
{
	return database->round_trips;
}

int batch_statements(const struct database *database)
{
	return database->statements;
}
