/* The claims of a token whose signature holds: what each must be for the token to be accepted. */
#ifndef EVENTFLOW_AUTH_CLAIMS_H
#define EVENTFLOW_AUTH_CLAIMS_H

#include <json-c/json.h>
#include <stdbool.h>

#include "auth/token.h"

/* Judges each claim, and fills the result as far as they are good. Returns the number of faults. */
int claims_judge(const struct config *config, struct json_object *claims, int64_t now,
		 enum token_fault faults[TOKEN_FAULT__MAX], struct token_claims *result);

/* A member that is a string; data == NULL if there is none. It lives as long as the object. */
struct text claims_string(struct json_object *object, const char *name);

/* Whether there is such a member, even if it is null. */
bool claims_has(struct json_object *object, const char *name);

#endif
