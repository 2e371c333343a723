/* Tokens that were verified before: known again by their SHA-256, until they expire or the keys change. */
#ifndef EVENTFLOW_AUTH_TOKEN_MEMORY_H
#define EVENTFLOW_AUTH_TOKEN_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/token.h"
#include "cache/cache.h"
#include "core/text.h"

/* Whether this very token was verified before with keys of this generation (keys_generation) or a later one, and has
 * not expired (now: seconds since the epoch); then its claims are filled. */
bool token_recall(struct cache *memory, struct text token, int64_t generation, int64_t now,
		  struct token_claims *claims);

/* Remembers the claims of a token that was verified. generation: as it was before that, so that a verdict by keys that
 * have changed meanwhile is not believed. A shortage of memory only means that it is verified again. */
void token_remember(struct cache *memory, struct text token, int64_t generation, const struct token_claims *claims);

#endif
