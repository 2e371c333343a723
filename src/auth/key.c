#include "auth/key.h"

#include <gnutls/crypto.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { HS256_SIGNATURE_SIZE = 32 };

struct key {
	enum token_algorithm algorithm;
	atomic_size_t references;
	struct text secret;         /* of HS256 */
	gnutls_pubkey_t public_key; /* of all others */
	size_t signature_size;
	struct text id;
	char id_bytes[];
};

static const char *const NAMES[TOKEN_ALGORITHM__MAX] = {
    [TOKEN_HS256] = "HS256",
    [TOKEN_ES256] = "ES256",
    [TOKEN_RS256] = "RS256",
    [TOKEN_EDDSA] = "EdDSA",
};

const char *token_algorithm_name(enum token_algorithm algorithm)
{
	return NAMES[algorithm];
}

bool token_algorithm_parse(struct text name, enum token_algorithm *algorithm)
{
	for (int i = 0; i < TOKEN_ALGORITHM__MAX; i++) {
		if (text_is(name, NAMES[i])) {
			*algorithm = (enum token_algorithm)i;
			return true;
		}
	}
	return false;
}

static struct key *key_new(enum token_algorithm algorithm, struct text id, size_t signature_size)
{
	struct key *key = calloc(1, sizeof(*key) + id.length);
	if (!key)
		return NULL;
	if (id.length > 0)
		memcpy(key->id_bytes, id.data, id.length);
	key->algorithm = algorithm;
	key->signature_size = signature_size;
	key->id = (struct text){key->id_bytes, id.length};
	atomic_init(&key->references, 1);
	return key;
}

struct key *key_new_secret(struct text secret)
{
	struct key *key = key_new(TOKEN_HS256, (struct text){NULL, 0}, HS256_SIGNATURE_SIZE);
	if (key)
		key->secret = secret;
	return key;
}

struct key *key_new_public(enum token_algorithm algorithm, struct text id, gnutls_pubkey_t public_key,
			   size_t signature_size)
{
	struct key *key = key_new(algorithm, id, signature_size);
	if (key)
		key->public_key = public_key;
	return key;
}

struct key *key_hold(struct key *key)
{
	atomic_fetch_add(&key->references, 1);
	return key;
}

void key_release(struct key *key)
{
	if (!key || atomic_fetch_sub(&key->references, 1) > 1)
		return;
	if (key->public_key)
		gnutls_pubkey_deinit(key->public_key);
	free(key);
}

enum token_algorithm key_algorithm(const struct key *key)
{
	return key->algorithm;
}

struct text key_id(const struct key *key)
{
	return key->id;
}

static gnutls_datum_t datum_of(struct text bytes)
{
	return (gnutls_datum_t){(unsigned char *)(uintptr_t)bytes.data, (unsigned int)bytes.length};
}

static enum signature_verdict verify_secret(const struct key *key, struct text message, struct text signature)
{
	char expected[HS256_SIGNATURE_SIZE];
	if (gnutls_hmac_fast(GNUTLS_MAC_SHA256, key->secret.data, key->secret.length, message.data, message.length,
			     expected) != 0)
		return SIGNATURE_MEMORY;
	bool equal = gnutls_memcmp(expected, signature.data, sizeof(expected)) == 0;
	explicit_bzero(expected, sizeof(expected));
	return equal ? SIGNATURE_HOLDS : SIGNATURE_FAILS;
}

static enum signature_verdict verify_public(const struct key *key, gnutls_sign_algorithm_t algorithm,
					    struct text message, gnutls_datum_t signature)
{
	gnutls_datum_t data = datum_of(message);
	int status = gnutls_pubkey_verify_data2(key->public_key, algorithm, 0, &data, &signature);
	if (status == GNUTLS_E_MEMORY_ERROR)
		return SIGNATURE_MEMORY;
	return status >= 0 ? SIGNATURE_HOLDS : SIGNATURE_FAILS;
}

/* JOSE writes r and s one behind the other, GnuTLS reads them in DER. */
static enum signature_verdict verify_ecdsa(const struct key *key, struct text message, struct text signature)
{
	size_t half = signature.length / 2;
	gnutls_datum_t r = datum_of((struct text){signature.data, half});
	gnutls_datum_t s = datum_of((struct text){signature.data + half, half});
	gnutls_datum_t der;
	if (gnutls_encode_rs_value(&der, &r, &s) != 0)
		return SIGNATURE_MEMORY;
	enum signature_verdict verdict = verify_public(key, GNUTLS_SIGN_ECDSA_SHA256, message, der);
	gnutls_free(der.data);
	return verdict;
}

enum signature_verdict key_verify(const struct key *key, struct text message, struct text signature)
{
	if (signature.length != key->signature_size)
		return SIGNATURE_FAILS;
	switch (key->algorithm) {
	case TOKEN_HS256:
		return verify_secret(key, message, signature);
	case TOKEN_ES256:
		return verify_ecdsa(key, message, signature);
	case TOKEN_RS256:
		return verify_public(key, GNUTLS_SIGN_RSA_SHA256, message, datum_of(signature));
	case TOKEN_EDDSA:
		return verify_public(key, GNUTLS_SIGN_EDDSA_ED25519, message, datum_of(signature));
	case TOKEN_ALGORITHM__MAX:
	default:
		return SIGNATURE_FAILS;
	}
}
