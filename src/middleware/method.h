/* Methods for which a path has no operation: OPTIONS, those that it does not take, those that nobody knows. */
#ifndef EVENTFLOW_MIDDLEWARE_METHOD_H
#define EVENTFLOW_MIDDLEWARE_METHOD_H

#include "core/context.h"
#include "core/error.h"

/* Answers OPTIONS with 204 (as the CORS preflight where it is one). Else ERROR_METHOD_NOT_ALLOWED for a method of HTTP
 * (RFC 9110, section 9; PATCH of RFC 5789), and ERROR_METHOD_NOT_IMPLEMENTED for any other. allow: the methods that the
 * path takes. */
enum error method_answer(struct context *context, const char *allow);

#endif
