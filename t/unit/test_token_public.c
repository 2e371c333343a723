/* auth/token with public keys: ES256, RS256 and EdDSA beside HS256, and every way to take one for the other. */
#include <pthread.h>
#include <string.h>

#include "token_sample.h"

TestSuite(token_public, .init = set_up, .fini = tear_down, .timeout = 120);

static const enum token_algorithm PUBLIC[] = {TOKEN_ES256, TOKEN_RS256, TOKEN_EDDSA};
static const char *const IDS[TOKEN_ALGORITHM__MAX] = {
    [TOKEN_ES256] = "ec", [TOKEN_RS256] = "rsa", [TOKEN_EDDSA] = "ed"};

enum { PUBLIC_COUNT = sizeof(PUBLIC) / sizeof(*PUBLIC) };

/* A token with a header of any kind, signed by the sample key of an algorithm. */
static struct text sign_as(enum token_algorithm algorithm, const char *header, const char *payload)
{
	const char *message = arena_format(arena, "%s.%s", base64url_encode(arena, text_from_string(header)).data,
					   base64url_encode(arena, text_from_string(payload)).data);
	struct text signature = base64url_encode(arena, sign_public(arena, algorithm, text_from_string(message)));
	return text_from_string(arena_format(arena, "%s.%s", message, signature.data));
}

static const char *header_of(const char *algorithm, const char *id)
{
	return arena_format(arena, "{\"alg\":\"%s\",\"kid\":\"%s\",\"typ\":\"JWT\"}", algorithm, id);
}

static struct text good_token(enum token_algorithm algorithm)
{
	return sign_as(algorithm, header_of(token_algorithm_name(algorithm), IDS[algorithm]), CLAIMS);
}

static void expect_fault(struct text token, enum token_fault expected, const char *what)
{
	enum token_fault fault = verify(token);
	cr_expect_eq(fault, expected, "%s: %s", what, token_fault_message(fault));
}

Test(token_public, good_ones_of_all_kinds)
{
	expect_fault(sign(TEXT(HEADER), TEXT(CLAIMS)), TOKEN_OK, "HS256");
	for (int i = 0; i < PUBLIC_COUNT; i++)
		expect_fault(good_token(PUBLIC[i]), TOKEN_OK, token_algorithm_name(PUBLIC[i]));
}

/* Made with python3-jwt 2.6 from the same keys. */
Test(token_public, signed_elsewhere)
{
	static const char *const tokens[] = {
	    "eyJhbGciOiJFUzI1NiIsImtpZCI6ImVjIiwidHlwIjoiSldUIn0.eyJpc3MiOiJpc3N1ZXIiLCJhdWQiOiJhdXRoZW50aWNhdGVk"
	    "Iiwicm9sZSI6ImF1dGhlbnRpY2F0ZWQiLCJzdWIiOiIwZDVjNGExZS05ZjNiLTRjMmQtOGU3Zi0wMTIzNDU2Nzg5YWIiLCJleHAi"
	    "OjE4MDAwMDM2MDB9.syOjZC_sSkA00A7U4DvkaYuusXCjg64OQchBAe6UgguNhEbq_mMxX60cWN3d7ZZcP_I2ySiNitzfGol-H0b"
	    "LqQ",
	    "eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJpc3N1ZXIiLCJhdWQiOiJhdXRoZW50aWNhdGV"
	    "kIiwicm9sZSI6ImF1dGhlbnRpY2F0ZWQiLCJzdWIiOiIwZDVjNGExZS05ZjNiLTRjMmQtOGU3Zi0wMTIzNDU2Nzg5YWIiLCJleHA"
	    "iOjE4MDAwMDM2MDB9.jDD-oYq75YMhdBGxlDy3eAI6scZ5rd7JO3qJar4gAnETm71o0nbyWI5iZ3y0e5WP1x6KybB0vVT58cFOOE"
	    "FLT7AZba5OEPFl3QQFwcr7qYVzOCNvJ5uXJXBZUGO8CfU0UgFn1QcYNat8eJVcJxxFmMZKwwu_svaCU9KR8qlI2BUYIhDlth1ow-"
	    "jFcnk8YqWIqsRMPmQWfvnd0FdYbK2yShfvCaiWIe3s3nJFR7dfL5NI6jcpzqycAhEW2IKMsEGVxitBukcGLTtqpo5PHQqHqkdSRu"
	    "C-Am4n7FHOd1IaF98ZNVO0fmbvy9fahUzQFt_uMFukutGOnaAXefXYo4GpxQ",
	    "eyJhbGciOiJFZERTQSIsImtpZCI6ImVkIiwidHlwIjoiSldUIn0.eyJpc3MiOiJpc3N1ZXIiLCJhdWQiOiJhdXRoZW50aWNhdGVk"
	    "Iiwicm9sZSI6ImF1dGhlbnRpY2F0ZWQiLCJzdWIiOiIwZDVjNGExZS05ZjNiLTRjMmQtOGU3Zi0wMTIzNDU2Nzg5YWIiLCJleHAi"
	    "OjE4MDAwMDM2MDB9.DodcjmNLun05wHjc1HUNra5BNRlX4UsokyRrnRYng_q5gII-31XLbC47w4Lg0owRVvEvuSSoyW8Cbfv0tjp"
	    "cDg",
	};
	for (size_t i = 0; i < sizeof(tokens) / sizeof(*tokens); i++)
		expect_fault(text_from_string(tokens[i]), TOKEN_OK, tokens[i]);
}

Test(token_public, claims_are_judged_as_ever)
{
	for (int i = 0; i < PUBLIC_COUNT; i++) {
		const char *header = header_of(token_algorithm_name(PUBLIC[i]), IDS[PUBLIC[i]]);
		expect_fault(sign_as(PUBLIC[i], header, "{" COMMON ",\"exp\":1700000000}"), TOKEN_EXPIRED, "expired");
		expect_fault(sign_as(PUBLIC[i], header, "{" COMMON "}"), TOKEN_CLAIMS, "without exp");
		expect_fault(sign_as(PUBLIC[i], header, "[]"), TOKEN_CLAIMS, "an array");
	}
}

Test(token_public, ids)
{
	static const struct {
		const char *member;
		enum token_fault fault;
	} cases[] = {
	    {"", TOKEN_NO_KEY_ID},
	    {",\"kid\":\"\"", TOKEN_NO_KEY_ID},
	    {",\"kid\":null", TOKEN_NO_KEY_ID},
	    {",\"kid\":1", TOKEN_NO_KEY_ID},
	    {",\"kid\":[\"ec\",\"rsa\",\"ed\"]", TOKEN_NO_KEY_ID},
	    {",\"KID\":\"ec\"", TOKEN_NO_KEY_ID},
	    {",\"kid\":\"unknown\"", TOKEN_NO_KEY},
	    {",\"kid\":\"EC\"", TOKEN_NO_KEY},
	    {",\"kid\":\"ec \"", TOKEN_NO_KEY},
	    {",\"kid\":\"../../dev/null\"", TOKEN_NO_KEY},
	    {",\"kid\":\"' or 1=1--\"", TOKEN_NO_KEY},
	    {",\"kid\":\"ec\",\"kid\":\"ec\"", TOKEN_HEADER},
	    {",\"kid\":\"ec\\u0000\"", TOKEN_HEADER},
	};
	for (int i = 0; i < PUBLIC_COUNT; i++) {
		for (size_t k = 0; k < sizeof(cases) / sizeof(*cases); k++) {
			const char *header =
			    arena_format(arena, "{\"alg\":\"%s\"%s}", token_algorithm_name(PUBLIC[i]), cases[k].member);
			expect_fault(sign_as(PUBLIC[i], header, CLAIMS), cases[k].fault, header);
		}
		char *long_id = arena_alloc(arena, 1025);
		memset(long_id, 'k', 1024);
		expect_fault(sign_as(PUBLIC[i], header_of(token_algorithm_name(PUBLIC[i]), long_id), CLAIMS),
			     TOKEN_NO_KEY, "1 KiB");
	}
}

/* The header names one algorithm and key, the signature is by another. */
Test(token_public, one_kind_for_another)
{
	for (int named = 0; named < PUBLIC_COUNT; named++) {
		for (int kept = 0; kept < PUBLIC_COUNT; kept++) {
			for (int signer = 0; signer < PUBLIC_COUNT; signer++) {
				const char *header = header_of(token_algorithm_name(PUBLIC[named]), IDS[PUBLIC[kept]]);
				enum token_fault expected = named != kept     ? TOKEN_NO_KEY
							    : named != signer ? TOKEN_SIGNATURE
									      : TOKEN_OK;
				expect_fault(sign_as(PUBLIC[signer], header, CLAIMS), expected, header);
			}
		}
	}
}

/* What is public of a key, as somebody might take it for a secret. */
static struct text public_bytes(enum token_algorithm algorithm, gnutls_x509_crt_fmt_t format)
{
	gnutls_privkey_t private = private_key(arena, algorithm);
	gnutls_pubkey_t public;
	gnutls_datum_t exported;
	cr_assert_eq(gnutls_pubkey_init(&public), 0, "a key");
	cr_assert_eq(gnutls_pubkey_import_privkey(public, private, 0, 0), 0, "its public part");
	cr_assert_eq(gnutls_pubkey_export2(public, format, &exported), 0, "exported");
	struct text bytes = {arena_copy(arena, (struct text){(char *)exported.data, exported.size}), exported.size};
	gnutls_free(exported.data);
	gnutls_pubkey_deinit(public);
	gnutls_privkey_deinit(private);
	return bytes;
}

static void expect_no_secret(struct text secret, enum token_fault expected)
{
	static const char *const headers[] = {HEADER, "{\"alg\":\"HS256\",\"kid\":\"ec\"}",
					      "{\"alg\":\"HS256\",\"kid\":\"rsa\"}",
					      "{\"alg\":\"HS256\",\"kid\":\"ed\"}"};
	for (size_t i = 0; i < sizeof(headers) / sizeof(*headers); i++) {
		struct text token = sign_with(secret, GNUTLS_MAC_SHA256, text_from_string(headers[i]), TEXT(CLAIMS));
		expect_fault(token, expected, headers[i]);
	}
}

static void expect_no_public_secret(enum token_fault expected)
{
	static const char *const texts[] = {"", EC_JWK, RSA_JWK, ED_JWK, JWKS, EC_X, EC_Y, ED_X, RSA_N, "AQAB"};
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		expect_no_secret(text_from_string(texts[i]), expected);
	static const char *const numbers[] = {EC_X, EC_Y, ED_X, RSA_N};
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		expect_no_secret(base64url_decode(arena, text_from_string(numbers[i])), expected);
	for (int i = 0; i < PUBLIC_COUNT; i++) {
		struct text pem = public_bytes(PUBLIC[i], GNUTLS_X509_FMT_PEM);
		expect_no_secret(pem, expected);
		expect_no_secret((struct text){pem.data, pem.length - 1}, expected); /* without its last line's end */
		expect_no_secret(public_bytes(PUBLIC[i], GNUTLS_X509_FMT_DER), expected);
	}
}

Test(token_public, a_public_key_is_no_secret)
{
	expect_no_public_secret(TOKEN_SIGNATURE);
}

Test(token_public, a_public_key_is_no_secret_where_there_is_none)
{
	char message[CONFIG_MESSAGE_MAX];
	config.jwt_secret = (struct text){NULL, 0};
	keys_free(keys);
	keys = keys_new(&config, message);
	cr_assert_not_null(keys, "%s", message);
	expect_no_public_secret(TOKEN_NO_KEY);
	expect_fault(good_token(TOKEN_ES256), TOKEN_OK, "the others are as they were");
}

/* Nothing was fetched yet: what is bad whatever the keys are is refused, and no more. */
Test(token_public, keys_that_are_not_at_hand)
{
	static char url[] = "https://localhost:1";
	char message[CONFIG_MESSAGE_MAX];
	config.jwks_file = NULL;
	config.supabase_url = url;
	keys_free(keys);
	keys = keys_new(&config, message);
	cr_assert_not_null(keys, "%s", message);
	expect_fault(good_token(TOKEN_ES256), TOKEN_NO_KEYS_YET, "ES256");
	expect_fault(sign_as(TOKEN_ES256, "{\"alg\":\"ES256\"}", CLAIMS), TOKEN_NO_KEY_ID, "without kid");
	expect_fault(sign(TEXT(HEADER), TEXT(CLAIMS)), TOKEN_OK, "HS256");
	expect_fault(sign(TEXT(HEADER), TEXT("{}")), TOKEN_CLAIMS, "HS256");
}

/* A key that a token brings along, or says where to get, is nobody's. */
Test(token_public, embedded_keys)
{
	static const char *const members[] = {
	    "\"jwk\":" EC_JWK,
	    "\"jwk\":" EC_JWK ",\"kid\":\"mine\"",
	    "\"jku\":\"https://evil.example/jwks.json\",\"kid\":\"mine\"",
	    "\"x5u\":\"https://evil.example/x.pem\",\"x5c\":[\"AAAA\"],\"kid\":\"mine\"",
	};
	char message[CONFIG_MESSAGE_MAX];
	struct config others = config;
	others.jwks_file = memory_file(arena, "{\"keys\":[" ED_JWK "]}"); /* ours is not the key that signs */
	struct keys *without = keys_new(&others, message);
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		const char *header = arena_format(arena, "{\"alg\":\"ES256\",%s}", members[i]);
		struct token_claims claims;
		enum token_fault fault =
		    token_verify(&config, without, arena, sign_as(TOKEN_ES256, header, CLAIMS), NOW, &claims);
		cr_expect(fault == TOKEN_NO_KEY || fault == TOKEN_NO_KEY_ID, "%s: %s", header,
			  token_fault_message(fault));
	}
	keys_free(without);
	const char *header = "{\"alg\":\"ES256\",\"kid\":\"ec\",\"jwk\":" ED_JWK ",\"jku\":\"https://evil.example/\"}";
	expect_fault(sign_as(TOKEN_ES256, header, CLAIMS), TOKEN_OK, "they are not even looked at");
}

Test(token_public, headers)
{
	static const char *const members[] = {"\"crit\":[\"b64\"],\"b64\":false", "\"crit\":[]", "\"typ\":\"at+jwt\"",
					      "\"typ\":\"jwt\"", "\"typ\":null"};
	for (int i = 0; i < PUBLIC_COUNT; i++) {
		for (size_t k = 0; k < sizeof(members) / sizeof(*members); k++) {
			const char *header = arena_format(arena, "{\"alg\":\"%s\",\"kid\":\"%s\",%s}",
							  token_algorithm_name(PUBLIC[i]), IDS[PUBLIC[i]], members[k]);
			expect_fault(sign_as(PUBLIC[i], header, CLAIMS), TOKEN_HEADER, header);
		}
	}
}

/* Three other bytes for each byte; test_token tries all 255 of them with HS256. */
Test(token_public, other_bytes_everywhere)
{
	static const int flips[] = {0x01, 0x20, 0x80};
	struct arena *scratch = arena_new(1024 * 1024);
	struct token_claims claims;
	for (int i = 0; i < PUBLIC_COUNT; i++) {
		struct text good = good_token(PUBLIC[i]);
		char *bent = arena_copy(arena, good);
		for (size_t k = 0; k < 3 * good.length; k++) {
			bent[k / 3] = (char)(good.data[k / 3] ^ flips[k % 3]);
			enum token_fault fault =
			    token_verify(&config, keys, scratch, (struct text){bent, good.length}, NOW, &claims);
			cr_expect_neq(fault, TOKEN_OK, "%s, byte %zu", token_algorithm_name(PUBLIC[i]), k / 3);
			bent[k / 3] = good.data[k / 3];
			arena_reset(scratch);
		}
	}
	arena_free(scratch);
}

/* One signature has one spelling: no bits behind its end, no padding, nothing between. */
Test(token_public, spellings_of_a_signature)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	static const char *const ends[] = {"=", "==", "A", "AA", ".", " ", "\n", "%3D"};
	for (int i = 0; i < PUBLIC_COUNT; i++) {
		struct text good = good_token(PUBLIC[i]);
		char *bent = arena_copy(arena, good);
		for (const char *last = alphabet; *last; last++) {
			bent[good.length - 1] = *last;
			cr_expect_eq(verify((struct text){bent, good.length}) == TOKEN_OK,
				     *last == good.data[good.length - 1], "%s, %c", token_algorithm_name(PUBLIC[i]),
				     *last);
		}
		for (size_t k = 0; k < sizeof(ends) / sizeof(*ends); k++)
			cr_expect_neq(verify(text_from_string(arena_format(arena, "%s%s", good.data, ends[k]))),
				      TOKEN_OK, "%s", ends[k]);
	}
}

Test(token_public, other_numbers_of_parts)
{
	for (int i = 0; i < PUBLIC_COUNT; i++) {
		const char *good = good_token(PUBLIC[i]).data;
		const char *signature = strrchr(good, '.') + 1;
		const char *const bent[] = {
		    arena_format(arena, "%s.%s", good, signature),
		    arena_format(arena, "%s.%s.%s", good, signature, signature),
		    arena_format(arena, "%.*s", (int)(signature - good - 1), good),
		    arena_format(arena, "%.*s", (int)(signature - good), good),
		    arena_format(arena, "{\"payload\":\"%s\"}", good),
		};
		for (size_t k = 0; k < sizeof(bent) / sizeof(*bent); k++)
			expect_fault(text_from_string(bent[k]), TOKEN_MALFORMED, bent[k]);
	}
}

Test(token_public, the_other_of_two_keys)
{
	char message[CONFIG_MESSAGE_MAX];
	struct config others = config;
	/* the point of RFC 7517, appendix A.1, under the id of ours */
	others.jwks_file = memory_file(arena, "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"ec\","
					      "\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\","
					      "\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\"}]}");
	struct keys *other = keys_new(&others, message);
	struct token_claims claims;
	cr_assert_not_null(other, "%s", message);
	cr_expect_eq(token_verify(&config, other, arena, good_token(TOKEN_ES256), NOW, &claims), TOKEN_SIGNATURE,
		     "signed by another key of the same id");
	keys_free(other);
}

/* What a thread does with tokens; NULL, or what went wrong. */
static void *verify_many(void *argument)
{
	struct text *tokens = argument;
	struct arena *scratch = arena_new(1024 * 1024);
	struct token_claims claims;
	const char *wrong = NULL;
	for (int round = 0; round < 25; round++) {
		for (int i = 0; i <= TOKEN_ALGORITHM__MAX; i++) {
			enum token_fault expected = i < TOKEN_ALGORITHM__MAX ? TOKEN_OK : TOKEN_TOO_LONG;
			if (token_verify(&config, keys, scratch, tokens[i], NOW, &claims) != expected)
				wrong = "another verdict";
			arena_reset(scratch);
		}
	}
	arena_free(scratch);
	return (void *)(uintptr_t)wrong;
}

/* Eight threads at once, each with the smallest stack that a worker may have, and tokens as large as they get. */
Test(token_public, threads_with_small_stacks)
{
	enum { THREADS = 8, STACK = 256 * 1024, HUGE = 9 * 1024 * 1024 };
	char *filler = arena_alloc(arena, 5000);
	char *huge = arena_alloc(arena, HUGE);
	memset(filler, 'x', 4999);
	memset(huge, 'A', HUGE);
	const char *payload = arena_format(arena, "{" COMMON ",\"exp\":1800003600,\"x\":[[[[[[[\"%s\"]]]]]]]}", filler);
	struct text tokens[TOKEN_ALGORITHM__MAX + 1] = {sign(TEXT(HEADER), text_from_string(payload))};
	for (int i = 0; i < PUBLIC_COUNT; i++)
		tokens[PUBLIC[i]] =
		    sign_as(PUBLIC[i], header_of(token_algorithm_name(PUBLIC[i]), IDS[PUBLIC[i]]), payload);
	tokens[TOKEN_ALGORITHM__MAX] = (struct text){huge, HUGE};
	pthread_t threads[THREADS];
	pthread_attr_t attributes;
	cr_assert_eq(pthread_attr_init(&attributes), 0, "attributes");
	cr_assert_eq(pthread_attr_setstacksize(&attributes, STACK), 0, "a small stack");
	for (int i = 0; i < THREADS; i++)
		cr_assert_eq(pthread_create(&threads[i], &attributes, verify_many, tokens), 0, "a thread");
	for (int i = 0; i < THREADS; i++) {
		void *wrong = "not joined";
		cr_expect(pthread_join(threads[i], &wrong) == 0 && !wrong, "%s", wrong ? (char *)wrong : "");
	}
	pthread_attr_destroy(&attributes);
}
