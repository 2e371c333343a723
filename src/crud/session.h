/* SQL: sessions of the local issuer, and their refresh tokens, which are named by their hashes (refresh_token_hash). */
#ifndef EVENTFLOW_CRUD_SESSION_H
#define EVENTFLOW_CRUD_SESSION_H

#include "core/uuid.h"
#include "db/batch.h"

/* A new session with its first token. */
void session_create_queue(struct database *database, const struct uuid *id, const struct uuid *user_id,
			  const char *token_hash);

/* Locks the session of a token, if there is one, until the transaction ends: of several who change a session's tokens
 * each sees what the one before has done, if it reads in a statement behind this one. */
void session_lock_queue(struct database *database, const char *token_hash);

/* One row of SESSION_COLUMNS, or none. */
int session_read_queue(struct database *database, const char *token_hash);

/* Spends the session's token, gives it a new one and a new time to live, and forgets the tokens that have expired. */
void session_rotate_queue(struct database *database, const struct uuid *id, const char *token_hash,
			  const char *new_token_hash);

/* Ends the session, and with it all of its tokens. */
void session_delete_queue(struct database *database, const struct uuid *id);

/* Ends the session of a token, if both are the user's. */
void session_delete_by_token_queue(struct database *database, const struct uuid *user_id, const char *token_hash);

/* Ends all sessions of the user, or those alone that have expired. */
void session_delete_all_queue(struct database *database, const struct uuid *user_id);
void session_delete_expired_queue(struct database *database, const struct uuid *user_id);

#endif
