/* Refresh tokens of the local issuer: 256 random bits, which the database knows by their SHA-256 alone. */
#ifndef EVENTFLOW_AUTH_REFRESH_TOKEN_H
#define EVENTFLOW_AUTH_REFRESH_TOKEN_H

#include "core/arena.h"
#include "core/text.h"

/* A new token, in the arena. {NULL, 0} when memory is short or the system gives no random bytes. */
struct text refresh_token_generate(struct arena *arena);

/* What a token is stored as, in PostgreSQL's text form of bytea, in the arena. NULL when memory is short. */
const char *refresh_token_hash(struct arena *arena, struct text token);

#endif
