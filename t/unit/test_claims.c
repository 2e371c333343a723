/* auth/claims: what each claim of a token with a good signature must be. */
#include "token_sample.h"

TestSuite(claims, .init = set_up, .fini = tear_down);

static enum token_fault verify_payload(const char *payload)
{
	return verify(sign(TEXT(HEADER), text_from_string(payload)));
}

Test(claims, payloads_that_are_no_claims)
{
	static const char *const bad[] = {
	    "[]",
	    "[\"x\"]",
	    "\"x\"",
	    "null",
	    "1",
	    "{",
	    "{" COMMON ",\"exp\":1800003600} x",
	    "{" COMMON ",\"exp\":1800003600,}",
	    "{" COMMON ",\"exp\":1800003600,\"exp\":1800003600}",
	    "{" COMMON ",\"exp\":1,\"exp\":1800003600}",
	    "{" COMMON ",\"exp\":1800003600,\"sub\":\"" SUBJECT "\"}",
	    "{" COMMON ",\"exp\":1800003600,\"x\":\"\\u0000\"}",
	    "{" COMMON ",\"exp\":1800003600,\"x\":\"\\ud800\"}",
	    "{" COMMON ",\"exp\":1800003600,\"x\":\"\xc0\xaf\"}",
	    "{" COMMON ",\"exp\":1800003600,\"x\":NaN}",
	    "{" COMMON ",\"exp\":1800003600,\"x\":[[[[[[[[]]]]]]]]}",
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect_eq(verify_payload(bad[i]), TOKEN_CLAIMS, "%s", bad[i]);
}

/* A claim's value in place of COMMON's or besides them, and what becomes of the token. */
static void expect_with_exp(const char *value, enum token_fault expected)
{
	const char *payload = arena_format(arena, "{" COMMON "%s%s}", *value ? ",\"exp\":" : "", value);
	cr_expect_eq(verify_payload(payload), expected, "exp %s: %d", value, verify_payload(payload));
}

Test(claims, expiry)
{
	static const char *const no_integers[] = {
	    "",
	    "\"1800003600\"",
	    "1800003600.0",
	    "1800003600.5",
	    "1.8e9",
	    "18e8",
	    "1e30",
	    "null",
	    "true",
	    "[1800003600]",
	    "{}",
	    "-1",
	    "9007199254740993",
	    "9223372036854775807",
	    "9223372036854775808",
	    "18446744073709551616",
	    "-9223372036854775808",
	};
	for (size_t i = 0; i < sizeof(no_integers) / sizeof(no_integers[0]); i++)
		expect_with_exp(no_integers[i], TOKEN_CLAIMS);
	expect_with_exp("0", TOKEN_EXPIRED);
	expect_with_exp("1799999969", TOKEN_EXPIRED); /* 31 s ago */
	expect_with_exp("1799999970", TOKEN_EXPIRED); /* 30 s ago */
	expect_with_exp("1799999971", TOKEN_OK);      /* 29 s ago */
	expect_with_exp("1800000000", TOKEN_OK);
	expect_with_exp("9007199254740992", TOKEN_OK); /* 2^53 */
}

static void expect_with(const char *more, enum token_fault expected)
{
	enum token_fault fault = verify_payload(arena_format(arena, "{" COMMON ",\"exp\":1800003600,%s}", more));
	cr_expect_eq(fault, expected, "%s: %d", more, fault);
}

Test(claims, not_before)
{
	expect_with("\"nbf\":1800000029", TOKEN_OK);
	expect_with("\"nbf\":1800000030", TOKEN_OK);
	expect_with("\"nbf\":1800000031", TOKEN_NOT_YET_VALID);
	expect_with("\"nbf\":9007199254740992", TOKEN_NOT_YET_VALID);
	expect_with("\"nbf\":0", TOKEN_OK);
	static const char *const no_integers[] = {
	    "\"nbf\":\"0\"", "\"nbf\":1.5",  "\"nbf\":0.0",
	    "\"nbf\":1e3",   "\"nbf\":null", "\"nbf\":false",
	    "\"nbf\":[]",    "\"nbf\":-1",   "\"nbf\":9007199254740993",
	};
	for (size_t i = 0; i < sizeof(no_integers) / sizeof(no_integers[0]); i++)
		expect_with(no_integers[i], TOKEN_CLAIMS);
}

Test(claims, issued_at_is_never_a_reason)
{
	static const char *const values[] = {"\"iat\":1900000000", "\"iat\":\"x\"", "\"iat\":null", "\"iat\":-1.5",
					     "\"iat\":{}"};
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		expect_with(values[i], TOKEN_OK);
}

/* A whole set of claims with one of them in another form, or without it. */
static void expect_claims(const char *iss, const char *aud, const char *role, const char *sub,
			  enum token_fault expected)
{
	const char *payload = arena_format(arena, "{%s%s%s%s\"exp\":1800003600}", iss, aud, role, sub);
	enum token_fault fault = verify_payload(payload);
	cr_expect_eq(fault, expected, "%s: %d", payload, fault);
}

#define ISS "\"iss\":\"issuer\","
#define AUD "\"aud\":\"authenticated\","
#define ROLE "\"role\":\"authenticated\","
#define SUB "\"sub\":\"" SUBJECT "\","

Test(claims, issuer)
{
	static const char *const bad[] = {"",
					  "\"iss\":\"issuer2\",",
					  "\"iss\":\"Issuer\",",
					  "\"iss\":\"\",",
					  "\"iss\":null,",
					  "\"iss\":[\"issuer\"],",
					  "\"iss\":\"issuer/\",",
					  "\"iss\":1,"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		expect_claims(bad[i], AUD, ROLE, SUB, TOKEN_ISSUER);
	config.jwt_issuer = NULL;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		expect_claims(bad[i], AUD, ROLE, SUB, TOKEN_OK);
}

Test(claims, audience)
{
	static const char *const bad[] = {"",
					  "\"aud\":\"other\",",
					  "\"aud\":\"\",",
					  "\"aud\":null,",
					  "\"aud\":[],",
					  "\"aud\":[\"a\",1],",
					  "\"aud\":[\"authenticated\",1],",
					  "\"aud\":[null,\"authenticated\"],",
					  "\"aud\":[[\"authenticated\"]],",
					  "\"aud\":{\"authenticated\":1},",
					  "\"aud\":\"Authenticated\","};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		expect_claims(ISS, bad[i], ROLE, SUB, TOKEN_AUDIENCE);
	expect_claims(ISS, "\"aud\":[\"authenticated\"],", ROLE, SUB, TOKEN_OK);
	expect_claims(ISS, "\"aud\":[\"other\",\"authenticated\"],", ROLE, SUB, TOKEN_OK);
	expect_claims(ISS, "\"aud\":[\"authenticated\",\"other\"],", ROLE, SUB, TOKEN_OK);
	config.jwt_audience = NULL;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		expect_claims(ISS, bad[i], ROLE, SUB, TOKEN_OK);
}

Test(claims, role)
{
	static const char *const bad[] = {"",
					  "\"role\":\"anon\",",
					  "\"role\":\"service_role\",",
					  "\"role\":\"\",",
					  "\"role\":null,",
					  "\"role\":[\"authenticated\"],",
					  "\"role\":\"Authenticated\","};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		expect_claims(ISS, AUD, bad[i], SUB, TOKEN_ROLE);
}

Test(claims, subject)
{
	static const char *const bad[] = {"",
					  "\"sub\":\"\",",
					  "\"sub\":null,",
					  "\"sub\":1,",
					  "\"sub\":\"x\",",
					  "\"sub\":[\"" SUBJECT "\"],",
					  "\"sub\":\"" SUBJECT "0\",",
					  "\"sub\":\" " SUBJECT "\","};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		expect_claims(ISS, AUD, ROLE, bad[i], TOKEN_SUBJECT);
	struct token_claims claims;
	struct text upper =
	    sign(TEXT(HEADER),
		 TEXT("{" ISS AUD ROLE "\"sub\":\"0D5C4A1E-9F3B-4C2D-8E7F-0123456789AB\",\"exp\":1800003600}"));
	cr_expect_eq(token_verify(&config, keys, arena, upper, NOW, &claims), TOKEN_OK, "upper case");
	cr_expect_str_eq(claims.subject.text, SUBJECT, "upper case is folded");
}

Test(claims, anonymous)
{
	expect_with("\"is_anonymous\":false", TOKEN_OK);
	expect_with("\"is_anonymous\":null", TOKEN_OK);
	expect_with("\"is_anonymous\":true", TOKEN_ANONYMOUS);
	expect_with("\"is_anonymous\":\"true\"", TOKEN_ANONYMOUS);
	expect_with("\"is_anonymous\":1", TOKEN_ANONYMOUS);
	config.allow_anonymous_tokens = true;
	expect_with("\"is_anonymous\":true", TOKEN_OK);
	expect_with("\"client_id\":\"x\"", TOKEN_OAUTH_CLIENT);
}

Test(claims, oauth_client)
{
	expect_with("\"client_id\":\"x\"", TOKEN_OAUTH_CLIENT);
	expect_with("\"client_id\":\"\"", TOKEN_OAUTH_CLIENT);
	expect_with("\"client_id\":null", TOKEN_OK);
	expect_with("\"client_id\":0", TOKEN_OAUTH_CLIENT);
	expect_with("\"client_id\":false", TOKEN_OAUTH_CLIENT);
	config.allow_oauth_tokens = true;
	expect_with("\"client_id\":\"x\"", TOKEN_OK);
	expect_with("\"is_anonymous\":true", TOKEN_ANONYMOUS);
}

Test(claims, explain_names_every_fault)
{
	enum token_fault faults[TOKEN_FAULT__MAX];
	struct token_claims claims;
	struct text token =
	    sign(TEXT(HEADER), TEXT("{\"exp\":1,\"nbf\":1900000000,\"iss\":\"x\",\"aud\":\"x\",\"role\":\"anon\","
				    "\"sub\":\"x\",\"is_anonymous\":true,\"client_id\":\"x\"}"));
	cr_assert_eq(token_explain(&config, keys, arena, token, NOW, faults, &claims), 8, "eight faults");
	for (int i = 0; i < 8; i++)
		cr_expect_eq(faults[i], TOKEN_EXPIRED + (enum token_fault)i, "fault %d", i);
	token = sign(TEXT(HEADER), TEXT("{" COMMON ",\"exp\":5}"));
	cr_assert_eq(token_explain(&config, keys, arena, token, NOW, faults, &claims), 1, "one fault");
	cr_expect_str_eq(claims.subject.text, SUBJECT, "whose it was");
	cr_expect_eq(claims.expires_at, 5, "until when it was");
}
