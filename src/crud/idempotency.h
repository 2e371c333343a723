/* SQL: the answers that are kept under the Idempotency-Key of their requests, for 24 hours. */
#ifndef EVENTFLOW_CRUD_IDEMPOTENCY_H
#define EVENTFLOW_CRUD_IDEMPOTENCY_H

#include "core/uuid.h"
#include "db/batch.h"

/* Takes the user's key until the transaction ends; ERROR_REQUEST_IN_FLIGHT if another one has it. */
void idempotency_take_queue(struct database *database, const struct uuid *user_id, const char *key);

/* What is kept under the key: one row of (whether the fingerprint is this one, answer), or none. */
int idempotency_find_queue(struct database *database, const struct uuid *user_id, const char *key,
			   const char *fingerprint);

/* Keeps an answer under a key that was taken and not found, and forgets what the user's other keys have kept for too
 * long. */
void idempotency_keep_queue(struct database *database, const struct uuid *user_id, const char *key,
			    const char *fingerprint, const char *answer);

#endif
