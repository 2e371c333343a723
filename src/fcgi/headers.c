#include "fcgi/headers.h"

#include <string.h>

#define SECURITY_HEADERS                                                          \
	"X-Content-Type-Options: nosniff\r\n"                                     \
	"Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n" \
	"Referrer-Policy: no-referrer\r\n"

#define PREFLIGHT_HEADERS                                                                                            \
	"Access-Control-Allow-Headers: authorization, apikey, x-client-info, content-type, if-match, if-none-match," \
	" idempotency-key, x-request-id\r\n"                                                                         \
	"Access-Control-Max-Age: 600\r\n"

#define EXPOSED_HEADERS                                                                                  \
	"Access-Control-Expose-Headers: etag, link, location, retry-after, ratelimit, ratelimit-policy," \
	" x-request-id\r\n"

struct output {
	char *data;
	size_t length;
};

static void put(struct output *output, struct text text)
{
	size_t room = HEADERS_SIZE - output->length;
	size_t length = text.length < room ? text.length : room;
	memcpy(output->data + output->length, text.data, length);
	output->length += length;
}

/* "Name: value", if there is a value; a line that would not fit is left out, so that the head always ends properly. */
static void put_header(struct output *output, const char *name, struct text value)
{
	if (!value.data)
		return;
	size_t length = text_before_control(value);
	if (output->length + strlen(name) + length + 1024 > HEADERS_SIZE)
		return;
	put(output, text_from_string(name));
	put(output, TEXT(": "));
	put(output, (struct text){value.data, length});
	put(output, TEXT("\r\n"));
}

static void put_number(struct output *output, const char *name, size_t number)
{
	char digits[TEXT_INTEGER_SIZE];
	put_header(output, name, text_from_integer((int64_t)number, digits));
}

/* RFC 9110, section 15, and RFC 6585. */
static void put_status(struct output *output, int status)
{
	static const struct {
		int status;
		const char *line;
	} lines[] = {
	    {200, "200 OK"},
	    {204, "204 No Content"},
	    {304, "304 Not Modified"},
	    {400, "400 Bad Request"},
	    {401, "401 Unauthorized"},
	    {403, "403 Forbidden"},
	    {404, "404 Not Found"},
	    {405, "405 Method Not Allowed"},
	    {408, "408 Request Timeout"},
	    {409, "409 Conflict"},
	    {412, "412 Precondition Failed"},
	    {413, "413 Content Too Large"},
	    {414, "414 URI Too Long"},
	    {415, "415 Unsupported Media Type"},
	    {429, "429 Too Many Requests"},
	    {431, "431 Request Header Fields Too Large"},
	    {500, "500 Internal Server Error"},
	    {501, "501 Not Implemented"},
	    {502, "502 Bad Gateway"},
	    {503, "503 Service Unavailable"},
	    {504, "504 Gateway Timeout"},
	};
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		if (lines[i].status == status) {
			put_header(output, "Status", text_from_string(lines[i].line));
			return;
		}
	}
	put_number(output, "Status", (size_t)status);
}

static void put_cors(struct output *output, const struct http_response *response)
{
	put_header(output, "Access-Control-Allow-Origin", response->allowed_origin);
	if (response->preflight) {
		put_header(output, "Access-Control-Allow-Methods", response->allow);
		put(output, TEXT(PREFLIGHT_HEADERS));
	} else if (response->allowed_origin.data) {
		put(output, TEXT(EXPOSED_HEADERS));
	}
}

size_t headers_format(const struct http_response *response, char headers[HEADERS_SIZE])
{
	struct output output = {.data = headers};
	put_status(&output, response->status);
	put_header(&output, "Content-Type", response->content_type);
	if (response->content_type.data)
		put_number(&output, "Content-Length", response->body.length);
	put_header(&output, "X-Request-Id", text_from_string(response->request_id));
	put_header(&output, "Cache-Control", response->cache_control.data ? response->cache_control : TEXT("no-store"));
	put_header(&output, "Vary", response->etag.data ? TEXT("Authorization, Origin") : TEXT("Origin"));
	put_header(&output, "ETag", response->etag);
	put_header(&output, "Link", response->link);
	put_header(&output, "Allow", response->allow);
	if (response->retry_after > 0)
		put_number(&output, "Retry-After", (size_t)response->retry_after);
	if (response->authenticate)
		put_header(&output, "WWW-Authenticate", TEXT("Bearer"));
	put_cors(&output, response);
	put(&output, TEXT(SECURITY_HEADERS "\r\n"));
	return output.length;
}
