/* The example keys of the RFCs, public and private: RS256 and ES256 of RFC 7515 (appendices A.2 and A.3), EdDSA of
 * RFC 8037 (appendix A.1). Everybody knows them. */
#ifndef EVENTFLOW_TEST_KEY_SAMPLE_H
#define EVENTFLOW_TEST_KEY_SAMPLE_H

#include <criterion/criterion.h>
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "auth/key.h"
#include "core/arena.h"
#include "core/encoding.h"

#define EC_X "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define EC_Y "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
#define EC_D "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"
#define ED_X "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
#define ED_D "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
#define RSA_N                                                                                                          \
	"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZ" \
	"S-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2" \
	"R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcD" \
	"TW9gb54h4FRWyuXpoQ"
#define RSA_D                                                                                                          \
	"Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_G" \
	"O-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQl" \
	"BjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0" \
	"QU91p1DhOVRuOopznQ"
#define RSA_P                                                                                                          \
	"4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw_Py5PJdTJNPY8cQn7ouZ2" \
	"KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc"
#define RSA_Q                                                                                                          \
	"uQPEfgmVtjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6ul7TjeLQeZD_YwD66t62wDmpe_" \
	"HlB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdc"

#define EC_JWK \
	"{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"ec\",\"alg\":\"ES256\",\"x\":\"" EC_X "\",\"y\":\"" EC_Y "\"}"
#define RSA_JWK "{\"kty\":\"RSA\",\"kid\":\"rsa\",\"n\":\"" RSA_N "\",\"e\":\"AQAB\"}"
#define ED_JWK "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"ed\",\"x\":\"" ED_X "\"}"
#define JWKS "{\"keys\":[" EC_JWK "," RSA_JWK "," ED_JWK "]}"

static inline gnutls_datum_t datum(struct arena *arena, const char *encoded)
{
	struct text bytes = base64url_decode(arena, text_from_string(encoded));
	cr_assert_not_null(bytes.data, "base64url: %s", encoded);
	return (gnutls_datum_t){(unsigned char *)(uintptr_t)bytes.data, (unsigned int)bytes.length};
}

/* The private key of an algorithm; the caller's to deinit. */
static inline gnutls_privkey_t private_key(struct arena *arena, enum token_algorithm algorithm)
{
	gnutls_privkey_t key;
	int status = gnutls_privkey_init(&key);
	gnutls_datum_t x = datum(arena, algorithm == TOKEN_EDDSA ? ED_X : EC_X);
	gnutls_datum_t y = datum(arena, EC_Y);
	gnutls_datum_t d = datum(arena, algorithm == TOKEN_EDDSA ? ED_D : algorithm == TOKEN_ES256 ? EC_D : RSA_D);
	gnutls_datum_t n = datum(arena, RSA_N);
	gnutls_datum_t e = datum(arena, "AQAB");
	gnutls_datum_t p = datum(arena, RSA_P);
	gnutls_datum_t q = datum(arena, RSA_Q);
	if (status == 0 && algorithm == TOKEN_RS256)
		status = gnutls_privkey_import_rsa_raw(key, &n, &e, &d, &p, &q, NULL, NULL, NULL);
	else if (status == 0 && algorithm == TOKEN_ES256)
		status = gnutls_privkey_import_ecc_raw(key, GNUTLS_ECC_CURVE_SECP256R1, &x, &y, &d);
	else if (status == 0)
		status = gnutls_privkey_import_ecc_raw(key, GNUTLS_ECC_CURVE_ED25519, &x, NULL, &d);
	cr_assert_eq(status, 0, "private key of %s: %s", token_algorithm_name(algorithm), gnutls_strerror(status));
	return key;
}

/* Puts a number at the end of a field that is as wide as it may be. */
static inline void put_number(unsigned char *field, size_t size, gnutls_datum_t number)
{
	while (number.size > size) { /* a zero in front */
		number.data++;
		number.size--;
	}
	memset(field, 0, size);
	memcpy(field + size - number.size, number.data, number.size);
}

/* The signature of RFC 7518 over the message, in the arena. */
static inline struct text sign_public(struct arena *arena, enum token_algorithm algorithm, struct text message)
{
	static const gnutls_sign_algorithm_t signs[] = {[TOKEN_ES256] = GNUTLS_SIGN_ECDSA_SHA256,
							[TOKEN_RS256] = GNUTLS_SIGN_RSA_SHA256,
							[TOKEN_EDDSA] = GNUTLS_SIGN_EDDSA_ED25519};
	gnutls_privkey_t key = private_key(arena, algorithm);
	gnutls_datum_t data = {(unsigned char *)(uintptr_t)message.data, (unsigned int)message.length};
	gnutls_datum_t signature;
	gnutls_datum_t r;
	gnutls_datum_t s;
	cr_assert_eq(gnutls_privkey_sign_data2(key, signs[algorithm], 0, &data, &signature), 0, "signed");
	gnutls_privkey_deinit(key);
	struct text result = {arena_copy(arena, (struct text){(char *)signature.data, signature.size}), signature.size};
	if (algorithm == TOKEN_ES256) {
		unsigned char *raw = arena_alloc(arena, 64);
		cr_assert_eq(gnutls_decode_rs_value(&signature, &r, &s), 0, "r and s");
		put_number(raw, 32, r);
		put_number(raw + 32, 32, s);
		gnutls_free(r.data);
		gnutls_free(s.data);
		result = (struct text){(char *)raw, 64};
	}
	gnutls_free(signature.data);
	return result;
}

/* A file that lives in memory alone, for as long as the process; its name is in the arena. */
static inline char *memory_file(struct arena *arena, const char *content)
{
	int descriptor = memfd_create("sample", 0);
	cr_assert_geq(descriptor, 0, "a file");
	cr_assert_eq(write(descriptor, content, strlen(content)), (ssize_t)strlen(content), "its content");
	return arena_format(arena, "/proc/self/fd/%d", descriptor);
}

#endif
