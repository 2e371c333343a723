#include "fcgi/parameters.h"

#include <string.h>

enum {
	LENGTH_DIGITS_MAX = 18,
	HEADER_OVERHEAD = 32, /* of HTTP_HEADERS_MAX, for each header besides its bytes */
};

#define VARIABLE(name, member)                                                  \
	{                                                                       \
		{name, sizeof(name) - 1}, offsetof(struct http_request, member) \
	}

/* Which member of the request each variable becomes. */
static const struct variable {
	struct text name;
	size_t offset;
} variables[] = {
    VARIABLE("REQUEST_METHOD", method),
    VARIABLE("REQUEST_URI", path), /* the query is split off afterwards */
    VARIABLE("REMOTE_ADDR", remote_address),
    VARIABLE("CONTENT_LENGTH", content_length),
    VARIABLE("CONTENT_TYPE", content_type),
    VARIABLE("HTTP_CONTENT_TYPE", content_types),
    VARIABLE("HTTP_CONTENT_ENCODING", content_encoding),
    VARIABLE("HTTP_AUTHORIZATION", authorization),
    VARIABLE("HTTP_ORIGIN", origin),
    VARIABLE("HTTP_X_REQUEST_ID", request_id),
    VARIABLE("HTTP_IF_MATCH", if_match),
    VARIABLE("HTTP_IF_NONE_MATCH", if_none_match),
    VARIABLE("HTTP_IDEMPOTENCY_KEY", idempotency_key),
    VARIABLE("HTTP_ACCESS_CONTROL_REQUEST_METHOD", access_control_request_method),
    VARIABLE("HTTP_EXPECT", expect),
};

struct reader {
	struct arena *arena;
	struct http_request *request;
	size_t headers_size;
};

static void refuse(struct http_request *request, enum error error)
{
	if (request->fault == ERROR_NONE)
		request->fault = error;
}

static const struct variable *find_variable(struct text name)
{
	for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++) {
		struct text known = variables[i].name;
		if (name.length == known.length && memcmp(name.data, known.data, known.length) == 0)
			return &variables[i];
	}
	return NULL;
}

/* A header's value is visible characters, spaces and tabs (RFC 9110, section 5.5); not every web server sees to it. */
static bool has_controls(struct text value)
{
	for (;;) {
		size_t plain = text_before_control(value);
		if (plain == value.length)
			return false;
		if (value.data[plain] != '\t')
			return true;
		value = (struct text){value.data + plain + 1, value.length - plain - 1};
	}
}

static void check_header(struct reader *reader, struct text name, struct text value)
{
	reader->headers_size += name.length + value.length + HEADER_OVERHEAD;
	if (has_controls(value))
		refuse(reader->request, ERROR_BAD_REQUEST);
	if (value.length > HTTP_HEADER_MAX || reader->headers_size > HTTP_HEADERS_MAX)
		refuse(reader->request, ERROR_HEADERS_TOO_LARGE);
}

/* Lines of one name are one list (RFC 9110, section 5.3): some web servers join them, and some leave that to us. */
static struct text joined(struct reader *reader, struct text first, struct text second)
{
	if (first.length + second.length > HTTP_HEADER_MAX)
		refuse(reader->request, ERROR_HEADERS_TOO_LARGE);
	if (reader->request->fault != ERROR_NONE)
		return first; /* whatever it is, nobody reads it */
	const char *list =
	    arena_format(reader->arena, "%.*s, %.*s", (int)first.length, first.data, (int)second.length, second.data);
	if (!list)
		refuse(reader->request, ERROR_OUT_OF_MEMORY);
	return text_from_string(list);
}

/* Takes one "NAME=value", if it is one that we know. What was sent empty counts as not sent: web servers set some of
 * these always. Of two variables the later one counts: what a configuration sets comes behind what a server sets. */
static void take(struct reader *reader, const char *entry)
{
	const char *equals = strchr(entry, '=');
	struct text name = {entry, equals ? (size_t)(equals - entry) : 0};
	struct text value = text_from_string(equals ? equals + 1 : NULL);
	bool is_header = text_starts_with(name, "HTTP_");
	if (is_header) {
		check_header(reader, name, value);
		value = text_trim(value);
	}
	const struct variable *variable = find_variable(name);
	if (!variable || value.length == 0)
		return;
	struct text *member = (struct text *)(void *)((char *)reader->request + variable->offset);
	*member = is_header && member->data ? joined(reader, *member, value) : value;
}

/* A target is printable ASCII, and its fragment stays with the client (RFC 9112, section 3.2). */
static void check_target(struct http_request *request)
{
	struct text target = request->path;
	if (target.length > HTTP_TARGET_MAX)
		refuse(request, ERROR_URI_TOO_LONG);
	for (size_t i = 0; i < target.length; i++) {
		if (target.data[i] <= ' ' || target.data[i] >= 0x7f || target.data[i] == '#')
			refuse(request, ERROR_BAD_REQUEST);
	}
}

static void check_expectation(struct http_request *request)
{
	if (request->expect.data && !text_is_ignoring_case(request->expect, "100-continue"))
		refuse(request, ERROR_BAD_REQUEST);
}

/* "http://host/path" of an absolute-form becomes "/path". */
static struct text without_authority(struct text uri)
{
	if (!text_starts_with(uri, "http://") && !text_starts_with(uri, "https://"))
		return uri;
	const char *authority = (const char *)memchr(uri.data, ':', uri.length) + 3;
	const char *end = uri.data + uri.length;
	const char *path = memchr(authority, '/', (size_t)(end - authority));
	return path ? (struct text){path, (size_t)(end - path)} : TEXT("/");
}

static void split_uri(struct text uri, struct http_request *request)
{
	const char *mark = uri.length > 0 ? memchr(uri.data, '?', uri.length) : NULL;
	request->path = uri;
	if (!mark)
		return;
	request->path.length = (size_t)(mark - uri.data);
	request->query = (struct text){mark + 1, uri.length - request->path.length - 1};
}

/* nginx makes CONTENT_TYPE of the first line alone; two of them are no type. */
static void take_content_types(struct http_request *request)
{
	if (request->content_types.data)
		request->content_type = request->content_types;
}

/* Digits alone. -1 for anything else; 0 where there is none. */
static long long content_length(struct text text)
{
	long long length = 0;
	if (text.length > LENGTH_DIGITS_MAX)
		return -1;
	for (size_t i = 0; i < text.length; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return -1;
		length = length * 10 + (text.data[i] - '0');
	}
	return length;
}

static void read_body(const struct body_source *body, struct text announced, struct arena *arena,
		      struct http_request *request)
{
	long long length = content_length(announced);
	if (length < 0) {
		request->body_fault = ERROR_INCOMPLETE_BODY;
		return;
	}
	if (length > HTTP_BODY_MAX) {
		request->body_fault = ERROR_PAYLOAD_TOO_LARGE;
		return;
	}
	size_t size = (size_t)length + 1; /* one byte more, to see whether there is more than was announced */
	char *bytes = arena_alloc(arena, size);
	if (!bytes) {
		request->body_fault = ERROR_OUT_OF_MEMORY;
		return;
	}
	if (body->read(body->source, bytes, size) != (size_t)length)
		request->body_fault = announced.data ? ERROR_INCOMPLETE_BODY : ERROR_LENGTH_REQUIRED;
	else
		request->body = (struct text){bytes, (size_t)length};
}

void parameters_read(char *const *environment, const struct body_source *body, struct arena *arena,
		     struct http_request *request)
{
	struct reader reader = {.arena = arena, .request = request};
	for (; *environment; environment++)
		take(&reader, *environment);
	check_target(request);
	check_expectation(request);
	take_content_types(request);
	split_uri(without_authority(request->path), request);
	read_body(body, request->content_length, arena, request);
}
