/* Statements in one flush and one round trip (libpq's pipeline mode), and their results. */
#ifndef EVENTFLOW_DB_BATCH_H
#define EVENTFLOW_DB_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"
#include "db/database.h"
#include "db/row.h"

enum { BATCH_STATEMENTS_MAX = 12, BATCH_RESULTS_MAX = 48, STATEMENT_PARAMETERS_MAX = 16 };

/* One statement, a constant beside the function that queues it. The name is its name as a prepared statement. */
struct statement {
	const char *name;
	const char *sql;
	int parameter_count;
};

/* Queues a statement with its parameters: parameter_count strings (NULL is SQL's NULL) which must live until the batch
 * has run. Returns where its result will be; that stays until the request ends. */
int batch_add(struct database *database, const struct statement *statement, const char *const *parameters);

/* BEGIN and COMMIT as statements of a batch. In a snapshot all statements see the database as it is at the first. */
void batch_add_begin(struct database *database);
void batch_add_begin_snapshot(struct database *database);
void batch_add_begin_read_committed(struct database *database); /* whatever the role's default is */
void batch_add_commit(struct database *database);

/* Sends what was queued and waits for every result, until the request's deadline at most. ERROR_NONE means that all
 * succeeded and, where COMMIT was among them, that the server said COMMIT. Otherwise the error of the first that
 * failed; a transaction that is open is then rolled back. */
enum error batch_run(struct database *database) __attribute__((warn_unused_result));

/* What the last batch's error means. Whether the same transaction may succeed if it is run again from its beginning:
 * another one was in its way. Whether it may have been committed nevertheless: the answer to COMMIT was lost. */
bool batch_may_repeat(const struct database *database);
bool batch_is_undecided(const struct database *database);

/* After ERROR_SCHEMA_MISMATCH: the version that the database has; 0 for none. */
int64_t batch_schema_version(const struct database *database);

/* The rows of a statement that has succeeded. */
struct rows batch_rows(const struct database *database, int position);

/* Counts from zero again, and sets the time by which all batches of the request must have ended: since is when the
 * request came, by clock_milliseconds. */
void batch_begin_request(struct database *database, int64_t since);

/* Rolls back a transaction that is open, and frees the results. */
void batch_end_request(struct database *database);

/* The number of results so far, to be able to take back what comes after: a transaction that is open, and its results.
 */
int batch_mark(const struct database *database);
void batch_rewind(struct database *database, int mark);

/* A batch with COMMIT leaves a part of the request's time for finding out what became of it; from now on it may be
 * used. */
void batch_use_reserve(struct database *database);

/* Milliseconds until the request's deadline; 0 behind it. */
int batch_time_left(const struct database *database);

/* Since the request began, or in all of it once it has ended. */
int batch_round_trips(const struct database *database);
int batch_statements(const struct database *database);

#endif
