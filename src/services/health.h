/* Whether this process can serve: database reached, migrations current, keys at hand. */
#ifndef EVENTFLOW_SERVICES_HEALTH_H
#define EVENTFLOW_SERVICES_HEALTH_H

#include "core/context.h"
#include "core/error.h"

/* ERROR_NONE, ERROR_NOT_READY with what is missing as its subject, or the database's error. */
enum error health_check(struct context *context);

#endif
