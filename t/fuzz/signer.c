#include "signer.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <string.h>

#include "core/encoding.h"
#include "fuzz.h"

enum { RSA_BITS = 2048, HALF_SIZE = 32 /* of r and s in a signature of ES256 */ };

static gnutls_privkey_t private_keys[TOKEN_ALGORITHM__MAX];

static void make(enum token_algorithm algorithm, gnutls_pk_algorithm_t kind, unsigned int bits)
{
	HOLDS(gnutls_privkey_init(&private_keys[algorithm]) == 0 &&
		  gnutls_privkey_generate(private_keys[algorithm], kind, bits, 0) == 0,
	      "a key is made");
}

void signer_set_up(void)
{
	make(TOKEN_ES256, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1));
	make(TOKEN_RS256, GNUTLS_PK_RSA, RSA_BITS);
	make(TOKEN_EDDSA, GNUTLS_PK_EDDSA_ED25519, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_ED25519));
}

/* A number may have a zero byte in front, or too few bytes. */
static const char *encode(struct arena *arena, gnutls_datum_t number, size_t size)
{
	unsigned char bytes[RSA_BITS / 8] = {0};
	while (number.size > 0 && *number.data == 0) {
		number.data++;
		number.size--;
	}
	size = size > number.size ? size : number.size;
	HOLDS(size <= sizeof(bytes), "a number fits");
	memcpy(bytes + size - number.size, number.data, number.size);
	struct text encoded = base64url_encode(arena, (struct text){(char *)bytes, size});
	HOLDS(encoded.data, "there is memory");
	return encoded.data;
}

static const char *format_rsa(struct arena *arena, gnutls_pubkey_t key)
{
	gnutls_datum_t modulus;
	gnutls_datum_t exponent;
	HOLDS(gnutls_pubkey_export_rsa_raw(key, &modulus, &exponent) == 0, "an RSA key is exported");
	const char *jwk = arena_format(arena, "{\"kty\":\"RSA\",\"kid\":\"RS256\",\"n\":\"%s\",\"e\":\"%s\"}",
				       encode(arena, modulus, 0), encode(arena, exponent, 0));
	gnutls_free(modulus.data);
	gnutls_free(exponent.data);
	return jwk;
}

static const char *format_point(struct arena *arena, gnutls_pubkey_t key, enum token_algorithm algorithm)
{
	gnutls_ecc_curve_t curve;
	gnutls_datum_t x;
	gnutls_datum_t y = {0};
	HOLDS(gnutls_pubkey_export_ecc_raw2(key, &curve, &x, &y, 0) == 0, "a point is exported");
	const char *jwk;
	if (algorithm == TOKEN_ES256) {
		jwk = arena_format(arena,
				   "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"ES256\",\"x\":\"%s\",\"y\":\"%s\"}",
				   encode(arena, x, HALF_SIZE), encode(arena, y, HALF_SIZE));
	} else {
		struct text encoded = base64url_encode(arena, (struct text){(char *)x.data, x.size});
		jwk = arena_format(arena, "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"EdDSA\",\"x\":\"%s\"}",
				   encoded.data);
	}
	gnutls_free(x.data);
	gnutls_free(y.data);
	return jwk;
}

static const char *format_key(struct arena *arena, enum token_algorithm algorithm)
{
	gnutls_pubkey_t key;
	HOLDS(gnutls_pubkey_init(&key) == 0 &&
		  gnutls_pubkey_import_privkey(key, private_keys[algorithm], GNUTLS_KEY_DIGITAL_SIGNATURE, 0) == 0,
	      "a key has a public half");
	const char *jwk = algorithm == TOKEN_RS256 ? format_rsa(arena, key) : format_point(arena, key, algorithm);
	gnutls_pubkey_deinit(key);
	HOLDS(jwk, "there is memory");
	return jwk;
}

struct text signer_document(struct arena *arena)
{
	return text_from_string(arena_format(arena, "{\"keys\":[%s,%s,%s]}", format_key(arena, TOKEN_ES256),
					     format_key(arena, TOKEN_RS256), format_key(arena, TOKEN_EDDSA)));
}

static struct text sign_with_secret(struct arena *arena, struct text message)
{
	uint8_t mac[32];
	HOLDS(gnutls_hmac_fast(GNUTLS_MAC_SHA256, SIGNER_SECRET, strlen(SIGNER_SECRET), message.data, message.length,
			       mac) == 0,
	      "HMAC works");
	return base64url_encode(arena, (struct text){(char *)mac, sizeof(mac)});
}

/* r and s side by side, each of 32 bytes (RFC 7518, section 3.4). */
static struct text join_halves(struct arena *arena, const gnutls_datum_t *der)
{
	gnutls_datum_t halves[2];
	unsigned char bytes[2 * HALF_SIZE] = {0};
	HOLDS(gnutls_decode_rs_value(der, &halves[0], &halves[1]) == 0, "the signature has two halves");
	for (size_t i = 0; i < 2; i++) {
		size_t skipped = halves[i].size > HALF_SIZE ? halves[i].size - HALF_SIZE : 0;
		size_t size = halves[i].size - skipped;
		memcpy(bytes + (i + 1) * HALF_SIZE - size, halves[i].data + skipped, size);
		gnutls_free(halves[i].data);
	}
	return base64url_encode(arena, (struct text){(char *)bytes, sizeof(bytes)});
}

struct text signer_sign(struct arena *arena, enum token_algorithm algorithm, struct text message)
{
	static const gnutls_sign_algorithm_t kinds[TOKEN_ALGORITHM__MAX] = {
	    [TOKEN_ES256] = GNUTLS_SIGN_ECDSA_SHA256,
	    [TOKEN_RS256] = GNUTLS_SIGN_RSA_SHA256,
	    [TOKEN_EDDSA] = GNUTLS_SIGN_EDDSA_ED25519,
	};
	gnutls_datum_t data = {(unsigned char *)(uintptr_t)message.data, (unsigned int)message.length};
	gnutls_datum_t signature;
	if (algorithm == TOKEN_HS256)
		return sign_with_secret(arena, message);
	HOLDS(gnutls_privkey_sign_data2(private_keys[algorithm], kinds[algorithm], 0, &data, &signature) == 0,
	      "a key signs");
	struct text encoded = algorithm == TOKEN_ES256
				  ? join_halves(arena, &signature)
				  : base64url_encode(arena, (struct text){(char *)signature.data, signature.size});
	gnutls_free(signature.data);
	return encoded;
}
