/* The envelope of failure: {"ok":false,"error":…,"code":…,"request_id":…}. */
#ifndef EVENTFLOW_MIDDLEWARE_FAILURE_H
#define EVENTFLOW_MIDDLEWARE_FAILURE_H

#include "core/context.h"

/* Writes context->failure as the response, in place of what may stand there. */
void failure_write(struct context *context);

#endif
