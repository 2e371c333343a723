#include "auth/keys.h"

#include <jwt.h>
#include <stdio.h>
#include <stdlib.h>

struct keys {
	struct key secret; /* the one key of HS256 */
};

/* jansson draws the seed of its hash tables when the first object is made, and two threads that do so at once race. */
static bool prepare_libjwt(void)
{
	jwt_t *first;
	if (jwt_new(&first) != 0)
		return false;
	jwt_free(first);
	return true;
}

struct keys *keys_new(const struct config *config, char message[CONFIG_MESSAGE_MAX])
{
	if (!config->jwt_secret.data || config->jwt_secret.length < CONFIG_SECRET_MIN) {
		snprintf(message, CONFIG_MESSAGE_MAX,
			 "SUPABASE_JWT_SECRET must be at least %d bytes long: no other key can verify tokens",
			 CONFIG_SECRET_MIN);
		return NULL;
	}
	struct keys *keys = calloc(1, sizeof(*keys));
	if (!keys || !prepare_libjwt()) {
		snprintf(message, CONFIG_MESSAGE_MAX, "there is no memory for the keys");
		free(keys);
		return NULL;
	}
	keys->secret = (struct key){.algorithm = TOKEN_HS256, .secret = config->jwt_secret};
	return keys;
}

void keys_free(struct keys *keys)
{
	free(keys);
}

const struct key *keys_find(const struct keys *keys, enum token_algorithm algorithm, struct text id)
{
	(void)id; /* HS256 has one key, whatever a token calls it */
	return algorithm == keys->secret.algorithm ? &keys->secret : NULL;
}
