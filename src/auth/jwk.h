/* One JSON Web Key (RFC 7517; RFC 7518, section 6; RFC 8037, section 2), read into a key that verifies tokens. */
#ifndef EVENTFLOW_AUTH_JWK_H
#define EVENTFLOW_AUTH_JWK_H

#include <json-c/json.h>

#include "auth/key.h"

enum {
	JWK_RSA_BITS_MIN = 2048,
	JWK_RSA_BITS_MAX = 8192, /* the time of a verification grows with the square of it */
};

/* Why a JWK is of no use here. */
enum jwk_fault {
	JWK_OK,
	JWK_NO_OBJECT,
	JWK_SECRET,    /* a symmetric key, or one with private parts: it has no business in a set of public keys */
	JWK_TYPE,      /* a `kty` or `crv` that is not known here */
	JWK_USE,       /* `use` or `key_ops` say that it is for something else than verifying */
	JWK_ALGORITHM, /* `alg` is another than the one of its type */
	JWK_ID,        /* no `kid` to find it by */
	JWK_PARAMETER, /* a parameter is missing, is no base64url, or is of a wrong size */
	JWK_WEAK,      /* an RSA modulus or exponent that is too small, or even; a point of small order */
	JWK_POINT,     /* not a point of its curve */
	JWK_DUPLICATE, /* `kid` and algorithm are those of a key before it */
	JWK_MEMORY,
	JWK_FAULT__MAX,
};

/* For JWK_OK *key is the caller's (key_release); after a fault it is NULL. */
enum jwk_fault jwk_read(struct json_object *jwk, struct key **key);

/* What a fault means, as the end of a sentence: "its kty or crv is not known here". */
const char *jwk_fault_message(enum jwk_fault fault);

#endif
