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
	LOCK_TIMEOUT = 2000,  /* milliseconds; the most, where the role has no shorter one */
	ANSWER_RESERVE = 100, /* milliseconds of a request's time that are kept for its answer */
	TRUSTED = 1000,       /* milliseconds for which a connection is taken for sound after it was looked at */
	CLOCK_SKEW_MAX = 30,  /* seconds, beyond which a wrong clock is worth a line of the log */
	CONNECT_MIN = 50,     /* milliseconds of a request's time, without which no connection is opened */
	ROUND_TRIP_MIN = 20,  /* the same for statements: what is cut off would cost the connection */
	PROOF_SHARE = 10,     /* a COMMIT leaves a tenth of it to find out what became of it */
};

struct queued {
	const struct statement *statement;
	const char *parameters[STATEMENT_PARAMETERS_MAX];
	bool prepare; /* its PREPARE goes out with this batch, before it */
	bool limits;  /* the transaction's time limits go out behind it */
};

/* What a failed batch has come to, besides its error. */
struct fate {
	bool lost;       /* the connection is dead, or of no more use */
	bool conflict;   /* with another transaction; the same again may succeed */
	bool unprepared; /* a pooler has given a session without, or with another's, named statement */
	bool undecided;  /* COMMIT was sent, and nobody knows what became of it */
};

struct database {
	const struct config *config;
	struct outage *outage;
	PGconn *connection;
	int64_t sound_at; /* when it was last found alive and of our schema version, by clock_milliseconds; 0: not so */
	int host;         /* the one of DATABASE_URL's that took the last connection */
	bool pooled;      /* a transaction pooler is between: nothing may depend on the session */
	bool unlimited;   /* the role has no time limits, and the session could not be given any */
	char limits[640]; /* the statement that sets them */
	/* of the session's database; 0: none, or not asked yet */
	int64_t schema_version;
	int64_t timeline; /* of the server, as the connection was opened; 0 where it is not known */
	/* PREPARED_MAX is looked at when a batch is sent: what it prepares is added as its results arrive */
	const struct statement *prepared[PREPARED_MAX + BATCH_STATEMENTS_MAX];
	int prepared_count;
	int64_t deadline; /* of the request, by clock_milliseconds */
	int reserve;      /* milliseconds before it, by which a COMMIT must have been answered */
	struct queued queue[BATCH_STATEMENTS_MAX];
	int queue_length;
	bool overflowed;     /* more was queued than there is room for: a fault of ours */
	bool in_transaction; /* the last batch has left one open */
	bool warned;         /* the server has warned since the last batch began */
	struct fate fate;    /* of the last batch */
	PGresult *results[BATCH_RESULTS_MAX];
	int result_count;
	int round_trips;
	int statements;
};

/* A connection that is alive, to a database of our schema version, when the call returns ERROR_NONE: the present one if
 * it is, else a new one. ERROR_SCHEMA_MISMATCH for another version. */
enum error connection_ensure(struct database *database) __attribute__((warn_unused_result));

/* Gives the connection up; the next batch makes a new one. */
void connection_drop(struct database *database);

/* No named statement from now on, and no dependence on the session: a transaction pooler was found out. Gives the
 * connection up, and so a transaction that is open: its session was set up as one that stays. */
void connection_forget_session(struct database *database);

/* Waits until libpq has a result at hand, and sends what is still unsent. False at the deadline (clock_milliseconds),
 * or when the connection is lost. */
bool connection_await(PGconn *connection, int64_t deadline);

/* Runs statements without parameters, outside pipeline mode. The result of the last, or NULL as above. */
PGresult *connection_command(PGconn *connection, const char *sql, int64_t deadline);

#endif
