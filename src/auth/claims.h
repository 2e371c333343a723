/* The claims of a token whose signature holds: what each must be for the token to be accepted. */
#ifndef EVENTFLOW_AUTH_CLAIMS_H
#define EVENTFLOW_AUTH_CLAIMS_H

#include <json-c/json.h>

#include "auth/token.h"

/* Judges each claim, and fills the result as far as they are good. Returns the number of faults. */
int claims_judge(const struct config *config, struct json_object *claims, int64_t now,
		 enum token_fault faults[TOKEN_FAULT__MAX], struct token_claims *result);

#endif
