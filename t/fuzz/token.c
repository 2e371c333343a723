/* Tokens: the first byte chooses whether the rest is a token as it came, or a line with a header and then claims, which
 * are signed with the key that the header names. Accepted are exactly those that another reading of header and claims
 * accepts, and none without the key's signature. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auth/keys.h"
#include "auth/token.h"
#include "core/encoding.h"
#include "core/json_reader.h"
#include "fuzz.h"
#include "reference.h"
#include "signer.h"

static const int64_t NOW = 1800000000;

static struct config config;
static struct keys *keys;

/* The keys are read from a file, as an operator gives them. */
static struct keys *read_keys(struct text document)
{
	char path[] = "/tmp/eventflow-fuzz-XXXXXX";
	char message[CONFIG_MESSAGE_MAX];
	int descriptor = mkstemp(path);
	HOLDS(descriptor >= 0 && write(descriptor, document.data, document.length) == (ssize_t)document.length,
	      "a file is written");
	config.jwks_file = path;
	struct keys *read = keys_new(&config, message);
	HOLDS(read, "%s", message);
	config.jwks_file = NULL;
	close(descriptor);
	unlink(path);
	return read;
}

void fuzz_set_up(void)
{
	static char issuer[] = "issuer";
	static char audience[] = "authenticated";
	config = (struct config){.jwt_secret = TEXT(SIGNER_SECRET), .jwt_issuer = issuer, .jwt_audience = audience};
	signer_set_up();
	keys = read_keys(signer_document(fuzz_arena()));
}

static struct text sign(struct arena *arena, enum token_algorithm algorithm, struct text header, struct text claims)
{
	const char *both =
	    arena_format(arena, "%s.%s", base64url_encode(arena, header).data, base64url_encode(arena, claims).data);
	HOLDS(both, "there is memory");
	return text_from_string(
	    arena_format(arena, "%s.%s", both, signer_sign(arena, algorithm, text_from_string(both)).data));
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

/* HS256 has one key, whatever it is called; each other key of ours has the name of its algorithm. */
static bool is_good_header(const struct reference *header)
{
	static const char *const public_algorithms[] = {"ES256", "RS256", "EdDSA"};
	const struct reference *type = reference_member(header, "typ");
	bool has_key = is_string(reference_member(header, "alg"), "HS256");
	for (size_t i = 0; i < sizeof(public_algorithms) / sizeof(*public_algorithms); i++)
		has_key |= is_string(reference_member(header, "alg"), public_algorithms[i]) &&
			   is_string(reference_member(header, "kid"), public_algorithms[i]);
	return has_key && !reference_member(header, "crit") && (!type || is_string(type, "JWT"));
}

/* The algorithm that the header names, if it names one. */
static enum token_algorithm algorithm_of(struct text header)
{
	enum token_algorithm algorithm = TOKEN_HS256;
	struct reference *json = reference_parse(header);
	const struct reference *name = json ? reference_member(json, "alg") : NULL;
	if (name && reference_type(name) == REFERENCE_STRING &&
	    !token_algorithm_parse(reference_string(name), &algorithm))
		algorithm = TOKEN_HS256;
	reference_free(json);
	return algorithm;
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
	struct text token = sign(arena, algorithm_of(header), header, claims);
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
	HOLDS(text_equal(rest, signer_sign(arena, TOKEN_HS256, signed_part)), "an accepted token has our signature");
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
