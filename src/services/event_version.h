/* An event's version in the headers of HTTP: entity tags and If-Match (RFC 9110, sections 8.8.3 and 13.1). */
#ifndef EVENTFLOW_SERVICES_EVENT_VERSION_H
#define EVENTFLOW_SERVICES_EVENT_VERSION_H

#include <stdint.h>

#include "core/context.h"
#include "core/error.h"
#include "models/caller.h"

/* The version that If-Match asks for, as a statement's parameter; NULL without that header. ERROR_INVALID_IF_MATCH for
 * anything but one entity tag of an event. */
enum error event_version_expected(struct context *context, const char **expected);

/* For a request that changes nothing: ERROR_VERSION_MISMATCH if the event has another version than is expected (NULL:
 * any). */
enum error event_version_check(struct context *context, const char *expected, int64_t actual);

/* The entity tag of an answer read from one event: the version, and a hash of whatever else decides its bytes: the
 * caller, the user type and its rights, path and query, and what the answer depends on also (data == NULL: nothing).
 * NULL when memory is short. */
const char *event_version_tag(struct context *context, const struct caller *caller, int64_t version, struct text also);

#endif
