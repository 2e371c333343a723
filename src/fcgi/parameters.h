/* The meta-variables of a request (RFC 3875, section 4.1) and its body, as struct http_request. */
#ifndef EVENTFLOW_FCGI_PARAMETERS_H
#define EVENTFLOW_FCGI_PARAMETERS_H

#include <stddef.h>

#include "core/arena.h"
#include "core/http.h"

/* Where the body comes from. */
struct body_source {
	size_t (*read)(void *source, char *bytes, size_t size); /* fewer than size only at the end */
	void *source;
};

/* environment holds "NAME=value" strings, as FastCGI's parameters and environ(7) do, and NULL at its end; the request
 * points into it. Path and query come from REQUEST_URI alone, because web servers differ in all else. The body is at
 * most HTTP_BODY_MAX bytes and exactly as long as CONTENT_LENGTH says; otherwise body_fault tells. What web servers
 * judge differently (controls in headers, sizes, bytes of the target) is refused here for all: fault tells. */
void parameters_read(char *const *environment, const struct body_source *body, struct arena *arena,
		     struct http_request *request);

#endif
