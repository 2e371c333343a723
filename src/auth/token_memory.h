/* Tokens that were verified before: known again by their SHA-256, until they expire. */
#ifndef EVENTFLOW_AUTH_TOKEN_MEMORY_H
#define EVENTFLOW_AUTH_TOKEN_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/token.h"
#include "cache/cache.h"
#include "core/text.h"

/* Whether this very token was verified before and has not expired (now: seconds since the epoch); then its claims are
 * filled. */
bool token_recall(struct cache *memory, struct text token, int64_t now, struct token_claims *claims);

/* Remembers the claims of a token that was verified. A shortage of memory only means that it is verified again. */
void token_remember(struct cache *memory, struct text token, const struct token_claims *claims);

#endif
