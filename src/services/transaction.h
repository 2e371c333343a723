/* A change of the database as one transaction: run again when another one was in its way, and looked for when the
 * answer to its COMMIT was lost. */
#ifndef EVENTFLOW_SERVICES_TRANSACTION_H
#define EVENTFLOW_SERVICES_TRANSACTION_H

#include <stdbool.h>

#include "core/context.h"
#include "core/error.h"
#include "crud/proof.h"

/* Writes the answer of a success into the response, from what the change has come to. It runs before COMMIT: so an
 * answer for which there is no room is never that of a change that was made. */
typedef enum error (*answer_writer)(struct context *context, const void *result);

struct transaction {
	struct context *context;
	answer_writer answer;
	const char *time; /* of the transaction, and so of all that it writes */
	int time_result;
	bool must_repeat; /* nobody knows whether it was committed, and that does no harm */
	bool is_over;     /* nobody knew, and it was asked: it must not run again */
};

/* The steps of a transaction: it begins, reads and locks, decides, queues its changes, and commits. It may run more
 * than once, each time from its beginning; what it makes goes into *work, the arena and the response. */
typedef enum error (*transaction_body)(struct transaction *transaction, void *work);

/* Runs the body, three times at most. answer may be NULL where the body does not ask for it. */
enum error transaction_run(struct context *context, transaction_body body, void *work, answer_writer answer);

/* Queues the beginning of the transaction. What the body reads is queued next, and run; then transaction_take. */
void transaction_begin(struct transaction *transaction);

/* Takes the transaction's time from the results. */
enum error transaction_take(struct transaction *transaction);

/* Writes the answer. */
enum error transaction_answer(struct transaction *transaction, const void *result);

/* Runs what was queued, and commits. ERROR_NONE: it is committed. When the answer to COMMIT was lost, the proof is
 * looked for, on a new connection, until the request's deadline: ERROR_NONE if it is there, ERROR_DATABASE_UNAVAILABLE
 * if not, ERROR_OUTCOME_UNKNOWN if nobody can tell. Without a proof (NULL) the body is run again: so it must come to
 * the same, whatever became of the first time. */
enum error transaction_commit(struct transaction *transaction, const struct proof *proof);

#endif
