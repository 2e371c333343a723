/* auth/issuer: a token that we sign is one that we accept, with the claims of Supabase Auth. */
#include <criterion/criterion.h>
#include <string.h>

#include "auth/issuer.h"
#include "auth/token.h"
#include "core/encoding.h"
#include "core/json_reader.h"

#define NOW INT64_C(1800000000)
#define SUBJECT "0d5c4a1e-9f3b-4c2d-8e7f-0123456789ab"
#define SESSION "7a1b2c3d-4e5f-4a6b-9c8d-0123456789ab"

static struct config config;
static struct keys *keys;
static struct arena *arena;
static const struct uuid user_id = {SUBJECT};
static const struct uuid session_id = {SESSION};

static void set_up(void)
{
	static char issuer[] = "iss\"uer";
	static char audience[] = "authenticated";
	char message[CONFIG_MESSAGE_MAX];
	config = (struct config){.jwt_secret = TEXT("0123456789abcdef\0\xff 0123456789abcdef"),
				 .jwt_issuer = issuer,
				 .jwt_audience = audience,
				 .token_lifetime = 600};
	keys = keys_new(&config, message);
	arena = arena_new(1024 * 1024);
	cr_assert(keys && arena, "set up");
}

static void tear_down(void)
{
	keys_free(keys);
	arena_free(arena);
}

TestSuite(issuer, .init = set_up, .fini = tear_down);

/* A token of a session that began a minute ago. */
static struct text sign(const struct config *by, struct arena *in, struct text email)
{
	const struct issuer_subject subject = {&user_id, email, &session_id, NOW - 60};
	return issuer_sign(by, in, &subject, NOW);
}

static struct json_object *payload_of(struct text token)
{
	const char *begin = strchr(token.data, '.') + 1;
	struct text encoded = {begin, (size_t)(strrchr(token.data, '.') - begin)};
	struct json_object *payload = NULL;
	size_t position;
	cr_assert_eq(json_read(base64url_decode(arena, encoded), &payload, &position), JSON_OK, "payload");
	return payload;
}

static void expect_json(struct json_object *payload, const char *name, const char *expected)
{
	struct json_object *value;
	cr_assert(json_object_object_get_ex(payload, name, &value), "%s", name);
	cr_expect_str_eq(json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE),
			 expected, "%s", name);
}

Test(issuer, is_accepted_until_it_expires)
{
	struct text token = sign(&config, arena, TEXT("a@example.com"));
	struct token_claims claims;
	cr_assert_not_null(token.data, "signed");
	cr_expect_eq(strlen(token.data), token.length, "NUL-terminated");
	enum token_fault fault = token_verify(&config, keys, arena, token, NOW, &claims);
	cr_assert_eq(fault, TOKEN_OK, "%s", token_fault_message(fault));
	cr_expect_str_eq(claims.subject.text, SUBJECT, "subject");
	cr_expect_eq(claims.expires_at, NOW + 600, "expiry");
	cr_expect_eq(token_verify(&config, keys, arena, token, NOW + 629, &claims), TOKEN_OK, "within the leeway");
	cr_expect_eq(token_verify(&config, keys, arena, token, NOW + 630, &claims), TOKEN_EXPIRED, "after it");
}

Test(issuer, claims)
{
	struct text email = TEXT("\"quoted\\\"@ex\u00e4mple.com");
	struct json_object *payload = payload_of(sign(&config, arena, email));
	expect_json(payload, "sub", "\"" SUBJECT "\"");
	expect_json(payload, "iss", "\"iss\\\"uer\"");
	expect_json(payload, "aud", "\"authenticated\"");
	expect_json(payload, "role", "\"authenticated\"");
	expect_json(payload, "iat", "1800000000");
	expect_json(payload, "exp", "1800000600");
	expect_json(payload, "email", "\"\\\"quoted\\\\\\\"@ex\u00e4mple.com\"");
	expect_json(payload, "is_anonymous", "false");
	expect_json(payload, "app_metadata", "{\"provider\":\"email\",\"providers\":[\"email\"]}");
	expect_json(payload, "user_metadata", "{}");
	expect_json(payload, "aal", "\"aal1\"");
	expect_json(payload, "amr", "[{\"method\":\"password\",\"timestamp\":1799999940}]");
	expect_json(payload, "session_id", "\"" SESSION "\"");
	cr_expect_eq(json_object_object_length(payload), 13, "no more");
	json_object_put(payload);
}

Test(issuer, without_an_issuer_name)
{
	config.jwt_issuer = NULL;
	struct text token = sign(&config, arena, TEXT("a"));
	struct json_object *payload = payload_of(token);
	struct token_claims claims;
	cr_expect_not(json_object_object_get_ex(payload, "iss", NULL), "no iss");
	cr_expect_eq(token_verify(&config, keys, arena, token, NOW, &claims), TOKEN_OK, "accepted");
	json_object_put(payload);
}

Test(issuer, is_refused_under_another_secret)
{
	struct token_claims claims;
	struct config other = config;
	other.jwt_secret = TEXT("0123456789abcdef0123456789abcdef0");
	struct text token = sign(&other, arena, TEXT("a"));
	cr_expect_eq(token_verify(&config, keys, arena, token, NOW, &claims), TOKEN_SIGNATURE, "another secret");
}

Test(issuer, short_memory)
{
	int shortages = 0;
	for (size_t ceiling = 0; ceiling < 8192; ceiling += 64) {
		struct arena *small = arena_new(ceiling);
		struct text token = sign(&config, small, TEXT("a"));
		struct token_claims claims;
		shortages += !token.data;
		if (token.data)
			cr_expect_eq(token_verify(&config, keys, arena, token, NOW, &claims), TOKEN_OK, "ceiling %zu",
				     ceiling);
		arena_free(small);
	}
	cr_expect(shortages > 10 && shortages < 128, "some are short: %d", shortages);
}
