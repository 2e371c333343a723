/* Verification of Supabase access tokens: JWT (RFC 7519) as JWS compact serialization (RFC 7515). */
#ifndef EVENTFLOW_AUTH_TOKEN_H
#define EVENTFLOW_AUTH_TOKEN_H

#include <stdint.h>

#include "auth/keys.h"
#include "core/arena.h"
#include "core/error.h"
#include "core/uuid.h"

enum {
	TOKEN_LENGTH_MAX = 8192,
	TOKEN_DEPTH_MAX = 8, /* of the JSON in its header and its claims */
	TOKEN_LEEWAY = 30,   /* seconds */
};

/* Why a token is refused; the client only learns what token_fault_error says. */
enum token_fault {
	TOKEN_OK,
	TOKEN_TOO_LONG,
	TOKEN_MALFORMED,
	TOKEN_HEADER,
	TOKEN_ALGORITHM,
	TOKEN_NO_KEY_ID,
	TOKEN_NO_KEY,
	TOKEN_NO_KEYS_YET,
	TOKEN_SIGNATURE,
	TOKEN_CLAIMS,
	TOKEN_EXPIRED,
	TOKEN_NOT_YET_VALID,
	TOKEN_ISSUER,
	TOKEN_AUDIENCE,
	TOKEN_ROLE,
	TOKEN_SUBJECT,
	TOKEN_ANONYMOUS,
	TOKEN_OAUTH_CLIENT,
	TOKEN_MEMORY,
	TOKEN_FAULT__MAX,
};

struct token_claims {
	struct uuid subject;
	int64_t expires_at; /* seconds since the epoch */
};

/* now: seconds since the epoch. Claims are filled only for TOKEN_OK. */
enum token_fault token_verify(const struct config *config, struct keys *keys, struct arena *arena, struct text token,
			      int64_t now, struct token_claims *claims);

/* Every reason to refuse the token, for an operator who asks why: as token_verify, but goes on behind the first claim
 * that is refused. Returns how many. Where the signature holds, claims are filled as far as they are good; what is not
 * stays zero. */
int token_explain(const struct config *config, struct keys *keys, struct arena *arena, struct text token, int64_t now,
		  enum token_fault faults[TOKEN_FAULT__MAX], struct token_claims *claims);

/* A sentence for the operator that says what is wrong and how to mend it. */
const char *token_fault_message(enum token_fault fault);

/* ERROR_NONE for TOKEN_OK; else ERROR_INVALID_TOKEN, ERROR_TOKEN_EXPIRED, ERROR_KEYS_UNAVAILABLE or
 * ERROR_OUT_OF_MEMORY. */
enum error token_fault_error(enum token_fault fault);

#endif
