#include "served.h"

#include <gnutls/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "application.h"
#include "core/encoding.h"
#include "core/log.h"
#include "fuzz.h"

#define SECRET "a secret of the fuzz target, of more than 32 bytes"

static const char *const SETTINGS[][2] = {
    {"DATABASE_URL", "host=/nonexistent dbname=eventflow user=eventflow"},
    {"SUPABASE_JWT_SECRET", SECRET},
    {"JWT_ISSUER", "issuer"},
    {"CORS_ORIGINS", "https://app.example.com"},
    {"THREADS", "1"},
};

static struct worker *open_worker(void)
{
	static struct application application;
	char message[CONFIG_MESSAGE_MAX];
	for (size_t i = 0; i < sizeof(SETTINGS) / sizeof(*SETTINGS); i++)
		HOLDS(setenv(SETTINGS[i][0], SETTINGS[i][1], 1) == 0, "there is memory");
	HOLDS(application_open(&application, message), "%s", message);
	fuzz_silence_log(); /* the settings have their say in it too */
	struct worker *worker = worker_new(&application);
	HOLDS(worker, "there is memory");
	return worker;
}

struct worker *served_worker(void)
{
	static struct worker *worker;
	if (!worker)
		worker = open_worker();
	return worker;
}

const char *served_token(void)
{
	static char token[1024];
	if (*token)
		return token;
	struct arena *arena = fuzz_arena();
	struct text header = base64url_encode(arena, TEXT("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"));
	struct text claims =
	    base64url_encode(arena, TEXT("{\"iss\":\"issuer\",\"aud\":\"authenticated\",\"role\":\"authenticated\","
					 "\"sub\":\"0d5c4a1e-9f3b-4c2d-8e7f-0123456789ab\",\"exp\":9007199254740992}"));
	uint8_t mac[32];
	HOLDS(header.data && claims.data, "there is memory");
	size_t length = (size_t)snprintf(token, sizeof(token), "%s.%s", header.data, claims.data);
	HOLDS(gnutls_hmac_fast(GNUTLS_MAC_SHA256, SECRET, strlen(SECRET), token, length, mac) == 0, "HMAC works");
	struct text signature = base64url_encode(arena, (struct text){(char *)mac, sizeof(mac)});
	HOLDS(signature.length < sizeof(token) - length - 1, "it fits");
	snprintf(token + length, sizeof(token) - length, ".%s", signature.data);
	return token;
}
