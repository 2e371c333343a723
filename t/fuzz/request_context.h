/* A request without a transport: what a target needs to call the layers below it. */
#ifndef EVENTFLOW_FUZZ_REQUEST_CONTEXT_H
#define EVENTFLOW_FUZZ_REQUEST_CONTEXT_H

#include "core/context.h"

/* A context with an arena and the request, and nothing else; good until the next call. */
struct context *request_context(const struct http_request *request);

/* Ends the run unless a failure is what the client may see: an error of one of the statuses, with a message that is
 * UTF-8 without control characters. */
void request_context_check_failure(struct context *context, enum error error);

#endif
