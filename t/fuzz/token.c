/* Tokens: the first byte chooses whether the rest is a token as it came, or a line with a header and then claims, which
 * are signed with the key. Accepted are exactly those that another reading of header and claims accepts, and none
 * without the key's signature. */
#include <gnutls/crypto.h>
#include <string.h>

#include "auth/keys.h"
#include "auth/token.h"
#include "core/encoding.h"
#include "core/json_reader.h"
#include "fuzz.h"
#include "reference.h"

#define SECRET "a secret of the fuzz target, of more than 32 bytes"

static const int64_t NOW = 1800000000;

static struct config config;
static struct keys *keys;

void fuzz_set_up(void)
{
	static char issuer[] = "issuer";
	static char audience[] = "authenticated";
	char message[CONFIG_MESSAGE_MAX];
	config = (struct config){.jwt_secret = TEXT(SECRET), .jwt_issuer = issuer, .jwt_audience = audience};
	keys = keys_new(&config, message);
	HOLDS(keys, "%s", message);
}

static struct text signature_of(struct arena *arena, struct text signed_part)
{
	uint8_t mac[32];
	HOLDS(gnutls_hmac_fast(GNUTLS_MAC_SHA256, SECRET, strlen(SECRET), signed_part.data, signed_part.length, mac) ==
		  0,
	      "HMAC works");
	return base64url_encode(arena, (struct text){(char *)mac, sizeof(mac)});
}

static struct text sign(struct arena *arena, struct text header, struct text claims)
{
	const char *both =
	    arena_format(arena, "%s.%s", base64url_encode(arena, header).data, base64url_encode(arena, claims).data);
	HOLDS(both, "there is memory");
	return text_from_string(arena_format(arena, "%s.%s", both, signature_of(arena, text_from_string(both)).data));
}

static bool is_string(const struct reference *value, const char *string)
{
	return value && reference_type(value) == REFERENCE_STRING && text_is(reference_string(value), string);
}

static bool is_time(const struct reference *value)
{
	return value && reference_type(value) == REFERENCE_INTEGER && reference_integer(value) >= 0 &&
	       reference_integer(value) <= INT64_C(9007199254740992);
}

static bool is_good_header(const struct reference *header)
{
	const struct reference *type = reference_member(header, "typ");
	return is_string(reference_member(header, "alg"), "HS256") && !reference_member(header, "crit") &&
	       (!type || is_string(type, "JWT"));
}

static bool is_good_audience(const struct reference *audience)
{
	if (!audience || reference_type(audience) != REFERENCE_ARRAY)
		return is_string(audience, "authenticated");
	bool is_named = false;
	for (size_t i = 0; i < reference_count(audience); i++) {
		const struct reference *element = reference_element(audience, i);
		if (reference_type(element) != REFERENCE_STRING)
			return false;
		is_named |= is_string(element, "authenticated");
	}
	return is_named;
}

static bool is_good_time(const struct reference *claims)
{
	const struct reference *expiry = reference_member(claims, "exp");
	const struct reference *start = reference_member(claims, "nbf");
	return is_time(expiry) && reference_integer(expiry) > NOW - 30 &&
	       (!start || (is_time(start) && reference_integer(start) <= NOW + 30));
}

static bool is_good_user(const struct reference *claims)
{
	struct uuid uuid;
	const struct reference *subject = reference_member(claims, "sub");
	const struct reference *anonymous = reference_member(claims, "is_anonymous");
	const struct reference *client = reference_member(claims, "client_id");
	bool is_named = !anonymous || reference_type(anonymous) == REFERENCE_NULL ||
			(reference_type(anonymous) == REFERENCE_BOOLEAN && !reference_boolean(anonymous));
	return subject && reference_type(subject) == REFERENCE_STRING && uuid_parse(reference_string(subject), &uuid) &&
	       is_named && (!client || reference_type(client) == REFERENCE_NULL);
}

static bool are_good_claims(const struct reference *claims)
{
	return is_good_time(claims) && is_string(reference_member(claims, "iss"), "issuer") &&
	       is_good_audience(reference_member(claims, "aud")) &&
	       is_string(reference_member(claims, "role"), "authenticated") && is_good_user(claims);
}

static bool is_good(struct text json, bool (*judge)(const struct reference *object))
{
	size_t position;
	struct json_object *read;
	if (json_read_within(json, TOKEN_DEPTH_MAX, &read, &position) != JSON_OK) /* json.c is its judge */
		return false;
	json_object_put(read);
	struct reference *value = reference_parse(json);
	bool is_good = value && reference_type(value) == REFERENCE_OBJECT && judge(value);
	reference_free(value);
	return is_good;
}

static void check_signed(struct arena *arena, struct text header, struct text claims)
{
	struct token_claims found;
	struct text token = sign(arena, header, claims);
	enum token_fault fault = token_verify(&config, keys, arena, token, NOW, &found);
	bool is_expected = header.length > 0 && claims.length > 0 && token.length <= TOKEN_LENGTH_MAX &&
			   is_good(header, is_good_header) && is_good(claims, are_good_claims);
	HOLDS((fault == TOKEN_OK) == is_expected, "both agree on the token: %s", token_fault_message(fault));
	HOLDS(fault != TOKEN_SIGNATURE && fault != TOKEN_MEMORY, "the signature is ours");
}

/* Only what is signed with the key is accepted. */
static void check_raw(struct arena *arena, struct text token)
{
	struct token_claims found;
	if (token_verify(&config, keys, arena, token, NOW, &found) != TOKEN_OK)
		return;
	struct text rest = token;
	struct text header = fuzz_take(&rest, '.');
	struct text claims = fuzz_take(&rest, '.');
	struct text signed_part = {token.data, header.length + 1 + claims.length};
	HOLDS(text_equal(rest, signature_of(arena, signed_part)), "an accepted token has our signature");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = fuzz_arena();
	struct text rest = {(const char *)data, size};
	if (fuzz_take_byte(&rest) & 1) {
		struct text header = fuzz_take(&rest, '\n');
		check_signed(arena, header, rest);
	} else {
		check_raw(arena, rest);
	}
	return 0;
}
