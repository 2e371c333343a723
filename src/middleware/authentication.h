/* Authentication: the bearer token of a request (RFC 6750, section 2.1), and whether its user is known here. */
#ifndef EVENTFLOW_MIDDLEWARE_AUTHENTICATION_H
#define EVENTFLOW_MIDDLEWARE_AUTHENTICATION_H

#include "core/context.h"
#include "core/error.h"

/* Verifies the token and sets context->subject. ERROR_MISSING_TOKEN, ERROR_INVALID_TOKEN, ERROR_TOKEN_EXPIRED,
 * ERROR_KEYS_UNAVAILABLE. */
enum error authentication_check(struct context *context);

/* Whether the subject has an active profile: for requests that are refused before a service asks. One round trip. */
enum error authentication_require_profile(struct context *context);

#endif
