/* The keys that tokens are verified with: an algorithm is bound to each, and a token only says which one it means. */
#ifndef EVENTFLOW_AUTH_KEYS_H
#define EVENTFLOW_AUTH_KEYS_H

#include <stdbool.h>

#include "core/config.h"
#include "core/text.h"

enum token_algorithm { TOKEN_HS256 };

struct key {
	enum token_algorithm algorithm;
	struct text id;     /* `kid`; data == NULL where it plays no part */
	struct text secret; /* of HS256 */
};

struct keys;

/* The keys that the configuration names, which must outlive them. NULL, with the reason in message, if there are none.
 * Called once, before threads are started. */
struct keys *keys_new(const struct config *config, char message[CONFIG_MESSAGE_MAX]);

/* Takes NULL. */
void keys_free(struct keys *keys);

/* The key for a token's `alg` and `kid`; NULL: no such key, and the token is refused. HS256 ignores `kid`. */
const struct key *keys_find(const struct keys *keys, enum token_algorithm algorithm, struct text id);

#endif
