/* auth/jwk and auth/jwks: which documents are read, and why a JWK is left out. */
#include <stdio.h>
#include <string.h>

#include "auth/jwks.h"
#include "key_sample.h"

static struct arena *arena;

static void prepare(void)
{
	arena = arena_new(16 * 1024 * 1024);
}

static void clean_up(void)
{
	arena_free(arena);
}

TestSuite(jwks, .init = prepare, .fini = clean_up);

static struct jwks *read_good(const char *document)
{
	struct jwks *jwks;
	enum jwks_fault fault = jwks_read(text_from_string(document), &jwks);
	cr_assert_eq(fault, JWKS_OK, "%s: %s", jwks_fault_message(fault), document);
	return jwks;
}

/* What becomes of a JWK that stands alone in its set. */
static void expect_jwk(const char *jwk, enum jwk_fault expected)
{
	struct jwks *jwks = read_good(arena_format(arena, "{\"keys\":[%s]}", jwk));
	enum jwk_fault fault = jwks->count == 1 ? JWK_OK : jwks->refusals[0].fault;
	cr_expect_eq(fault, expected, "%s: %s", jwk, jwk_fault_message(fault));
	cr_expect_eq(jwks->count + jwks->refusal_count, 1, "one or the other");
	cr_expect_eq(jwks_refused(jwks, expected), expected != JWK_OK, "%s", jwk);
	jwks_free(jwks);
}

static void expect_ec(const char *members, enum jwk_fault expected)
{
	expect_jwk(arena_format(arena, "{\"kid\":\"ec\",\"x\":\"" EC_X "\",\"y\":\"" EC_Y "\",%s}", members), expected);
}

Test(jwks, the_samples)
{
	struct jwks *jwks = read_good(JWKS);
	cr_assert_eq(jwks->count, 3, "all are good");
	struct key *key = jwks_find(jwks, TOKEN_RS256, TEXT("rsa"));
	cr_assert_not_null(key, "found");
	cr_expect_eq(key_algorithm(key), TOKEN_RS256, "algorithm");
	cr_expect(text_is(key_id(key), "rsa"), "id");
	cr_expect_null(jwks_find(jwks, TOKEN_ES256, TEXT("rsa")), "another algorithm");
	cr_expect_null(jwks_find(jwks, TOKEN_HS256, TEXT("rsa")), "never a secret");
	cr_expect_null(jwks_find(jwks, TOKEN_RS256, TEXT("rs")), "a part");
	cr_expect_null(jwks_find(jwks, TOKEN_RS256, TEXT("RSA")), "another case");
	cr_expect_null(jwks_find(jwks, TOKEN_RS256, (struct text){NULL, 0}), "none");
	jwks_free(jwks);
	jwks_free(NULL);
}

Test(jwks, documents_that_are_none)
{
	static const struct {
		const char *document;
		enum jwks_fault fault;
	} cases[] = {
	    {"", JWKS_JSON},
	    {"{", JWKS_JSON},
	    {JWKS "x", JWKS_JSON},
	    {"{\"keys\":[],\"keys\":[]}", JWKS_JSON},
	    {"{\"keys\":[{\"kid\":\"a\",\"kid\":\"b\"}]}", JWKS_JSON},
	    {"{\"keys\":[{\"kid\":\"\\u0000\"}]}", JWKS_JSON},
	    {"<html>", JWKS_JSON},
	    {"{\"keys\":[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]}", JWKS_JSON},
	    {"null", JWKS_SHAPE},
	    {"[]", JWKS_SHAPE},
	    {"{}", JWKS_SHAPE},
	    {"{\"keys\":null}", JWKS_SHAPE},
	    {"{\"keys\":{}}", JWKS_SHAPE},
	    {"{\"Keys\":[]}", JWKS_SHAPE},
	    {EC_JWK, JWKS_SHAPE},
	    {"\"keys\"", JWKS_SHAPE},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct jwks *jwks;
		enum jwks_fault fault = jwks_read(text_from_string(cases[i].document), &jwks);
		cr_expect_eq(fault, cases[i].fault, "%s: %s", cases[i].document, jwks_fault_message(fault));
		cr_expect_null(jwks, "nothing is left");
	}
}

Test(jwks, size)
{
	struct jwks *jwks;
	char *document = arena_alloc(arena, JWKS_SIZE_MAX + 2);
	memset(document, ' ', JWKS_SIZE_MAX + 1);
	memcpy(document, JWKS, sizeof(JWKS) - 1);
	cr_expect_eq(jwks_read((struct text){document, JWKS_SIZE_MAX}, &jwks), JWKS_OK, "64 KiB");
	jwks_free(jwks);
	cr_expect_eq(jwks_read((struct text){document, JWKS_SIZE_MAX + 1}, &jwks), JWKS_TOO_LARGE, "a byte more");
	cr_expect_null(jwks, "nothing is left");
}

Test(jwks, a_set_without_keys)
{
	struct jwks *jwks = read_good("{\"keys\":[],\"more\":1}");
	cr_expect_eq(jwks->count, 0, "none");
	cr_expect_null(jwks_find(jwks, TOKEN_ES256, TEXT("ec")), "none");
	jwks_free(jwks);
}

/* RFC 7517, section 5: what is not understood is left out, and the rest counts. */
Test(jwks, one_bad_key_does_not_spoil_the_others)
{
	struct jwks *jwks = read_good("{\"keys\":[1," EC_JWK ",{\"kty\":\"oct\",\"k\":\"AAAA\"}," ED_JWK ",{}]}");
	cr_expect_eq(jwks->count, 2, "two are good");
	cr_assert_eq(jwks->refusal_count, 3, "three are not");
	cr_expect_eq(jwks->refusals[0].position, 1, "first");
	cr_expect_eq(jwks->refusals[0].fault, JWK_NO_OBJECT, "first");
	cr_expect_eq(jwks->refusals[1].position, 3, "third");
	cr_expect_eq(jwks->refusals[1].fault, JWK_SECRET, "third");
	cr_expect(jwks_refused(jwks, JWK_SECRET), "told");
	cr_expect_not(jwks_refused(jwks, JWK_POINT), "not told");
	jwks_free(jwks);
}

Test(jwks, the_first_of_two_with_one_id)
{
	struct jwks *jwks = read_good("{\"keys\":[" EC_JWK "," EC_JWK ",{\"kty\":\"OKP\",\"crv\":\"Ed25519\","
				      "\"kid\":\"ec\",\"x\":\"" ED_X "\"}]}");
	cr_expect_eq(jwks->count, 2, "another algorithm may share the id");
	cr_expect(jwks_refused(jwks, JWK_DUPLICATE), "the same algorithm may not");
	jwks_free(jwks);
}

Test(jwks, what_is_no_object)
{
	static const char *const bad[] = {"1", "null", "\"x\"", "[]", "true"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		expect_jwk(bad[i], JWK_NO_OBJECT);
}

Test(jwks, private_and_symmetric_keys)
{
	static const char *const names[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		expect_ec(arena_format(arena, "\"kty\":\"EC\",\"crv\":\"P-256\",\"%s\":\"AA\"", names[i]), JWK_SECRET);
		expect_ec(arena_format(arena, "\"kty\":\"EC\",\"crv\":\"P-256\",\"%s\":null", names[i]), JWK_SECRET);
		expect_ec(arena_format(arena, "\"kty\":\"new\",\"%s\":\"AA\"", names[i]), JWK_SECRET);
	}
	expect_jwk("{\"kty\":\"oct\"}", JWK_SECRET);
	expect_jwk("{\"kty\":\"oct\",\"kid\":\"x\",\"alg\":\"HS256\",\"k\":\"AAAA\"}", JWK_SECRET);
}

Test(jwks, types)
{
	static const char *const bad[] = {
	    "\"crv\":\"P-256\"",
	    "\"kty\":\"ec\",\"crv\":\"P-256\"",
	    "\"kty\":1,\"crv\":\"P-256\"",
	    "\"kty\":null,\"crv\":\"P-256\"",
	    "\"kty\":\"EC\"",
	    "\"kty\":\"EC\",\"crv\":\"p-256\"",
	    "\"kty\":\"EC\",\"crv\":\"P-384\"",
	    "\"kty\":\"EC\",\"crv\":\"secp256k1\"",
	    "\"kty\":\"EC\",\"crv\":\"Ed25519\"",
	    "\"kty\":\"EC\",\"crv\":[\"P-256\"]",
	    "\"kty\":\"OKP\",\"crv\":\"P-256\"",
	    "\"kty\":\"OKP\",\"crv\":\"X25519\"",
	    "\"kty\":\"OKP\",\"crv\":\"Ed448\"",
	    "\"kty\":\"OKP\"",
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		expect_ec(bad[i], JWK_TYPE);
	expect_ec("\"kty\":\"EC\",\"crv\":\"P-256\"", JWK_OK);
}

Test(jwks, uses)
{
	static const char *const good[] = {"\"use\":\"sig\"", "\"key_ops\":[\"verify\"]",
					   "\"use\":\"sig\",\"key_ops\":[\"x\",\"verify\"],\"ext\":true"};
	static const char *const bad[] = {"\"use\":\"enc\"",
					  "\"use\":null",
					  "\"use\":\"\"",
					  "\"use\":[\"sig\"]",
					  "\"key_ops\":\"verify\"",
					  "\"key_ops\":[]",
					  "\"key_ops\":[\"sign\"]",
					  "\"key_ops\":null",
					  "\"key_ops\":[[\"verify\"]]",
					  "\"use\":\"enc\",\"key_ops\":[\"verify\"]"};
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		expect_ec(arena_format(arena, "\"kty\":\"EC\",\"crv\":\"P-256\",%s", good[i]), JWK_OK);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		expect_ec(arena_format(arena, "\"kty\":\"EC\",\"crv\":\"P-256\",%s", bad[i]), JWK_USE);
}

Test(jwks, algorithms)
{
	static const char *const bad[] = {"\"ES384\"", "\"HS256\"", "\"RS256\"", "\"es256\"", "\"\"", "null", "1"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		expect_ec(arena_format(arena, "\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":%s", bad[i]), JWK_ALGORITHM);
	expect_jwk("{\"kty\":\"RSA\",\"kid\":\"x\",\"alg\":\"PS256\",\"n\":\"" RSA_N "\",\"e\":\"AQAB\"}",
		   JWK_ALGORITHM);
	expect_jwk("{\"kty\":\"RSA\",\"kid\":\"x\",\"alg\":\"HS256\",\"n\":\"" RSA_N "\",\"e\":\"AQAB\"}",
		   JWK_ALGORITHM);
	expect_jwk("{\"kty\":\"RSA\",\"kid\":\"x\",\"alg\":\"RS256\",\"n\":\"" RSA_N "\",\"e\":\"AQAB\"}", JWK_OK);
	expect_jwk("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"x\",\"alg\":\"EdDSA\",\"x\":\"" ED_X "\"}", JWK_OK);
}

Test(jwks, ids)
{
	static const char *const bad[] = {"", "\"kid\":\"\",", "\"kid\":null,", "\"kid\":1,", "\"kid\":[\"x\"],"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		expect_jwk(arena_format(arena, "{%s\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" ED_X "\"}", bad[i]),
			   JWK_ID);
	expect_jwk("{\"kid\":\" \",\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" ED_X "\"}", JWK_OK);
}

Test(jwks, points_of_p256)
{
	static const char zeros[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
	static const char beyond[] = "__________________________________________8"; /* more than the field's prime */
	static const struct {
		const char *x;
		const char *y;
		enum jwk_fault fault;
	} cases[] = {
	    {EC_X, EC_Y, JWK_OK},
	    {EC_X, EC_X, JWK_POINT},
	    {EC_Y, EC_X, JWK_POINT},
	    {EC_X, "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a4", JWK_POINT},
	    {zeros, zeros, JWK_POINT},
	    {EC_X, zeros, JWK_POINT},
	    {beyond, EC_Y, JWK_POINT},
	    {EC_X, beyond, JWK_POINT},
	    {"", EC_Y, JWK_PARAMETER},
	    {EC_X, "", JWK_PARAMETER},
	    {EC_X "=", EC_Y, JWK_PARAMETER},
	    {EC_X "A", EC_Y, JWK_PARAMETER},
	    {"AA" EC_X, EC_Y, JWK_PARAMETER},
	    {EC_X, "_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0", JWK_PARAMETER},
	    {"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEV", EC_Y, JWK_PARAMETER}, /* bits behind the end */
	    {"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVE+", EC_Y, JWK_PARAMETER},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		expect_jwk(arena_format(arena,
					"{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"k\",\"x\":\"%s\",\"y\":\"%s\"}",
					cases[i].x, cases[i].y),
			   cases[i].fault);
	expect_jwk("{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"k\",\"x\":\"" EC_X "\"}", JWK_PARAMETER);
	expect_jwk("{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"k\",\"x\":1,\"y\":\"" EC_Y "\"}", JWK_PARAMETER);
}

Test(jwks, keys_of_ed25519)
{
	static const char *const bad[] = {"", "AA", ED_X "=", ED_X "AA", "\xc3\xbc"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		expect_jwk(
		    arena_format(arena, "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"k\",\"x\":\"%s\"}", bad[i]),
		    JWK_PARAMETER);
	expect_jwk(ED_JWK, JWK_OK);
}

/* With such a key R = A and S = 0 are a signature of every eighth message, at least. */
Test(jwks, points_of_small_order)
{
	static const char *const points[] = {
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIA",
	    "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIA",
	    "JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_AU", "JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_IU",
	    "xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA3o", "xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA_o",
	    "7P_______________________________________38", "7P________________________________________8",
	    "7f_______________________________________38", "7v_______________________________________38",
	};
	for (size_t i = 0; i < sizeof(points) / sizeof(*points); i++)
		expect_jwk(
		    arena_format(arena, "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"k\",\"x\":\"%s\"}", points[i]),
		    JWK_WEAK);
}

/* A modulus of so many bits: its first bit and, unless it is to be even, its last one are set. */
static const char *modulus(size_t bits, bool is_even)
{
	size_t size = (bits + 7) / 8;
	char *bytes = arena_alloc(arena, size);
	bytes[0] = (char)(1 << (bits - 1) % 8);
	bytes[size - 1] = (char)(bytes[size - 1] | !is_even);
	return base64url_encode(arena, (struct text){bytes, size}).data;
}

static void expect_rsa(const char *n, const char *e, enum jwk_fault expected)
{
	expect_jwk(arena_format(arena, "{\"kty\":\"RSA\",\"kid\":\"k\",\"n\":\"%s\",\"e\":\"%s\"}", n, e), expected);
}

Test(jwks, moduli)
{
	expect_rsa(RSA_N, "AQAB", JWK_OK);
	expect_rsa(modulus(2048, false), "AQAB", JWK_OK);
	expect_rsa(modulus(3072, false), "AQAB", JWK_OK);
	expect_rsa(modulus(8192, false), "AQAB", JWK_OK);
	expect_rsa(modulus(2047, false), "AQAB", JWK_WEAK);
	expect_rsa(modulus(1024, false), "AQAB", JWK_WEAK);
	expect_rsa(modulus(2048, true), "AQAB", JWK_WEAK);
	expect_rsa("AQ", "AQAB", JWK_WEAK);
	expect_rsa(modulus(8193, false), "AQAB", JWK_PARAMETER);
	expect_rsa("", "AQAB", JWK_PARAMETER);
	expect_rsa("AKH4" RSA_N, "AQAB", JWK_PARAMETER); /* a zero in front */
	expect_jwk("{\"kty\":\"RSA\",\"kid\":\"k\",\"e\":\"AQAB\"}", JWK_PARAMETER);
}

Test(jwks, exponents)
{
	static const struct {
		const char *e;
		enum jwk_fault fault;
	} cases[] = {
	    {"AQAB", JWK_OK},          {"_____w", JWK_OK},         {"AQ", JWK_WEAK},         {"Aw", JWK_WEAK},
	    {"__8", JWK_WEAK},         {"AQAC", JWK_WEAK},         {"", JWK_PARAMETER},      {"AA", JWK_PARAMETER},
	    {"AAEAAQ", JWK_PARAMETER}, {"AQAAAAE", JWK_PARAMETER}, {"AQAB=", JWK_PARAMETER},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		expect_rsa(RSA_N, cases[i].e, cases[i].fault);
	expect_jwk("{\"kty\":\"RSA\",\"kid\":\"k\",\"n\":\"" RSA_N "\",\"e\":65537}", JWK_PARAMETER);
}

/* A document may hold thousands of things; the log gets the first few. */
Test(jwks, refusals_in_the_log)
{
	char text[8192];
	int ends[2];
	struct jwks *jwks = read_good("{\"keys\":[0,1,2,3,4,5,6,7,8,9,10]}");
	int standard_error = dup(STDERR_FILENO);
	cr_assert_eq(pipe(ends), 0, "a pipe");
	cr_assert_geq(dup2(ends[1], STDERR_FILENO), 0, "the log");
	jwks_log_refusals(jwks, "the document");
	cr_assert_geq(dup2(standard_error, STDERR_FILENO), 0, "as before");
	ssize_t length = read(ends[0], text, sizeof(text) - 1);
	cr_assert_gt(length, 0, "lines");
	text[length] = '\0';
	cr_expect_not_null(strstr(text, "the document: key 1 is left out: it is no JSON object"), "%s", text);
	cr_expect_not_null(strstr(text, "key 8 is left out"), "%s", text);
	cr_expect_null(strstr(text, "key 9 "), "%s", text);
	cr_expect_not_null(strstr(text, "the document: 3 more keys are left out"), "%s", text);
	jwks_free(jwks);
}

Test(jwks, every_fault_has_a_message)
{
	for (enum jwk_fault fault = 0; fault <= JWK_FAULT__MAX; fault++)
		cr_expect_not_null(jwk_fault_message(fault), "JWK fault %d", fault);
	for (enum jwks_fault fault = 0; fault <= JWKS_MEMORY; fault++)
		cr_expect_not_null(jwks_fault_message(fault), "JWKS fault %d", fault);
}
