/* Tokens made by hand, for the tests of their verification: a signature over any header and any payload. */
#ifndef EVENTFLOW_TEST_TOKEN_SAMPLE_H
#define EVENTFLOW_TEST_TOKEN_SAMPLE_H

#include <criterion/criterion.h>
#include <gnutls/crypto.h>

#include "auth/token.h"
#include "core/encoding.h"
#include "key_sample.h"

#define NOW INT64_C(1800000000)
#define SUBJECT "0d5c4a1e-9f3b-4c2d-8e7f-0123456789ab"
#define HEADER "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"
#define COMMON "\"iss\":\"issuer\",\"aud\":\"authenticated\",\"role\":\"authenticated\",\"sub\":\"" SUBJECT "\""
#define CLAIMS "{" COMMON ",\"exp\":1800003600}"

/* Any bytes may be a secret. */
static const char SECRET[] = "\x01\xff\x00 0123456789 \"secret\" \xc3\x28 0123456789";
static struct config config;
static struct keys *keys; /* of all kinds */
static struct arena *arena;

static void set_up(void)
{
	static char issuer[] = "issuer";
	static char audience[] = "authenticated";
	char message[CONFIG_MESSAGE_MAX];
	config.jwt_secret = (struct text){SECRET, sizeof(SECRET) - 1};
	config.jwt_issuer = issuer;
	config.jwt_audience = audience;
	arena = arena_new(64 * 1024 * 1024);
	cr_assert_not_null(arena, "an arena");
	config.jwks_file = memory_file(arena, JWKS);
	keys = keys_new(&config, message);
	cr_assert_not_null(keys, "%s", message);
}

static void tear_down(void)
{
	keys_free(keys);
	arena_free(arena);
}

static struct text sign_with(struct text secret, gnutls_mac_algorithm_t mac, struct text header, struct text payload)
{
	struct text head = base64url_encode(arena, header);
	struct text body = base64url_encode(arena, payload);
	struct text both = text_from_string(arena_format(arena, "%s.%s", head.data, body.data));
	char bytes[64];
	cr_assert_eq(gnutls_hmac_fast(mac, secret.data, secret.length, both.data, both.length, bytes), 0, "hmac");
	struct text signature = base64url_encode(arena, (struct text){bytes, gnutls_hmac_get_len(mac)});
	return text_from_string(arena_format(arena, "%s.%s", both.data, signature.data));
}

static struct text sign(struct text header, struct text payload)
{
	return sign_with(config.jwt_secret, GNUTLS_MAC_SHA256, header, payload);
}

static enum token_fault verify(struct text token)
{
	struct token_claims claims;
	return token_verify(&config, keys, arena, token, NOW, &claims);
}

#endif
