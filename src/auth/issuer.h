/* The local issuer: access tokens with the claims of Supabase Auth, for a deployment without it. */
#ifndef EVENTFLOW_AUTH_ISSUER_H
#define EVENTFLOW_AUTH_ISSUER_H

#include <stdint.h>

#include "core/arena.h"
#include "core/config.h"
#include "core/text.h"
#include "core/uuid.h"

/* Whom a token is for. */
struct issuer_subject {
	const struct uuid *user_id;
	struct text email;
	const struct uuid *session_id;
	int64_t authenticated_at; /* when they gave their password; seconds since the epoch */
};

/* A signed HS256 token, valid from now (seconds since the epoch) for config->token_lifetime seconds; in the arena.
 * {NULL, 0} when memory is short, or when there is no secret to sign with. */
struct text issuer_sign(const struct config *config, struct arena *arena, const struct issuer_subject *subject,
			int64_t now);

#endif
