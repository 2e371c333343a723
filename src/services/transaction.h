/* A change of the database as one transaction: run again when another one was in its way, and looked for when the
 * answer to its COMMIT was lost. */
#ifndef EVENTFLOW_SERVICES_TRANSACTION_H
#define EVENTFLOW_SERVICES_TRANSACTION_H

#include <stdbool.h>

#include "core/context.h"
#include "core/error.h"
#include "crud/proof.h"
#include "models/caller.h"
#include "services/repeat.h"

/* Writes the answer of a success into the response, from what the change has come to. It runs before COMMIT: so an
 * answer for which there is no room is never that of a change that was made. */
typedef enum error (*answer_writer)(struct context *context, const void *result);

struct transaction {
	struct context *context;
	answer_writer answer;
	const char *time;     /* of the transaction, and so of all that it writes */
	struct repeat repeat; /* by the request's Idempotency-Key */
	bool is_answered;     /* it was done before, and has been answered with what it was answered then */
	bool must_repeat;     /* nobody knows whether it was committed, and that does no harm */
	bool is_over;         /* nobody knew, and it was asked: it must not run again */
};

/* The steps of a transaction: it begins, reads and locks, decides, queues its changes, and commits. It may run more
 * than once, each time from its beginning; what it makes goes into *work, the arena and the response. */
typedef enum error (*transaction_body)(struct transaction *transaction, void *work);

/* Runs the body, three times at most. With an answer the request may carry an Idempotency-Key, under which that is
 * kept. */
enum error transaction_run(struct context *context, transaction_body body, void *work, answer_writer answer);

/* Queues the beginning of the transaction. What the body reads is queued next, and run; then transaction_take. */
void transaction_begin(struct transaction *transaction);

/* Whether the body may lock what it reads: not when it will be refused in any case, since another request with the same
 * Idempotency-Key is being answered, and holds the locks. */
bool transaction_may_lock(const struct transaction *transaction);

/* Takes the transaction's time from the caller, who was read in it, and what is kept under the Idempotency-Key. */
enum error transaction_take(struct transaction *transaction, const struct caller *caller);

/* To be asked once scope and permission are not in the way: answers a request that was done before (is_answered; the
 * body then ends). */
enum error transaction_recall(struct transaction *transaction);

/* To be asked once eligibility is not in the way, and before the state of anything: refuses an Idempotency-Key of
 * another request, and one whose first request is still being answered. */
enum error transaction_require_new(struct transaction *transaction);

/* Writes the answer, and queues its keeping. */
enum error transaction_answer(struct transaction *transaction, const void *result);

/* Writes the answer of a change that there is no need to make, and ends the transaction. */
enum error transaction_end_unchanged(struct transaction *transaction, const void *result);

/* Runs what was queued, and commits. ERROR_NONE: it is committed. When the answer to COMMIT was lost, the proof is
 * looked for, on a new connection, until the request's deadline: ERROR_NONE if it is there, ERROR_DATABASE_UNAVAILABLE
 * if not, ERROR_OUTCOME_UNKNOWN if nobody can tell. Without a proof (NULL) the body is run again: so it must come to
 * the same, whatever became of the first time. */
enum error transaction_commit(struct transaction *transaction, const struct proof *proof);

#endif
