/* The access log: one line for each request. */
#ifndef EVENTFLOW_MIDDLEWARE_ACCESS_LOG_H
#define EVENTFLOW_MIDDLEWARE_ACCESS_LOG_H

#include <time.h>

#include "core/context.h"

/* Request id, user, operation, status, duration since start, round trips and statements. A 5xx is an ERROR, for whoever
 * forwards these lines. */
void access_log_write(const struct context *context, const struct timespec *start);

#endif
