#include "auth/token.h"

#include <string.h>

#include "auth/claims.h"
#include "core/encoding.h"
#include "core/json_member.h"
#include "core/json_reader.h"

/* What stands between the dots, decoded, and what the signature is made over. */
struct token_parts {
	struct text header;
	struct text payload;
	struct text signature;
	struct text message;
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

/* Decodes a part to *bytes, which is moved behind it. An empty part is none. */
static bool decode_part(char **bytes, struct text encoded, struct text *part)
{
	size_t length;
	if (!base64url_decode_into(*bytes, &length, encoded) || length == 0)
		return false;
	*part = (struct text){*bytes, length};
	*bytes += length;
	return true;
}

/* A foreign character, a third dot among them, fails the decoding of its part. */
static enum token_fault split(struct arena *arena, struct text token, struct token_parts *parts)
{
	struct text header;
	struct text payload;
	struct text signature = token;
	if (token.length == 0 || !take_part(&signature, &header) || !take_part(&signature, &payload))
		return TOKEN_MALFORMED;
	char *bytes = arena_alloc(arena, token.length);
	if (!bytes)
		return TOKEN_MEMORY;
	parts->message = (struct text){token.data, header.length + 1 + payload.length};
	bool is_whole = decode_part(&bytes, header, &parts->header) && decode_part(&bytes, payload, &parts->payload) &&
			decode_part(&bytes, signature, &parts->signature);
	return is_whole ? TOKEN_OK : TOKEN_MALFORMED;
}

/* *object is the caller's to put; NULL after a fault. */
static enum token_fault read_object(struct text json, enum token_fault fault, struct json_object **object)
{
	size_t position;
	enum json_fault json_fault = json_read_within(json, TOKEN_DEPTH_MAX, object, &position);
	if (json_fault == JSON_OK && json_object_is_type(*object, json_type_object))
		return TOKEN_OK;
	json_object_put(*object);
	*object = NULL;
	return json_fault == JSON_MEMORY ? TOKEN_MEMORY : fault;
}

/* `crit` names what a verifier must understand, and none of it is understood here. Keys that a header brings along or
 * points to (`jwk`, `jku`, `x5c`, `x5u`) are not even looked at. */
static enum token_fault check_header(struct json_object *header, enum token_algorithm *algorithm)
{
	if (json_has_member(header, "crit") ||
	    (json_has_member(header, "typ") && !text_is(json_string_member(header, "typ"), "JWT")))
		return TOKEN_HEADER;
	return token_algorithm_parse(json_string_member(header, "alg"), algorithm) ? TOKEN_OK : TOKEN_ALGORITHM;
}

static enum token_fault find_key(struct keys *keys, enum token_algorithm algorithm, struct text id, struct key **key)
{
	if (algorithm != TOKEN_HS256 && id.length == 0)
		return TOKEN_NO_KEY_ID;
	switch (keys_find(keys, algorithm, id, key)) {
	case KEY_FOUND:
		return TOKEN_OK;
	case KEYS_UNAVAILABLE:
		return TOKEN_NO_KEYS_YET;
	case KEY_UNKNOWN:
	default:
		return TOKEN_NO_KEY;
	}
}

/* For TOKEN_OK *key is the caller's to release. */
static enum token_fault choose_key(struct keys *keys, struct text header_json, struct key **key)
{
	struct json_object *header;
	enum token_algorithm algorithm;
	enum token_fault fault = read_object(header_json, TOKEN_HEADER, &header);
	if (fault == TOKEN_OK)
		fault = check_header(header, &algorithm);
	if (fault == TOKEN_OK)
		fault = find_key(keys, algorithm, json_string_member(header, "kid"), key);
	json_object_put(header);
	return fault;
}

static enum token_fault check_signature(const struct key *key, const struct token_parts *parts)
{
	switch (key_verify(key, parts->message, parts->signature)) {
	case SIGNATURE_HOLDS:
		return TOKEN_OK;
	case SIGNATURE_MEMORY:
		return TOKEN_MEMORY;
	case SIGNATURE_FAILS:
	default:
		return TOKEN_SIGNATURE;
	}
}

/* The payload of a token that one of our keys has signed; the caller's to put. It is read only then. */
static enum token_fault authenticate(struct keys *keys, struct arena *arena, struct text token,
				     struct json_object **payload)
{
	struct token_parts parts;
	struct key *key = NULL;
	if (token.length > TOKEN_LENGTH_MAX)
		return TOKEN_TOO_LONG;
	enum token_fault fault = split(arena, token, &parts);
	if (fault == TOKEN_OK)
		fault = choose_key(keys, parts.header, &key);
	if (fault == TOKEN_OK)
		fault = check_signature(key, &parts);
	if (fault == TOKEN_OK)
		fault = read_object(parts.payload, TOKEN_CLAIMS, payload);
	key_release(key);
	return fault;
}

int token_explain(const struct config *config, struct keys *keys, struct arena *arena, struct text token, int64_t now,
		  enum token_fault faults[TOKEN_FAULT__MAX], struct token_claims *claims)
{
	struct json_object *payload = NULL;
	*claims = (struct token_claims){0};
	faults[0] = authenticate(keys, arena, token, &payload);
	int count = faults[0] == TOKEN_OK ? claims_judge(config, payload, now, faults, claims) : 1;
	json_object_put(payload);
	return count;
}

enum token_fault token_verify(const struct config *config, struct keys *keys, struct arena *arena, struct text token,
			      int64_t now, struct token_claims *claims)
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
	    [TOKEN_ALGORITHM] =
		"The alg is none of HS256, ES256, RS256 and EdDSA; let the issuer sign with one of them.",
	    [TOKEN_NO_KEY_ID] = "The header has no kid, by which a key of ES256, RS256 or EdDSA is found; "
				"correct the issuer.",
	    [TOKEN_NO_KEY] = "There is no key of the token's alg and kid; set SUPABASE_JWT_SECRET for HS256, and "
			     "SUPABASE_URL or SUPABASE_JWKS_FILE for all others.",
	    [TOKEN_NO_KEYS_YET] = "The public keys at SUPABASE_URL are not at hand; see that it can be reached.",
	    [TOKEN_SIGNATURE] = "The signature is not by our key; set SUPABASE_JWT_SECRET to the issuer's secret, or "
				"SUPABASE_URL or SUPABASE_JWKS_FILE to its public keys.",
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
	case TOKEN_NO_KEYS_YET:
		return ERROR_KEYS_UNAVAILABLE;
	case TOKEN_MEMORY:
		return ERROR_OUT_OF_MEMORY;
	default:
		return ERROR_INVALID_TOKEN;
	}
}
