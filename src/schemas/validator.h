/* Reads path, query and body into an operation's typed struct, as the specification says, or names the first fault. */
#ifndef EVENTFLOW_SCHEMAS_VALIDATOR_H
#define EVENTFLOW_SCHEMAS_VALIDATOR_H

#include "core/context.h"
#include "core/error.h"
#include "schemas/operation.h"

/* *input is a struct <operation>_input in the context's arena; it lives as long as the request. The first fault wins,
 * in this order: a path value that is no UUID (ERROR_NOT_FOUND); query parameters; the body's size (body_fault) and
 * Content-Type (415); JSON syntax; fields in the order in which the schema lists them, then unknown ones. */
enum error input_read(struct context *context, const struct operation_match *match, const void **input);

#endif
