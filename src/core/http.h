/* One request and its response as plain data: the transport fills one and sends the other. */
#ifndef EVENTFLOW_CORE_HTTP_H
#define EVENTFLOW_CORE_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/json_writer.h"
#include "core/text.h"

enum {
	HTTP_BODY_MAX = 1024 * 1024,
	HTTP_RESPONSE_MAX = 16 * 1024 * 1024,
	HTTP_REQUEST_ID_MAX = 64,
	HTTP_TARGET_MAX = 16000,      /* bytes of path and query; conf/ lets a little more through */
	HTTP_HEADER_MAX = 16000,      /* bytes of one header's value */
	HTTP_HEADERS_MAX = 48 * 1024, /* bytes of all headers, counted as HTTP/2 does (RFC 9113, section 6.5.2) */
};

/* The content type of every answer of ours. */
#define HTTP_JSON TEXT("application/json; charset=utf-8")

/* Everything points into memory that lives as long as the request. A header that was not sent has data == NULL. */
struct http_request {
	struct text method;
	struct text path;  /* as sent, without scheme, host and query */
	struct text query; /* as sent, behind the '?'; data == NULL without one */
	struct text remote_address;
	struct text authorization;
	struct text content_type;
	struct text content_types; /* each line of it, where the web server tells; else data == NULL */
	struct text content_encoding;
	struct text content_length; /* as sent */
	struct text origin;
	struct text request_id; /* X-Request-Id as sent */
	struct text if_match;
	struct text if_none_match;
	struct text idempotency_key;
	struct text access_control_request_method;
	struct text expect;
	enum error fault;      /* why the request is refused whatever it asks for; ERROR_NONE for nearly all */
	struct text body;      /* at most HTTP_BODY_MAX bytes */
	int64_t since;         /* when it came, by clock_milliseconds: its deadline counts from there */
	enum error body_fault; /* why the body could not be had: ERROR_PAYLOAD_TOO_LARGE, ERROR_INCOMPLETE_BODY … */
};

/* A header that is not wanted has data == NULL (or is 0). The body is what the writer holds. */
struct http_response {
	int status;
	bool head; /* the request was HEAD: send the headers of the answer, and no body */
	char request_id[HTTP_REQUEST_ID_MAX + 1];
	struct text content_type; /* data == NULL: no body at all (204, 304) */
	struct text cache_control;
	struct text etag;
	struct text link;
	struct text allow;
	struct text allowed_origin; /* Access-Control-Allow-Origin */
	bool preflight;             /* the rest of the CORS preflight's headers are sent */
	int retry_after;            /* seconds */
	bool authenticate;          /* WWW-Authenticate: Bearer */
	struct json_writer body;
};

#endif
