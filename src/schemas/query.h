/* The parameters of a query string (RFC 3986, section 3.4, in the form of application/x-www-form-urlencoded). */
#ifndef EVENTFLOW_SCHEMAS_QUERY_H
#define EVENTFLOW_SCHEMAS_QUERY_H

#include "core/context.h"
#include "core/error.h"
#include "schemas/input_schema.h"

/* Reads context->request->query into the input. Unknown, repeated and malformed parameters are refused by name. */
enum error query_read(struct context *context, const struct input_object *query, void *input);

#endif
