/* Keys and tokens while memory is short, at each call that can fail in turn: never a crash, never another verdict than
 * "there was no memory", and nothing is left behind. */
#include <string.h>
#include <unistd.h>

#include "auth/issuer.h"
#include "auth/jwks.h"
#include "auth/jwks_fetcher.h"
#include "auth/token_memory.h"
#include "shortage.h"
#include "token_sample.h"

TestSuite(shortage, .init = set_up, .fini = tear_down, .timeout = 60);

/* What an act came to. */
enum outcome { WELL, FAILED_FOR_MEMORY, OTHERWISE };

/* Fails each call of the act in turn, until none is left to fail. */
static void torture(enum outcome (*act)(void), const char *name, int calls_min)
{
	for (int nth = 0;; nth++) {
		shortage_begin(nth);
		enum outcome outcome = act();
		bool failed = shortage_end();
		if (!failed) {
			cr_expect_eq(outcome, WELL, "%s without a shortage", name);
			cr_expect_geq(nth, calls_min, "%s has %d calls that can fail", name, nth);
			break;
		}
		cr_expect_eq(outcome, FAILED_FOR_MEMORY, "%s, call %d: outcome %d", name, nth, outcome);
	}
}

static enum outcome read_jwks(void)
{
	struct jwks *jwks;
	enum jwks_fault fault = jwks_read(TEXT(JWKS), &jwks);
	enum outcome outcome = fault == JWKS_OK && jwks->count == 3 ? WELL
			       : fault == JWKS_MEMORY && !jwks      ? FAILED_FOR_MEMORY
								    : OTHERWISE;
	jwks_free(jwks);
	return outcome;
}

Test(shortage, reading_a_key_set)
{
	torture(read_jwks, "jwks_read", 10);
}

static enum outcome load_keys(void)
{
	char message[CONFIG_MESSAGE_MAX] = "";
	struct keys *loaded = keys_new(&config, message);
	bool is_told = strstr(message, "memory") || strstr(message, "cannot read");
	keys_free(loaded);
	return loaded ? WELL : is_told && !strchr(message, '\n') ? FAILED_FOR_MEMORY : OTHERWISE;
}

Test(shortage, loading_keys_of_a_file)
{
	torture(load_keys, "keys_new", 12);
}

Test(shortage, loading_published_keys)
{
	static char url[] = "http://127.0.0.1:1";
	config.jwks_file = NULL;
	config.supabase_url = url;
	torture(load_keys, "keys_new", 7);
}

static struct text token;

static enum outcome verify_token(void)
{
	struct arena *own = arena_new(64 * 1024);
	struct token_claims claims = {.expires_at = -1};
	if (!own)
		return FAILED_FOR_MEMORY;
	enum token_fault fault = token_verify(&config, keys, own, token, NOW, &claims);
	arena_free(own);
	if (fault == TOKEN_OK)
		return claims.expires_at > NOW ? WELL : OTHERWISE;
	return fault == TOKEN_MEMORY && claims.expires_at == -1 ? FAILED_FOR_MEMORY : OTHERWISE;
}

static struct text public_token(enum token_algorithm algorithm, const char *id)
{
	const char *header =
	    arena_format(arena, "{\"alg\":\"%s\",\"kid\":\"%s\"}", token_algorithm_name(algorithm), id);
	const char *message = arena_format(arena, "%s.%s", base64url_encode(arena, text_from_string(header)).data,
					   base64url_encode(arena, TEXT(CLAIMS)).data);
	struct text signature = sign_public(arena, algorithm, text_from_string(message));
	return text_from_string(arena_format(arena, "%s.%s", message, base64url_encode(arena, signature).data));
}

Test(shortage, verifying_tokens)
{
	token = sign(TEXT(HEADER), TEXT(CLAIMS));
	torture(verify_token, "HS256", 4);
	token = public_token(TOKEN_ES256, "ec");
	torture(verify_token, "ES256", 5);
	token = public_token(TOKEN_RS256, "rsa");
	torture(verify_token, "RS256", 4);
	token = public_token(TOKEN_EDDSA, "ed");
	torture(verify_token, "EdDSA", 4);
	cr_expect_eq(verify(token), TOKEN_OK, "nothing is left of it");
}

static struct cache *memory;

/* What is not remembered is verified again: no harm, but never another's claims. */
static enum outcome remember_and_recall(void)
{
	struct token_claims claims = {.expires_at = NOW + 5};
	struct token_claims found;
	token_remember(memory, TEXT("a.b.c"), 1, &claims);
	bool recalled = token_recall(memory, TEXT("a.b.c"), 1, NOW, &found);
	cache_invalidate_all(memory);
	if (recalled)
		return found.expires_at == NOW + 5 ? WELL : OTHERWISE;
	return FAILED_FOR_MEMORY;
}

Test(shortage, remembering_tokens)
{
	memory = cache_new(10, 60);
	torture(remember_and_recall, "token_remember", 3);
	cache_free(memory);
}

static enum outcome issue(void)
{
	static const struct uuid id = {SUBJECT};
	struct issuer_subject subject = {
	    .user_id = &id, .email = TEXT("a@example.com"), .session_id = &id, .authenticated_at = NOW};
	struct arena *own = arena_new(64 * 1024);
	if (!own)
		return FAILED_FOR_MEMORY;
	struct text issued = issuer_sign(&config, own, &subject, NOW);
	enum outcome outcome = issued.data ? WELL : FAILED_FOR_MEMORY;
	arena_free(own);
	return outcome;
}

Test(shortage, issuing_tokens)
{
	torture(issue, "issuer_sign", 3);
	config.jwt_secret = (struct text){NULL, 0};
	cr_expect_eq(issue(), FAILED_FOR_MEMORY, "nothing to sign with");
}

static enum outcome open_and_start_fetcher(void)
{
	struct jwks_fetcher *fetcher = jwks_fetcher_new("http://127.0.0.1:1/", NULL, false);
	bool started = fetcher && jwks_fetcher_start(fetcher);
	jwks_fetcher_free(fetcher);
	return started ? WELL : FAILED_FOR_MEMORY;
}

Test(shortage, starting_the_fetcher)
{
	torture(open_and_start_fetcher, "jwks_fetcher_start", 8);
}
