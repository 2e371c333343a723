/* auth/key: signatures of the RFCs hold, and nothing that is near to one. */
#include <string.h>

#include "auth/jwks.h"
#include "key_sample.h"

static struct arena *arena;
static struct jwks *jwks;

static void prepare(void)
{
	arena = arena_new(64 * 1024 * 1024);
	cr_assert_eq(jwks_read(TEXT(JWKS), &jwks), JWKS_OK, "the sample keys");
	cr_assert_eq(jwks->count, 3, "all of them");
}

static void clean_up(void)
{
	jwks_free(jwks);
	arena_free(arena);
}

TestSuite(key, .init = prepare, .fini = clean_up);

#define SIGNED_CLAIMS "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"

static struct key *key_of(enum token_algorithm algorithm)
{
	return jwks_find(jwks, algorithm,
			 text_from_string(algorithm == TOKEN_ES256   ? "ec"
					  : algorithm == TOKEN_RS256 ? "rsa"
								     : "ed"));
}

static void expect_holds(const struct key *key, const char *message, const char *signature)
{
	struct text bytes = base64url_decode(arena, text_from_string(signature));
	cr_expect_eq(key_verify(key, text_from_string(message), bytes), SIGNATURE_HOLDS, "%s", message);
	const char *other = arena_format(arena, "%sx", message);
	cr_expect_eq(key_verify(key, text_from_string(other), bytes), SIGNATURE_FAILS, "another message");
}

Test(key, hs256_of_rfc_7515_a_1)
{
	struct text secret = base64url_decode(arena, TEXT("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3"
							  "Yj0iPS4hcgUuTwjAzZr1Z9CAow"));
	struct key *key = key_new_secret(secret);
	expect_holds(key, "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." SIGNED_CLAIMS,
		     "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
	cr_expect_eq(key_algorithm(key), TOKEN_HS256, "algorithm");
	cr_expect_eq(key_id(key).length, 0, "no id");
	key_release(key);
}

Test(key, rs256_of_rfc_7515_a_2)
{
	expect_holds(key_of(TOKEN_RS256), "eyJhbGciOiJSUzI1NiJ9." SIGNED_CLAIMS,
		     "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujG"
		     "bds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K"
		     "0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6"
		     "LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw");
}

Test(key, es256_of_rfc_7515_a_3)
{
	expect_holds(key_of(TOKEN_ES256), "eyJhbGciOiJFUzI1NiJ9." SIGNED_CLAIMS,
		     "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
}

Test(key, eddsa_of_rfc_8037_a_4)
{
	expect_holds(key_of(TOKEN_EDDSA), "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
		     "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
}

Test(key, every_bit_of_a_signature_counts)
{
	for (enum token_algorithm algorithm = TOKEN_ES256; algorithm < TOKEN_ALGORITHM__MAX; algorithm++) {
		struct text good = sign_public(arena, algorithm, TEXT("message"));
		char *bent = arena_copy(arena, good);
		cr_assert_eq(key_verify(key_of(algorithm), TEXT("message"), good), SIGNATURE_HOLDS, "%s",
			     token_algorithm_name(algorithm));
		for (size_t bit = 0; bit < 8 * good.length; bit++) {
			bent[bit / 8] ^= (char)(1 << bit % 8);
			cr_expect_eq(key_verify(key_of(algorithm), TEXT("message"), (struct text){bent, good.length}),
				     SIGNATURE_FAILS, "%s, bit %zu", token_algorithm_name(algorithm), bit);
			bent[bit / 8] ^= (char)(1 << bit % 8);
		}
	}
}

Test(key, signatures_of_other_sizes)
{
	for (enum token_algorithm algorithm = TOKEN_ES256; algorithm < TOKEN_ALGORITHM__MAX; algorithm++) {
		struct text good = sign_public(arena, algorithm, TEXT("message"));
		char *padded = arena_alloc(arena, good.length + 2);
		memcpy(padded + 1, good.data, good.length);
		struct text others[] = {{good.data, 0},
					{good.data, good.length - 1},
					{padded, good.length + 1}, /* a zero in front */
					{padded + 1, good.length + 1}};
		for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
			cr_expect_eq(key_verify(key_of(algorithm), TEXT("message"), others[i]), SIGNATURE_FAILS,
				     "%s, size %zu", token_algorithm_name(algorithm), others[i].length);
	}
}

/* A zero byte in front of r or s stays: about one signature of 128 has one. */
Test(key, ecdsa_with_short_numbers)
{
	int with_zero = 0;
	for (int i = 0; i < 1500; i++) {
		struct text message = text_from_string(arena_format(arena, "message %d", i));
		struct text signature = sign_public(arena, TOKEN_ES256, message);
		with_zero += signature.data[0] == 0 || signature.data[32] == 0;
		cr_expect_eq(key_verify(key_of(TOKEN_ES256), message, signature), SIGNATURE_HOLDS, "message %d", i);
	}
	cr_expect_gt(with_zero, 0, "such numbers were seen");
}

/* r and s are numbers from 1 to n - 1 (FIPS 186-5, section 6.4.2). */
Test(key, ecdsa_with_numbers_out_of_range)
{
	static const char n[] = "\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff"
				"\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51";
	static const char zero[32] = {0};
	static const char one[32] = {[31] = 1};
	char highest[32];
	memset(highest, 0xff, sizeof(highest));
	const char *const bad[] = {zero, n, highest, one};
	struct text good = sign_public(arena, TOKEN_ES256, TEXT("message"));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		for (size_t k = 0; k <= sizeof(bad) / sizeof(*bad); k++) {
			char signature[64];
			memcpy(signature, bad[i], 32);
			memcpy(signature + 32, k < 4 ? bad[k] : good.data + 32, 32);
			cr_expect_eq(key_verify(key_of(TOKEN_ES256), TEXT("message"), (struct text){signature, 64}),
				     SIGNATURE_FAILS, "r %zu, s %zu", i, k);
			memcpy(signature, good.data, 32);
			memcpy(signature + 32, bad[i], 32);
			cr_expect_eq(key_verify(key_of(TOKEN_ES256), TEXT("message"), (struct text){signature, 64}),
				     SIGNATURE_FAILS, "s %zu", i);
		}
	}
}

/* The number s plus the group's order means the same, and must not be taken for it (RFC 8032, section 5.1.7). */
Test(key, eddsa_with_a_number_out_of_range)
{
	static const unsigned char order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,       0xd6,
						0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10};
	struct text good = sign_public(arena, TOKEN_EDDSA, TEXT("message"));
	unsigned char *bent = (unsigned char *)arena_copy(arena, good);
	unsigned int carry = 0;
	for (size_t i = 0; i < 32; i++) {
		carry += (unsigned int)bent[32 + i] + order[i];
		bent[32 + i] = (unsigned char)carry;
		carry >>= 8;
	}
	cr_expect_eq(key_verify(key_of(TOKEN_EDDSA), TEXT("message"), (struct text){(char *)bent, 64}), SIGNATURE_FAILS,
		     "s + order");
}

static void expect_another_scheme(enum token_algorithm algorithm, gnutls_sign_algorithm_t scheme)
{
	static const char message[] = "message";
	gnutls_privkey_t private = private_key(arena, algorithm);
	gnutls_datum_t data = {(unsigned char *)(uintptr_t)message, sizeof(message) - 1};
	gnutls_datum_t signature;
	cr_assert_eq(gnutls_privkey_sign_data2(private, scheme, 0, &data, &signature), 0, "signed");
	struct text bytes = {(char *)signature.data, signature.size};
	cr_expect_eq(key_verify(key_of(algorithm), TEXT("message"), bytes), SIGNATURE_FAILS, "%s",
		     gnutls_sign_get_name(scheme));
	gnutls_free(signature.data);
	gnutls_privkey_deinit(private);
}

/* Sound signatures by the very key, with another padding or digest, or in DER. */
Test(key, other_schemes_of_the_same_key)
{
	static const gnutls_sign_algorithm_t rsa[] = {GNUTLS_SIGN_RSA_PSS_RSAE_SHA256, GNUTLS_SIGN_RSA_PSS_RSAE_SHA512,
						      GNUTLS_SIGN_RSA_SHA1, GNUTLS_SIGN_RSA_SHA384,
						      GNUTLS_SIGN_RSA_SHA512};
	for (size_t i = 0; i < sizeof(rsa) / sizeof(*rsa); i++)
		expect_another_scheme(TOKEN_RS256, rsa[i]);
	expect_another_scheme(TOKEN_ES256, GNUTLS_SIGN_ECDSA_SHA256);
	expect_another_scheme(TOKEN_ES256, GNUTLS_SIGN_ECDSA_SHA512);
}

Test(key, names_of_algorithms)
{
	static const char *const bad[] = {"",      "none",  "hs256", "HS256 ",  "HS25",
					  "HS384", "Es256", "EDDSA", "Ed25519", "PS256"};
	enum token_algorithm parsed;
	for (enum token_algorithm algorithm = 0; algorithm < TOKEN_ALGORITHM__MAX; algorithm++) {
		const char *name = token_algorithm_name(algorithm);
		cr_expect(token_algorithm_parse(text_from_string(name), &parsed) && parsed == algorithm, "%s", name);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		cr_expect_not(token_algorithm_parse(text_from_string(bad[i]), &parsed), "\"%s\"", bad[i]);
	cr_expect_not(token_algorithm_parse((struct text){NULL, 0}, &parsed), "absent");
}

Test(key, lives_as_long_as_it_is_held)
{
	struct key *key = key_hold(key_of(TOKEN_ES256));
	jwks_free(jwks);
	jwks = NULL;
	struct text signature = sign_public(arena, TOKEN_ES256, TEXT("message"));
	cr_expect_eq(key_verify(key, TEXT("message"), signature), SIGNATURE_HOLDS, "held");
	key_release(key);
	key_release(NULL);
}
