/* The head of a response as bytes (RFC 3875, section 6.3). */
#ifndef EVENTFLOW_FCGI_HEADERS_H
#define EVENTFLOW_FCGI_HEADERS_H

#include <stddef.h>

#include "core/http.h"

enum { HEADERS_SIZE = 8192 };

/* Writes Status, every header and the empty line; returns the length. Values hold no line breaks: a control character
 * ends the value, so that nothing can be injected. */
size_t headers_format(const struct http_response *response, char headers[HEADERS_SIZE]);

#endif
