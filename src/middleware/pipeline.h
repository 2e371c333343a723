/* The way of a request: route, authenticate, validate, handle, respond, log. */
#ifndef EVENTFLOW_MIDDLEWARE_PIPELINE_H
#define EVENTFLOW_MIDDLEWARE_PIPELINE_H

#include "core/context.h"

/* Answers context->request in context->response, writes the log line, and leaves the arena to the caller. Never fails:
 * whatever goes wrong is an answer. */
void pipeline_handle(struct context *context);

#endif
