#include "auth/keys.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/jwks.h"
#include "auth/jwks_fetcher.h"
#include "core/clock.h"

struct keys {
	struct key *secret;             /* NULL: there is none */
	struct jwks *file;              /* NULL: there is none */
	struct jwks_fetcher *published; /* NULL: nothing is fetched */
};

/* False, with errno set, if it cannot be read. A larger one is cut behind JWKS_SIZE_MAX + 1 bytes. */
static bool read_file(const char *path, char *content, size_t *length)
{
	FILE *file = fopen(path, "rbe");
	if (!file)
		return false;
	*length = fread(content, 1, JWKS_SIZE_MAX + 1, file);
	int saved_errno = errno;
	bool failed = ferror(file);
	(void)fclose(file); /* it was only read */
	errno = saved_errno;
	return !failed;
}

/* Private and symmetric keys would sign as well as verify: whoever reads the file could make tokens. */
static bool check_file(const struct jwks *jwks, const char *path, char message[CONFIG_MESSAGE_MAX])
{
	jwks_log_refusals(jwks, path);
	if (jwks_refused(jwks, JWK_SECRET))
		snprintf(message, CONFIG_MESSAGE_MAX,
			 "SUPABASE_JWKS_FILE: %s holds a private or symmetric key; leave only public keys in it", path);
	else if (jwks->count == 0)
		snprintf(message, CONFIG_MESSAGE_MAX,
			 "SUPABASE_JWKS_FILE: %s holds no key that can be used; give the keys of ES256, RS256 or EdDSA",
			 path);
	else
		return true;
	return false;
}

static bool load_file(struct keys *keys, const char *path, char message[CONFIG_MESSAGE_MAX])
{
	static char content[JWKS_SIZE_MAX + 1];
	size_t length;
	if (!read_file(path, content, &length)) {
		snprintf(message, CONFIG_MESSAGE_MAX, "SUPABASE_JWKS_FILE: cannot read %s: %s", path, strerror(errno));
		return false;
	}
	enum jwks_fault fault = jwks_read((struct text){content, length}, &keys->file);
	if (fault != JWKS_OK) {
		snprintf(message, CONFIG_MESSAGE_MAX, "SUPABASE_JWKS_FILE: %s is no JWK Set: %s", path,
			 jwks_fault_message(fault));
		return false;
	}
	return check_file(keys->file, path, message);
}

static bool load_secret(struct keys *keys, const struct config *config, char message[CONFIG_MESSAGE_MAX])
{
	if (config->jwt_secret.length < CONFIG_SECRET_MIN)
		return true;
	keys->secret = key_new_secret(config->jwt_secret);
	if (!keys->secret)
		snprintf(message, CONFIG_MESSAGE_MAX, "SUPABASE_JWT_SECRET: memory is short");
	return keys->secret != NULL;
}

/* A project that signs with the secret publishes an empty set. */
static bool open_published(struct keys *keys, const struct config *config, char message[CONFIG_MESSAGE_MAX])
{
	char *url;
	if (asprintf(&url, "%s/auth/v1/.well-known/jwks.json", config->supabase_url) >= 0) {
		keys->published = jwks_fetcher_new(url, config->supabase_ca_file, keys->secret != NULL);
		free(url);
	}
	if (!keys->published)
		snprintf(message, CONFIG_MESSAGE_MAX, "SUPABASE_URL: memory is short");
	return keys->published != NULL;
}

static bool load(struct keys *keys, const struct config *config, char message[CONFIG_MESSAGE_MAX])
{
	if (!load_secret(keys, config, message))
		return false;
	if (config->jwks_file)
		return load_file(keys, config->jwks_file, message);
	if (config->supabase_url)
		return open_published(keys, config, message);
	if (!keys->secret)
		snprintf(message, CONFIG_MESSAGE_MAX, "SUPABASE_JWT_SECRET: there is no key that could verify tokens");
	return keys->secret != NULL;
}

struct keys *keys_new(const struct config *config, char message[CONFIG_MESSAGE_MAX])
{
	struct keys *keys = calloc(1, sizeof(*keys));
	if (!keys) {
		snprintf(message, CONFIG_MESSAGE_MAX, "there is no memory for the keys");
		return NULL;
	}
	if (load(keys, config, message))
		return keys;
	keys_free(keys);
	return NULL;
}

void keys_free(struct keys *keys)
{
	if (!keys)
		return;
	key_release(keys->secret);
	jwks_free(keys->file);
	jwks_fetcher_free(keys->published);
	free(keys);
}

bool keys_start(struct keys *keys)
{
	return !keys->published || jwks_fetcher_start(keys->published);
}

bool keys_fetch(struct keys *keys, char message[CONFIG_MESSAGE_MAX])
{
	if (!keys->published)
		return true;
	jwks_fetcher_step(keys->published, clock_milliseconds());
	snprintf(message, CONFIG_MESSAGE_MAX, "%s", jwks_fetcher_fault(keys->published));
	return message[0] == '\0';
}

static enum key_search found(struct key *key, struct key **result)
{
	*result = key ? key_hold(key) : NULL;
	return key ? KEY_FOUND : KEY_UNKNOWN;
}

enum key_search keys_find(struct keys *keys, enum token_algorithm algorithm, struct text id, struct key **key)
{
	if (algorithm == TOKEN_HS256)
		return found(keys->secret, key);
	if (keys->published)
		return jwks_fetcher_find(keys->published, algorithm, id, key);
	return found(keys->file ? jwks_find(keys->file, algorithm, id) : NULL, key);
}

size_t keys_count(struct keys *keys, enum token_algorithm algorithm)
{
	if (algorithm == TOKEN_HS256)
		return keys->secret ? 1 : 0;
	if (keys->published)
		return jwks_fetcher_count(keys->published, algorithm);
	return keys->file ? jwks_count(keys->file, algorithm) : 0;
}

int64_t keys_generation(const struct keys *keys)
{
	return keys->published ? jwks_fetcher_generation(keys->published) : 0;
}

bool keys_are_ready(struct keys *keys)
{
	if (!keys->published || jwks_fetcher_has_keys(keys->published))
		return true;
	return keys->secret && jwks_fetcher_has_tried(keys->published);
}

void keys_purge(struct keys *keys)
{
	if (keys->published)
		jwks_fetcher_purge(keys->published);
}
