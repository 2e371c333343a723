/* The local issuer: access tokens with the claims of Supabase Auth, for a deployment without it. */
#ifndef EVENTFLOW_AUTH_ISSUER_H
#define EVENTFLOW_AUTH_ISSUER_H

#include <stdint.h>

#include "core/arena.h"
#include "core/config.h"
#include "core/text.h"
#include "core/uuid.h"

/* A signed HS256 token for the user, valid from now (seconds since the epoch) for config->token_lifetime seconds; in
 * the arena. {NULL, 0} when memory is short. */
struct text issuer_sign(const struct config *config, struct arena *arena, const struct uuid *user_id, struct text email,
			int64_t now);

#endif
