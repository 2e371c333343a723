/* Cross-origin requests: an exact allow-list (the Fetch standard, "CORS protocol"). */
#ifndef EVENTFLOW_MIDDLEWARE_CORS_H
#define EVENTFLOW_MIDDLEWARE_CORS_H

#include "core/context.h"

/* Allows the request's origin if it stands, byte for byte, in the configuration. */
void cors_allow(struct context *context);

#endif
