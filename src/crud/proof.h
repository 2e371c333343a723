/* SQL: the rows that prove that a transaction was committed. */
#ifndef EVENTFLOW_CRUD_PROOF_H
#define EVENTFLOW_CRUD_PROOF_H

#include <stdbool.h>

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
	const char *held; /* the id that proof_hold_queue was given; NULL: a row that was there holds off the look */
	bool may_be_late; /* the server may not have got any of it yet, so that no row proves nothing */
};

/* Locks an id that the worker made until the transaction ends, for one that makes rows: nobody else can see or lock
 * them. To be queued before the rows, in the transaction's first batch. */
void proof_hold_queue(struct database *database, const char *id);

/* Locks what the transaction held when it was committed, so that one which is just being committed is waited for, and
 * then looks: one row, or none. To be run in a transaction of its own that ends with COMMIT: with a synchronous standby
 * that waits for what it has found, too. Begun with batch_add_begin_read_committed, since what is waited for must be
 * seen. */
int proof_queue(struct database *database, const struct proof *proof);

#endif
