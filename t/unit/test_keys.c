/* auth/keys: where keys come from, what refuses a start, and which key a token means. */
#include <stdio.h>
#include <string.h>

#include "auth/keys.h"
#include "key_sample.h"

#define SECRET "0123456789abcdef0123456789abcdef"

static struct arena *arena;
static struct config config;
static char message[CONFIG_MESSAGE_MAX];

static void prepare(void)
{
	arena = arena_new(16 * 1024 * 1024);
}

static void clean_up(void)
{
	arena_free(arena);
}

TestSuite(keys, .init = prepare, .fini = clean_up);

static struct keys *load(struct text secret, const char *document)
{
	config.jwt_secret = secret;
	config.jwks_file = document ? memory_file(arena, document) : NULL;
	message[0] = '\0';
	return keys_new(&config, message);
}

static void expect_found(struct keys *keys, enum token_algorithm algorithm, const char *id, bool is_there)
{
	struct key *key;
	enum key_search found = keys_find(keys, algorithm, text_from_string(id), &key);
	cr_expect_eq(found, is_there ? KEY_FOUND : KEY_UNKNOWN, "%s %s", token_algorithm_name(algorithm), id ? id : "");
	cr_expect_eq(!key, !is_there, "%s", token_algorithm_name(algorithm));
	cr_expect(!key || key_algorithm(key) == algorithm, "bound to its algorithm");
	key_release(key);
}

Test(keys, all_kinds_at_once)
{
	struct keys *keys = load(TEXT(SECRET), JWKS);
	cr_assert_not_null(keys, "%s", message);
	expect_found(keys, TOKEN_HS256, NULL, true);
	expect_found(keys, TOKEN_HS256, "ec", true);
	expect_found(keys, TOKEN_ES256, "ec", true);
	expect_found(keys, TOKEN_RS256, "rsa", true);
	expect_found(keys, TOKEN_EDDSA, "ed", true);
	expect_found(keys, TOKEN_ES256, "rsa", false);
	expect_found(keys, TOKEN_RS256, "ec", false);
	expect_found(keys, TOKEN_EDDSA, "ec", false);
	expect_found(keys, TOKEN_ES256, "", false);
	expect_found(keys, TOKEN_ES256, "other", false);
	for (enum token_algorithm algorithm = 0; algorithm < TOKEN_ALGORITHM__MAX; algorithm++)
		cr_expect_eq(keys_count(keys, algorithm), 1, "%s", token_algorithm_name(algorithm));
	keys_free(keys);
	keys_free(NULL);
}

Test(keys, a_secret_alone)
{
	struct keys *keys = load(TEXT(SECRET), NULL);
	expect_found(keys, TOKEN_HS256, NULL, true);
	expect_found(keys, TOKEN_ES256, "ec", false);
	cr_expect_eq(keys_count(keys, TOKEN_ES256), 0, "no public key");
	keys_free(keys);
}

Test(keys, a_file_alone)
{
	struct keys *keys = load((struct text){NULL, 0}, JWKS);
	expect_found(keys, TOKEN_HS256, NULL, false);
	cr_expect_eq(keys_count(keys, TOKEN_HS256), 0, "no secret");
	expect_found(keys, TOKEN_ES256, "ec", true);
	keys_free(keys);
}

static void expect_refused(const char *document, const char *reason)
{
	cr_expect_null(load(TEXT(SECRET), document), "%s", document);
	cr_expect_eq(strncmp(message, "SUPABASE_JWKS_FILE: ", 20), 0, "the setting is named: %s", message);
	cr_expect_not_null(strstr(message, reason), "%s: %s", reason, message);
	cr_expect_null(strchr(message, '\n'), "one line: %s", message);
}

Test(keys, files_that_refuse_the_start)
{
	expect_refused("", "no sound JSON");
	expect_refused("x", "no sound JSON");
	expect_refused("[]", "no JSON object");
	expect_refused("{\"keys\":[]}", "no key that can be used");
	expect_refused("{\"keys\":[{\"kty\":\"new\",\"kid\":\"x\"}]}", "no key that can be used");
	expect_refused("{\"keys\":[" EC_JWK ",{\"kty\":\"oct\",\"k\":\"AAAA\"}]}", "private or symmetric");
	expect_refused("{\"keys\":[" EC_JWK ",{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"p\",\"x\":\"" EC_X
		       "\",\"y\":\"" EC_Y "\",\"d\":\"" EC_D "\"}]}",
		       "private or symmetric");
}

Test(keys, files_that_are_too_large)
{
	char *document = arena_alloc(arena, 70000);
	memset(document, ' ', 69999);
	memcpy(document, JWKS, sizeof(JWKS) - 1);
	expect_refused(document, "larger than 64 KiB");
}

Test(keys, files_that_cannot_be_read)
{
	static char *const paths[] = {"/nowhere/jwks.json", "/tmp"};
	for (size_t i = 0; i < 2; i++) {
		config.jwks_file = paths[i];
		cr_expect_null(keys_new(&config, message), "%s", paths[i]);
		cr_expect_eq(strncmp(message, "SUPABASE_JWKS_FILE: cannot read", 31), 0, "%s", message);
	}
}

Test(keys, none_at_all)
{
	static const struct text secrets[] = {{NULL, 0}, {"", 0}, {"0123456789abcdef0123456789abcde", 31}};
	for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++) {
		cr_expect_null(load(secrets[i], NULL), "secret %zu", i);
		cr_expect_not_null(strstr(message, "SUPABASE_JWT_SECRET"), "it is named: %s", message);
	}
}
