#include "auth/token.h"

#include <errno.h>
#include <jwt.h>
#include <limits.h>
#include <string.h>

#include "auth/claims.h"
#include "core/encoding.h"
#include "core/json_reader.h"

enum { HS256_SIGNATURE_SIZE = 32 };

/* What stands between the dots, decoded. */
struct token_parts {
	struct text header;
	struct text payload;
	struct text signature;
};

/* Takes the part before the next dot off the front of rest. */
static bool take_part(struct text *rest, struct text *part)
{
	const char *dot = memchr(rest->data, '.', rest->length);
	if (!dot)
		return false;
	*part = (struct text){rest->data, (size_t)(dot - rest->data)};
	*rest = (struct text){dot + 1, rest->length - part->length - 1};
	return true;
}

/* A foreign character, a third dot among them, fails the decoding of its part. */
static enum token_fault split(struct arena *arena, struct text token, struct token_parts *parts)
{
	struct text header;
	struct text payload;
	struct text rest = token;
	if (token.length == 0 || !take_part(&rest, &header) || !take_part(&rest, &payload))
		return TOKEN_MALFORMED;
	parts->header = base64url_decode(arena, header);
	parts->payload = base64url_decode(arena, payload);
	parts->signature = base64url_decode(arena, rest);
	bool is_whole = parts->header.length > 0 && parts->payload.length > 0 && parts->signature.length > 0;
	return is_whole ? TOKEN_OK : TOKEN_MALFORMED;
}

/* *object is the caller's to put; NULL after a fault. */
static enum token_fault read_object(struct text json, enum token_fault fault, struct json_object **object)
{
	size_t position;
	enum json_fault json_fault = json_read(json, object, &position);
	if (json_fault == JSON_OK && json_object_is_type(*object, json_type_object))
		return TOKEN_OK;
	json_object_put(*object);
	*object = NULL;
	return json_fault == JSON_MEMORY ? TOKEN_MEMORY : fault;
}

/* `crit` names what a verifier must understand, and none of it is understood here. */
static enum token_fault check_header(struct json_object *header, enum token_algorithm *algorithm)
{
	if (claims_has(header, "crit") || (claims_has(header, "typ") && !text_is(claims_string(header, "typ"), "JWT")))
		return TOKEN_HEADER;
	if (!text_is(claims_string(header, "alg"), "HS256"))
		return TOKEN_ALGORITHM;
	*algorithm = TOKEN_HS256;
	return TOKEN_OK;
}

/* To libjwt a key without bytes means that nothing is to be verified. */
static bool is_usable(const struct key *key, enum token_algorithm algorithm)
{
	return key && key->algorithm == algorithm && key->secret.data && key->secret.length > 0 &&
	       key->secret.length <= INT_MAX;
}

static enum token_fault choose_key(const struct keys *keys, struct text header_json, const struct key **key)
{
	struct json_object *header;
	enum token_algorithm algorithm;
	enum token_fault fault = read_object(header_json, TOKEN_HEADER, &header);
	if (fault == TOKEN_OK)
		fault = check_header(header, &algorithm);
	if (fault == TOKEN_OK) {
		*key = keys_find(keys, algorithm, claims_string(header, "kid"));
		fault = is_usable(*key, algorithm) ? TOKEN_OK : TOKEN_NO_KEY;
	}
	json_object_put(header);
	return fault;
}

/* libjwt says that it verified something; that it was our algorithm must be asked apart. */
static enum token_fault check_signature(const struct key *key, const char *token, struct text signature)
{
	if (signature.length != HS256_SIGNATURE_SIZE)
		return TOKEN_SIGNATURE;
	jwt_t *jwt = NULL;
	int status = jwt_decode(&jwt, token, (const unsigned char *)key->secret.data, (int)key->secret.length);
	bool holds = status == 0 && jwt && jwt_get_alg(jwt) == JWT_ALG_HS256;
	jwt_free(jwt);
	if (status == ENOMEM)
		return TOKEN_MEMORY;
	return holds ? TOKEN_OK : TOKEN_SIGNATURE;
}

/* The payload of a token that one of our keys has signed; the caller's to put. It is scanned before libjwt sees it,
 * whose own JSON parser is lax. */
static enum token_fault authenticate(const struct keys *keys, struct arena *arena, struct text token,
				     struct json_object **payload)
{
	if (token.length > TOKEN_LENGTH_MAX)
		return TOKEN_TOO_LONG;
	const char *terminated = arena_copy(arena, token);
	if (!terminated)
		return TOKEN_MEMORY;
	struct token_parts parts;
	const struct key *key;
	enum token_fault fault = split(arena, token, &parts);
	if (fault == TOKEN_OK)
		fault = choose_key(keys, parts.header, &key);
	if (fault == TOKEN_OK)
		fault = read_object(parts.payload, TOKEN_CLAIMS, payload);
	if (fault == TOKEN_OK)
		fault = check_signature(key, terminated, parts.signature);
	return fault;
}

int token_explain(const struct config *config, const struct keys *keys, struct arena *arena, struct text token,
		  int64_t now, enum token_fault faults[TOKEN_FAULT__MAX], struct token_claims *claims)
{
	struct json_object *payload = NULL;
	*claims = (struct token_claims){0};
	faults[0] = authenticate(keys, arena, token, &payload);
	int count = faults[0] == TOKEN_OK ? claims_judge(config, payload, now, faults, claims) : 1;
	json_object_put(payload);
	return count;
}

enum token_fault token_verify(const struct config *config, const struct keys *keys, struct arena *arena,
			      struct text token, int64_t now, struct token_claims *claims)
{
	enum token_fault faults[TOKEN_FAULT__MAX];
	struct token_claims found;
	if (token_explain(config, keys, arena, token, now, faults, &found) > 0)
		return faults[0];
	*claims = found;
	return TOKEN_OK;
}

const char *token_fault_message(enum token_fault fault)
{
	static const char *const messages[TOKEN_FAULT__MAX] = {
	    [TOKEN_OK] = "The token is accepted.",
	    [TOKEN_TOO_LONG] = "The token is longer than 8192 bytes; let the issuer put less into it.",
	    [TOKEN_MALFORMED] = "The token is not three parts of base64url with dots between; give it whole and alone.",
	    [TOKEN_HEADER] = "The header is no JSON object, has crit, or a typ other than JWT; use an access token.",
	    [TOKEN_ALGORITHM] = "The alg is not HS256; let the issuer sign with the secret in SUPABASE_JWT_SECRET.",
	    [TOKEN_NO_KEY] = "There is no key for the token's alg; set SUPABASE_JWT_SECRET.",
	    [TOKEN_SIGNATURE] = "The signature is not by our key; set SUPABASE_JWT_SECRET to the issuer's secret.",
	    [TOKEN_CLAIMS] = "The claims are no JSON object, or exp or nbf is no plain integer; correct the issuer.",
	    [TOKEN_EXPIRED] = "The token has expired; log in again, and see that this machine's clock is right.",
	    [TOKEN_NOT_YET_VALID] = "The token is not valid yet (nbf); see that this machine's clock is right.",
	    [TOKEN_ISSUER] = "The iss is not the one that is expected; correct JWT_ISSUER or SUPABASE_URL.",
	    [TOKEN_AUDIENCE] = "The aud is not the one that is expected; correct JWT_AUDIENCE.",
	    [TOKEN_ROLE] = "The role is not \"authenticated\"; use a user's token, not an anon or service_role key.",
	    [TOKEN_SUBJECT] = "The sub is no UUID, so the token belongs to no user; use a user's token.",
	    [TOKEN_ANONYMOUS] = "The user is anonymous; set JWT_ALLOW_ANONYMOUS=true to accept such tokens.",
	    [TOKEN_OAUTH_CLIENT] = "The token is an OAuth client's; set JWT_ALLOW_OAUTH_CLIENTS=true to accept it.",
	    [TOKEN_MEMORY] = "There was no memory to verify the token; try again.",
	};
	return fault < TOKEN_FAULT__MAX ? messages[fault] : messages[TOKEN_MALFORMED];
}

enum error token_fault_error(enum token_fault fault)
{
	switch (fault) {
	case TOKEN_OK:
		return ERROR_NONE;
	case TOKEN_EXPIRED:
		return ERROR_TOKEN_EXPIRED;
	case TOKEN_MEMORY:
		return ERROR_OUT_OF_MEMORY;
	default:
		return ERROR_INVALID_TOKEN;
	}
}
