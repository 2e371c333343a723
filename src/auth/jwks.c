#include "auth/jwks.h"

#include <stdlib.h>

#include "core/json_reader.h"
#include "core/log.h"

enum { LOGGED_REFUSALS_MAX = 8 };

static void refuse(struct jwks *jwks, size_t position, enum jwk_fault fault)
{
	jwks->refusals[jwks->refusal_count++] = (struct jwks_refusal){position, fault};
}

/* Adds the key, or the reason why it is left out. False only when memory is short. */
static bool add(struct jwks *jwks, size_t position, struct json_object *jwk)
{
	struct key *key;
	enum jwk_fault fault = jwk_read(jwk, &key);
	if (fault == JWK_OK && jwks_find(jwks, key_algorithm(key), key_id(key))) {
		key_release(key);
		fault = JWK_DUPLICATE;
	}
	if (fault == JWK_OK)
		jwks->keys[jwks->count++] = key;
	else
		refuse(jwks, position, fault);
	return fault != JWK_MEMORY;
}

static enum jwks_fault read_keys(struct json_object *list, struct jwks **jwks)
{
	size_t length = json_object_array_length(list);
	*jwks = calloc(1, sizeof(**jwks));
	if (!*jwks)
		return JWKS_MEMORY;
	(*jwks)->keys = calloc(length + 1, sizeof(*(*jwks)->keys));
	(*jwks)->refusals = calloc(length + 1, sizeof(*(*jwks)->refusals));
	if (!(*jwks)->keys || !(*jwks)->refusals)
		return JWKS_MEMORY;
	for (size_t i = 0; i < length; i++) {
		if (!add(*jwks, i + 1, json_object_array_get_idx(list, i)))
			return JWKS_MEMORY;
	}
	return JWKS_OK;
}

static enum jwks_fault read_document(struct json_object *document, struct jwks **jwks)
{
	struct json_object *list;
	if (!json_object_is_type(document, json_type_object) || !json_object_object_get_ex(document, "keys", &list) ||
	    !json_object_is_type(list, json_type_array))
		return JWKS_SHAPE;
	return read_keys(list, jwks);
}

enum jwks_fault jwks_read(struct text document, struct jwks **jwks)
{
	struct json_object *parsed;
	size_t position;
	*jwks = NULL;
	if (document.length > JWKS_SIZE_MAX)
		return JWKS_TOO_LARGE;
	enum json_fault json_fault = json_read(document, &parsed, &position);
	if (json_fault != JSON_OK)
		return json_fault == JSON_MEMORY ? JWKS_MEMORY : JWKS_JSON;
	enum jwks_fault fault = read_document(parsed, jwks);
	json_object_put(parsed);
	if (fault != JWKS_OK) {
		jwks_free(*jwks);
		*jwks = NULL;
	}
	return fault;
}

void jwks_free(struct jwks *jwks)
{
	if (!jwks)
		return;
	for (size_t i = 0; i < jwks->count; i++)
		key_release(jwks->keys[i]);
	free(jwks->keys);
	free(jwks->refusals);
	free(jwks);
}

struct key *jwks_find(const struct jwks *jwks, enum token_algorithm algorithm, struct text id)
{
	for (size_t i = 0; i < jwks->count; i++) {
		if (key_algorithm(jwks->keys[i]) == algorithm && text_equal(key_id(jwks->keys[i]), id))
			return jwks->keys[i];
	}
	return NULL;
}

size_t jwks_count(const struct jwks *jwks, enum token_algorithm algorithm)
{
	size_t count = 0;
	for (size_t i = 0; i < jwks->count; i++)
		count += key_algorithm(jwks->keys[i]) == algorithm;
	return count;
}

bool jwks_refused(const struct jwks *jwks, enum jwk_fault fault)
{
	for (size_t i = 0; i < jwks->refusal_count; i++) {
		if (jwks->refusals[i].fault == fault)
			return true;
	}
	return false;
}

void jwks_log_refusals(const struct jwks *jwks, const char *source)
{
	for (size_t i = 0; i < jwks->refusal_count && i < LOGGED_REFUSALS_MAX; i++)
		log_write(LOG_WARNING, "keys", "%s: key %zu is left out: %s", source, jwks->refusals[i].position,
			  jwk_fault_message(jwks->refusals[i].fault));
	if (jwks->refusal_count > LOGGED_REFUSALS_MAX)
		log_write(LOG_WARNING, "keys", "%s: %zu more keys are left out", source,
			  jwks->refusal_count - LOGGED_REFUSALS_MAX);
}

const char *jwks_fault_message(enum jwks_fault fault)
{
	switch (fault) {
	case JWKS_OK:
		return "it is good";
	case JWKS_TOO_LARGE:
		return "it is larger than 64 KiB";
	case JWKS_JSON:
		return "it is no sound JSON";
	case JWKS_SHAPE:
		return "it is no JSON object with an array \"keys\"";
	case JWKS_MEMORY:
	default:
		return "memory is short";
	}
}
