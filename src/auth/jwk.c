#include "auth/jwk.h"

#include <string.h>

#include "core/encoding.h"
#include "core/json_member.h"

enum {
	P256_COORDINATE_SIZE = 32,
	P256_SIGNATURE_SIZE = 64,
	ED25519_KEY_SIZE = 32,
	ED25519_SIGNATURE_SIZE = 64,
	RSA_EXPONENT_MIN = 65537, /* FIPS 186-5, section 5.4 */
	RSA_EXPONENT_SIZE_MAX = 4,
	RSA_MODULUS_SIZE_MAX = JWK_RSA_BITS_MAX / 8,
};

/* A kind of key, and how its parameters become a public key. */
struct kind {
	const char *type;
	const char *curve; /* NULL: it has none */
	enum token_algorithm algorithm;
	enum jwk_fault (*import)(struct json_object *jwk, gnutls_pubkey_t public_key, size_t *signature_size);
};

/* The bytes of one parameter. */
struct parameter {
	unsigned char bytes[RSA_MODULUS_SIZE_MAX];
	size_t size;
};

/* Members that only a private or a symmetric key has (RFC 7518, sections 6.2.2, 6.3.2 and 6.4.1). */
static const char *const SECRET_MEMBERS[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};

static bool is_secret(struct json_object *jwk)
{
	for (size_t i = 0; i < sizeof(SECRET_MEMBERS) / sizeof(*SECRET_MEMBERS); i++) {
		if (json_has_member(jwk, SECRET_MEMBERS[i]))
			return true;
	}
	return text_is(json_string_member(jwk, "kty"), "oct");
}

/* False if the member is missing, is no base64url, or is larger than size_max bytes. */
static bool read_parameter(struct json_object *jwk, const char *name, size_t size_max, struct parameter *parameter)
{
	struct text encoded = json_string_member(jwk, name);
	return encoded.length <= (size_max * 4 + 2) / 3 &&
	       base64url_decode_into((char *)parameter->bytes, &parameter->size, encoded);
}

static bool read_parameter_of_size(struct json_object *jwk, const char *name, size_t size, struct parameter *parameter)
{
	return read_parameter(jwk, name, size, parameter) && parameter->size == size;
}

/* A number has no zero byte in front (RFC 7518, section 2). */
static bool read_number(struct json_object *jwk, const char *name, size_t size_max, struct parameter *parameter)
{
	return read_parameter(jwk, name, size_max, parameter) && parameter->size > 0 && parameter->bytes[0] != 0;
}

static gnutls_datum_t datum_of(struct parameter *parameter)
{
	return (gnutls_datum_t){parameter->bytes, (unsigned int)parameter->size};
}

/* What a status of GnuTLS means, where it is neither good nor a shortage of memory. */
static enum jwk_fault fault_of(int status, enum jwk_fault other)
{
	if (status == GNUTLS_E_MEMORY_ERROR)
		return JWK_MEMORY;
	return status < 0 ? other : JWK_OK;
}

static enum jwk_fault import_p256(struct json_object *jwk, gnutls_pubkey_t public_key, size_t *signature_size)
{
	struct parameter x;
	struct parameter y;
	if (!read_parameter_of_size(jwk, "x", P256_COORDINATE_SIZE, &x) ||
	    !read_parameter_of_size(jwk, "y", P256_COORDINATE_SIZE, &y))
		return JWK_PARAMETER;
	*signature_size = P256_SIGNATURE_SIZE;
	gnutls_datum_t x_datum = datum_of(&x);
	gnutls_datum_t y_datum = datum_of(&y);
	int status = gnutls_pubkey_import_ecc_raw(public_key, GNUTLS_ECC_CURVE_SECP256R1, &x_datum, &y_datum);
	return fault_of(status < 0 ? status : gnutls_pubkey_verify_params(public_key), JWK_POINT);
}

/* The y of Ed25519's points of small order, in all their spellings, without the sign of x: whoever signs with such a
 * key needs no private part. GnuTLS takes them. */
static bool is_of_small_order(const struct parameter *point)
{
	static const char *const orders[] = {
	    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
	    "\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
	    "\x26\xe8\x95\x8f\xc2\xb2\x27\xb0\x45\xc3\xf4\x89\xf2\xef\x98\xf0"
	    "\xd5\xdf\xac\x05\xd3\xc6\x33\x39\xb1\x38\x02\x88\x6d\x53\xfc\x05",
	    "\xc7\x17\x6a\x70\x3d\x4d\xd8\x4f\xba\x3c\x0b\x76\x0d\x10\x67\x0f"
	    "\x2a\x20\x53\xfa\x2c\x39\xcc\xc6\x4e\xc7\xfd\x77\x92\xac\x03\x7a",
	    "\xec\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
	    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
	    "\xed\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
	    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
	    "\xee\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
	    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
	};
	unsigned char y[ED25519_KEY_SIZE];
	memcpy(y, point->bytes, sizeof(y));
	y[sizeof(y) - 1] &= 0x7f;
	for (size_t i = 0; i < sizeof(orders) / sizeof(*orders); i++) {
		if (memcmp(y, orders[i], sizeof(y)) == 0)
			return true;
	}
	return false;
}

static enum jwk_fault import_ed25519(struct json_object *jwk, gnutls_pubkey_t public_key, size_t *signature_size)
{
	struct parameter x;
	if (!read_parameter_of_size(jwk, "x", ED25519_KEY_SIZE, &x))
		return JWK_PARAMETER;
	if (is_of_small_order(&x))
		return JWK_WEAK;
	*signature_size = ED25519_SIGNATURE_SIZE;
	gnutls_datum_t datum = datum_of(&x);
	return fault_of(gnutls_pubkey_import_ecc_raw(public_key, GNUTLS_ECC_CURVE_ED25519, &datum, NULL), JWK_POINT);
}

static size_t count_bits(const struct parameter *number)
{
	size_t bits = 8 * (number->size - 1);
	for (unsigned int first = number->bytes[0]; first > 0; first >>= 1)
		bits++;
	return bits;
}

static bool is_sound_modulus(const struct parameter *modulus)
{
	return count_bits(modulus) >= JWK_RSA_BITS_MIN && modulus->bytes[modulus->size - 1] % 2 == 1;
}

/* With an exponent of 1 everything would be its own signature. */
static bool is_sound_exponent(const struct parameter *exponent)
{
	uint32_t value = 0;
	for (size_t i = 0; i < exponent->size; i++)
		value = value << 8 | exponent->bytes[i];
	return value >= RSA_EXPONENT_MIN && value % 2 == 1;
}

static enum jwk_fault import_rsa(struct json_object *jwk, gnutls_pubkey_t public_key, size_t *signature_size)
{
	struct parameter modulus;
	struct parameter exponent;
	if (!read_number(jwk, "n", RSA_MODULUS_SIZE_MAX, &modulus) ||
	    !read_number(jwk, "e", RSA_EXPONENT_SIZE_MAX, &exponent))
		return JWK_PARAMETER;
	if (!is_sound_modulus(&modulus) || !is_sound_exponent(&exponent))
		return JWK_WEAK;
	*signature_size = modulus.size;
	gnutls_datum_t modulus_datum = datum_of(&modulus);
	gnutls_datum_t exponent_datum = datum_of(&exponent);
	return fault_of(gnutls_pubkey_import_rsa_raw(public_key, &modulus_datum, &exponent_datum), JWK_PARAMETER);
}

static const struct kind KINDS[] = {
    {"EC", "P-256", TOKEN_ES256, import_p256},
    {"RSA", NULL, TOKEN_RS256, import_rsa},
    {"OKP", "Ed25519", TOKEN_EDDSA, import_ed25519},
};

static const struct kind *find_kind(struct json_object *jwk)
{
	struct text type = json_string_member(jwk, "kty");
	struct text curve = json_string_member(jwk, "crv");
	for (size_t i = 0; i < sizeof(KINDS) / sizeof(*KINDS); i++) {
		if (text_is(type, KINDS[i].type) && (!KINDS[i].curve || text_is(curve, KINDS[i].curve)))
			return &KINDS[i];
	}
	return NULL;
}

/* Absent, or this very string. */
static bool may_be(struct json_object *jwk, const char *name, const char *value)
{
	return !json_has_member(jwk, name) || text_is(json_string_member(jwk, name), value);
}

static bool is_for_verifying(struct json_object *jwk)
{
	struct json_object *operations;
	if (!may_be(jwk, "use", "sig"))
		return false;
	if (!json_object_object_get_ex(jwk, "key_ops", &operations))
		return true;
	if (!json_object_is_type(operations, json_type_array))
		return false;
	for (size_t i = 0; i < json_object_array_length(operations); i++) {
		if (text_is(json_string_of(json_object_array_get_idx(operations, i)), "verify"))
			return true;
	}
	return false;
}

/* What can be told without the parameters. */
static enum jwk_fault check(struct json_object *jwk, const struct kind **kind)
{
	if (!json_object_is_type(jwk, json_type_object))
		return JWK_NO_OBJECT;
	if (is_secret(jwk))
		return JWK_SECRET;
	*kind = find_kind(jwk);
	if (!*kind)
		return JWK_TYPE;
	if (!is_for_verifying(jwk))
		return JWK_USE;
	if (!may_be(jwk, "alg", token_algorithm_name((*kind)->algorithm)))
		return JWK_ALGORITHM;
	return json_string_member(jwk, "kid").length > 0 ? JWK_OK : JWK_ID;
}

enum jwk_fault jwk_read(struct json_object *jwk, struct key **key)
{
	const struct kind *kind;
	gnutls_pubkey_t public_key = NULL;
	size_t signature_size;
	*key = NULL;
	enum jwk_fault fault = check(jwk, &kind);
	if (fault != JWK_OK)
		return fault;
	if (gnutls_pubkey_init(&public_key) < 0)
		return JWK_MEMORY;
	fault = kind->import(jwk, public_key, &signature_size);
	if (fault == JWK_OK) {
		*key = key_new_public(kind->algorithm, json_string_member(jwk, "kid"), public_key, signature_size);
		fault = *key ? JWK_OK : JWK_MEMORY;
	}
	if (fault != JWK_OK)
		gnutls_pubkey_deinit(public_key);
	return fault;
}

const char *jwk_fault_message(enum jwk_fault fault)
{
	static const char *const messages[JWK_FAULT__MAX] = {
	    [JWK_OK] = "it is good",
	    [JWK_NO_OBJECT] = "it is no JSON object",
	    [JWK_SECRET] = "it is a private or symmetric key",
	    [JWK_TYPE] = "its kty or crv is none of EC with P-256, RSA, and OKP with Ed25519",
	    [JWK_USE] = "its use or key_ops is not for verifying signatures",
	    [JWK_ALGORITHM] = "its alg is not the one of its kty: ES256, RS256 or EdDSA",
	    [JWK_ID] = "it has no kid",
	    [JWK_PARAMETER] = "one of its parameters is missing, is no base64url, or has a wrong size",
	    [JWK_WEAK] = "its RSA modulus or exponent is too small or even, or its point is of small order",
	    [JWK_POINT] = "it is not a point of its curve",
	    [JWK_DUPLICATE] = "its kid is that of a key before it",
	    [JWK_MEMORY] = "memory is short",
	};
	return fault < JWK_FAULT__MAX ? messages[fault] : messages[JWK_NO_OBJECT];
}
