/* The inside of struct database, for the files of this folder. */
#ifndef EVENTFLOW_DB_CONNECTION_H
#define EVENTFLOW_DB_CONNECTION_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"
#include "db/batch.h"
#include "db/database.h"

enum {
	PREPARED_MAX = 96,
	BACKOFF_MIN = 50,      /* milliseconds */
	BACKOFF_MAX = 5000,    /* milliseconds */
	REPLY_DEADLINE = 6000, /* milliseconds; the role's statement_timeout is shorter */
};

struct queued {
	const struct statement *statement;
	const char *parameters[STATEMENT_PARAMETERS_MAX];
	bool prepare; /* its PREPARE goes out with this batch */
};

struct database {
	const struct config *config;
	PGconn *connection;
	bool prepares; /* named prepared statements are used */
	const struct statement *prepared[PREPARED_MAX];
	int prepared_count;
	int backoff;        /* milliseconds until the next attempt to connect; 0 after a success */
	int64_t not_before; /* CLOCK_MONOTONIC, milliseconds */
	struct queued queue[BATCH_STATEMENTS_MAX];
	int queue_length;
	bool overflowed;     /* more was queued than there is room for: a fault of ours */
	bool in_transaction; /* the last batch has left one open */
	PGresult *results[BATCH_RESULTS_MAX];
	int result_count;
	int round_trips;
	int statements;
};

/* A connection that is alive when the call returns ERROR_NONE: the present one if it is, else a new one. */
enum error connection_ensure(struct database *database) __attribute__((warn_unused_result));

/* Gives the connection up; the next batch makes a new one. */
void connection_drop(struct database *database);

/* Milliseconds of CLOCK_MONOTONIC. */
int64_t connection_clock(void);

#endif
