/* auth/token: what is accepted, and every way to forge or bend a token that must be refused. */
#include <string.h>

#include "token_sample.h"

TestSuite(token, .init = set_up, .fini = tear_down);

static enum token_fault verify_header(const char *header)
{
	return verify(sign(text_from_string(header), TEXT(CLAIMS)));
}

Test(token, good)
{
	struct token_claims claims = {0};
	enum token_fault fault = token_verify(&config, keys, arena, sign(TEXT(HEADER), TEXT(CLAIMS)), NOW, &claims);
	cr_assert_eq(fault, TOKEN_OK, "%s", token_fault_message(fault));
	cr_expect_str_eq(claims.subject.text, SUBJECT, "subject");
	cr_expect_eq(claims.expires_at, NOW + 3600, "expires_at");
}

Test(token, claims_stay_untouched_when_refused)
{
	struct token_claims claims = {.expires_at = 5};
	cr_assert_eq(token_verify(&config, keys, arena, TEXT("a.b.c"), NOW, &claims), TOKEN_MALFORMED, "refused");
	cr_expect_eq(claims.expires_at, 5, "untouched");
}

Test(token, signed_elsewhere)
{
	/* Made with PyJWT 2.6, with the secret "0123456789abcdef0123456789abcdef". */
	static const char token[] =
	    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
	    "eyJpc3MiOiJpc3N1ZXIiLCJhdWQiOiJhdXRoZW50aWNhdGVkIiwicm9sZSI6ImF1dGhlbnRpY2F0ZWQiLCJzdWIiOiIwZDVjNGExZS05Zj"
	    "NiLTRjMmQtOGU3Zi0wMTIzNDU2Nzg5YWIiLCJleHAiOjE4MDAwMDM2MDB9.gLnpzx3IZ4VrIzCm9VV2bYS0r7aojshIAdexvrVGNsY";
	config.jwt_secret = TEXT("0123456789abcdef0123456789abcdef");
	char message[CONFIG_MESSAGE_MAX];
	struct keys *others = keys_new(&config, message);
	struct token_claims claims;
	enum token_fault fault = token_verify(&config, others, arena, text_from_string(token), NOW, &claims);
	cr_expect_eq(fault, TOKEN_OK, "%s", token_fault_message(fault));
	keys_free(others);
}

Test(token, shapes)
{
	static const char *const malformed[] = {
	    "",     ".",    "..",      "...",       "a", "a.b",        "a.b.c", "a..c",
	    ".b.c", "a.b.", "a.b.c.d", "a.b.c.d.e", " ", "eyJ9.eyJ9.", "=.=.=",
	};
	for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++)
		cr_expect_eq(verify(text_from_string(malformed[i])), TOKEN_MALFORMED, "\"%s\"", malformed[i]);
	cr_expect_eq(verify((struct text){NULL, 0}), TOKEN_MALFORMED, "absent");
}

/* A JWE has five parts; four belong to nothing. */
Test(token, more_around_a_good_token)
{
	static const struct {
		const char *before;
		const char *after;
	} cases[] = {{"", "."},  {".", ""}, {"", "="},  {"", "=="},   {"", " "}, {" ", ""},
		     {"", "\n"}, {"", "!"}, {"", ".x"}, {"", ".x.x"}, {"", "A"}, {"A", ""}};
	struct text good = sign(TEXT(HEADER), TEXT(CLAIMS));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *bent = arena_format(arena, "%s%s%s", cases[i].before, good.data, cases[i].after);
		cr_expect_neq(verify(text_from_string(bent)), TOKEN_OK, "\"%s\" and \"%s\"", cases[i].before,
			      cases[i].after);
	}
	struct text with_nul = {arena_copy(arena, good), good.length + 1};
	cr_expect_eq(verify(with_nul), TOKEN_MALFORMED, "NUL behind");
}

Test(token, length)
{
	char *filler = arena_alloc(arena, TOKEN_LENGTH_MAX + 1);
	memset(filler, ' ', TOKEN_LENGTH_MAX);
	bool was_accepted = false;
	bool was_refused = false;
	for (int spaces = 5800; spaces < 6200; spaces++) {
		const char *payload = arena_format(arena, "%.*s%s", spaces, filler, CLAIMS);
		struct text token = sign(TEXT(HEADER), text_from_string(payload));
		enum token_fault expected = token.length <= TOKEN_LENGTH_MAX ? TOKEN_OK : TOKEN_TOO_LONG;
		cr_expect_eq(verify(token), expected, "length %zu", token.length);
		was_accepted |= expected == TOKEN_OK;
		was_refused |= expected == TOKEN_TOO_LONG;
	}
	cr_expect(was_accepted && was_refused, "both sides of the limit");
	char *huge = arena_alloc(arena, 9 * 1024 * 1024);
	memset(huge, 'A', 9 * 1024 * 1024);
	cr_expect_eq(verify((struct text){huge, 9 * 1024 * 1024}), TOKEN_TOO_LONG, "9 MB");
}

Test(token, algorithms)
{
	static const char *const headers[] = {
	    "{\"alg\":\"none\"}",
	    "{\"alg\":\"NonE\"}",
	    "{\"alg\":\"nOnE\"}",
	    "{\"alg\":\"\"}",
	    "{}",
	    "{\"alg\":0}",
	    "{\"alg\":null}",
	    "{\"alg\":[\"HS256\"]}",
	    "{\"alg\":true}",
	    "{\"alg\":\"hs256\"}",
	    "{\"alg\":\"HS256 \"}",
	    "{\"alg\":\"HS384\"}",
	    "{\"alg\":\"HS512\"}",
	    "{\"alg\":\"RS384\"}",
	    "{\"alg\":\"PS256\"}",
	    "{\"alg\":\"ES384\"}",
	    "{\"alg\":\"Es256\"}",
	    "{\"alg\":\"EDDSA\"}",
	    "{\"alg\":\"Ed25519\"}",
	    "{\"ALG\":\"HS256\"}",
	    "{\"alg\":{\"x\":1}}",
	    "{\"typ\":\"JWT\"}",
	};
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		cr_expect_eq(verify_header(headers[i]), TOKEN_ALGORITHM, "%s", headers[i]);
}

Test(token, no_signature_at_all)
{
	const char *head = base64url_encode(arena, TEXT("{\"alg\":\"none\"}")).data;
	const char *body = base64url_encode(arena, TEXT(CLAIMS)).data;
	cr_expect_eq(verify(text_from_string(arena_format(arena, "%s.%s.", head, body))), TOKEN_MALFORMED, "none");
	head = base64url_encode(arena, TEXT(HEADER)).data;
	cr_expect_eq(verify(text_from_string(arena_format(arena, "%s.%s.", head, body))), TOKEN_MALFORMED, "empty");
}

Test(token, headers)
{
	static const char *const bad[] = {
	    "[]",
	    "\"HS256\"",
	    "null",
	    "1",
	    "{",
	    "{\"alg\":\"HS256\"} x",
	    "{\"alg\":\"HS256\",\"alg\":\"HS256\"}",
	    "{\"alg\":\"none\",\"alg\":\"HS256\"}",
	    "{\"alg\":\"HS256\",\"\\u0061lg\":\"HS256\"}",
	    "{'alg':'HS256'}",
	    "{\"alg\":\"HS256\\u0000\"}",
	    "{\"alg\":\"HS256\",\"crit\":[\"exp\"]}",
	    "{\"alg\":\"HS256\",\"crit\":[]}",
	    "{\"alg\":\"HS256\",\"crit\":null}",
	    "{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}",
	    "{\"alg\":\"HS256\",\"typ\":\"jwt\"}",
	    "{\"alg\":\"HS256\",\"typ\":1}",
	    "{\"alg\":\"HS256\",\"typ\":null}",
	    "{\"alg\":\"HS256\",}",
	    "\xef\xbb\xbf{\"alg\":\"HS256\"}",
	    "{\"alg\":\"HS256\",\"x\":\"\xff\"}",
	    "{\"alg\":\"HS256\",\"x\":[[[[[[[[1]]]]]]]]}",
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect_eq(verify_header(bad[i]), TOKEN_HEADER, "%s", bad[i]);
}

/* None of these says what a token is verified with. */
Test(token, kid_and_embedded_keys_are_ignored)
{
	static const char *const headers[] = {
	    "{\"alg\":\"HS256\"}",
	    "{\"alg\":\"HS256\",\"kid\":\"../../dev/null\"}",
	    "{\"alg\":\"HS256\",\"kid\":\"' or 1=1--\"}",
	    "{\"alg\":\"HS256\",\"kid\":7}",
	    "{\"alg\":\"HS256\",\"kid\":null}",
	    "{\"alg\":\"HS256\",\"jku\":\"https://evil.example/jwks.json\",\"x5u\":\"https://evil.example/x\"}",
	    "{\"alg\":\"HS256\",\"jwk\":{\"kty\":\"oct\",\"k\":\"AAAA\"},\"x5c\":[\"AAAA\"]}",
	};
	struct text evil = TEXT("AAAA");
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		struct text header = text_from_string(headers[i]);
		cr_expect_eq(verify_header(headers[i]), TOKEN_OK, "%s", headers[i]);
		cr_expect_eq(verify(sign_with(evil, GNUTLS_MAC_SHA256, header, TEXT(CLAIMS))), TOKEN_SIGNATURE, "%s",
			     headers[i]);
	}
}

Test(token, other_keys)
{
	static const char *const secrets[] = {"", " ", "secret",
					      "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n"};
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++) {
		struct text token =
		    sign_with(text_from_string(secrets[i]), GNUTLS_MAC_SHA256, TEXT(HEADER), TEXT(CLAIMS));
		cr_expect_eq(verify(token), TOKEN_SIGNATURE, "\"%s\"", secrets[i]);
	}
	struct text almost = {SECRET, sizeof(SECRET) - 2};
	cr_expect_eq(verify(sign_with(almost, GNUTLS_MAC_SHA256, TEXT(HEADER), TEXT(CLAIMS))), TOKEN_SIGNATURE,
		     "less a byte");
	struct text up_to_nul = text_from_string(SECRET);
	cr_expect_eq(verify(sign_with(up_to_nul, GNUTLS_MAC_SHA256, TEXT(HEADER), TEXT(CLAIMS))), TOKEN_SIGNATURE,
		     "up to NUL");
}

Test(token, signatures_of_other_sizes)
{
	static const gnutls_mac_algorithm_t macs[] = {GNUTLS_MAC_SHA1, GNUTLS_MAC_SHA224, GNUTLS_MAC_SHA384,
						      GNUTLS_MAC_SHA512};
	for (size_t i = 0; i < sizeof(macs) / sizeof(macs[0]); i++) {
		struct text token = sign_with(config.jwt_secret, macs[i], TEXT(HEADER), TEXT(CLAIMS));
		cr_expect_eq(verify(token), TOKEN_SIGNATURE, "%s", gnutls_mac_get_name(macs[i]));
	}
	struct text good = sign(TEXT(HEADER), TEXT(CLAIMS));
	for (size_t cut = 1; cut < 44; cut++)
		cr_expect_neq(verify((struct text){good.data, good.length - cut}), TOKEN_OK, "%zu characters less",
			      cut);
}

/* Each byte becomes every other byte: 255 tokens for each of its characters, and none of them is ours. */
Test(token, every_other_byte_everywhere)
{
	struct text good = sign(TEXT(HEADER), TEXT(CLAIMS));
	char *bent = arena_copy(arena, good);
	struct arena *scratch = arena_new(1024 * 1024);
	struct token_claims claims;
	for (size_t i = 0; i < good.length; i++) {
		for (int flip = 1; flip < 256; flip++) {
			bent[i] = (char)(good.data[i] ^ flip);
			enum token_fault fault =
			    token_verify(&config, keys, scratch, (struct text){bent, good.length}, NOW, &claims);
			cr_expect_neq(fault, TOKEN_OK, "byte %zu, flip %d", i, flip);
			arena_reset(scratch);
		}
		bent[i] = good.data[i];
	}
	cr_expect_eq(verify((struct text){bent, good.length}), TOKEN_OK, "put together again");
	arena_free(scratch);
}

Test(token, signature_is_judged_before_claims)
{
	struct text token = sign_with(TEXT("another secret"), GNUTLS_MAC_SHA256, TEXT(HEADER), TEXT("{\"exp\":1}"));
	cr_expect_eq(verify(token), TOKEN_SIGNATURE, "expired, and not ours");
	token = sign_with(TEXT("another secret"), GNUTLS_MAC_SHA256, TEXT(HEADER), TEXT("{"));
	cr_expect_eq(verify(token), TOKEN_SIGNATURE, "no JSON, and not ours: nobody reads it");
}

Test(token, short_memory_is_no_verdict)
{
	struct text good = sign(TEXT(HEADER), TEXT(CLAIMS));
	struct arena *small = arena_new(128);
	struct token_claims claims;
	cr_expect_eq(token_verify(&config, keys, small, good, NOW, &claims), TOKEN_MEMORY, "an arena without room");
	arena_free(small);
}

Test(token, every_fault_has_a_message_and_an_error)
{
	for (enum token_fault fault = 0; fault < TOKEN_FAULT__MAX; fault++) {
		cr_expect_not_null(token_fault_message(fault), "fault %d", fault);
		enum error expected = fault == TOKEN_OK            ? ERROR_NONE
				      : fault == TOKEN_EXPIRED     ? ERROR_TOKEN_EXPIRED
				      : fault == TOKEN_MEMORY      ? ERROR_OUT_OF_MEMORY
				      : fault == TOKEN_NO_KEYS_YET ? ERROR_KEYS_UNAVAILABLE
								   : ERROR_INVALID_TOKEN;
		cr_expect_eq(token_fault_error(fault), expected, "fault %d", fault);
	}
}
