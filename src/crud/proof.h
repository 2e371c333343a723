/* SQL: the rows that prove that a transaction was committed. */
#ifndef EVENTFLOW_CRUD_PROOF_H
#define EVENTFLOW_CRUD_PROOF_H

#include "db/batch.h"

/* What the row tells of, and its key. */
enum proof_kind {
	PROOF_TRANSITION,       /* event, task, number, created_at */
	PROOF_WORKFLOW_VERSION, /* workflow, version, created_at */
	PROOF_REFRESH_TOKEN,    /* session, token hash */
	PROOF__MAX,
};

/* A row that the transaction wrote, by a key that no other could have: an id that the worker made, or a number together
 * with the time of the transaction. */
struct proof {
	enum proof_kind kind;
	const char *key[4];
};

/* Locks what the transaction held when it was committed, so that one which is just being committed is waited for, and
 * then looks: one row, or none. To be run in a transaction of its own that ends with COMMIT: with a synchronous standby
 * that waits for what it has found, too. */
int proof_queue(struct database *database, const struct proof *proof);

#endif
