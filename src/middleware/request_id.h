/* The id of a request: in the answer, in the log line and on the audit rows. */
#ifndef EVENTFLOW_MIDDLEWARE_REQUEST_ID_H
#define EVENTFLOW_MIDDLEWARE_REQUEST_ID_H

#include "core/context.h"

/* The caller's, if it is 1 to 64 of [A-Za-z0-9._-]; else a new one. */
void request_id_choose(struct context *context);

#endif
