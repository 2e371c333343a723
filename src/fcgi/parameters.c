#include "fcgi/parameters.h"

#include <string.h>

enum { LENGTH_DIGITS_MAX = 18 };

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
    VARIABLE("HTTP_AUTHORIZATION", authorization),
    VARIABLE("HTTP_ORIGIN", origin),
    VARIABLE("HTTP_X_REQUEST_ID", request_id),
    VARIABLE("HTTP_IF_MATCH", if_match),
    VARIABLE("HTTP_IF_NONE_MATCH", if_none_match),
    VARIABLE("HTTP_ACCESS_CONTROL_REQUEST_METHOD", access_control_request_method),
};

static const struct variable *find_variable(struct text name)
{
	for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++) {
		if (text_equal(name, variables[i].name))
			return &variables[i];
	}
	return NULL;
}

/* Takes one "NAME=value", if it is one that we know; of several of a name the first counts. What was sent empty counts
 * as not sent: web servers set some of these always. */
static void take(const char *entry, struct http_request *request)
{
	const char *equals = strchr(entry, '=');
	const struct variable *variable = equals ? find_variable((struct text){entry, (size_t)(equals - entry)}) : NULL;
	if (!variable || equals[1] == '\0')
		return;
	struct text *member = (struct text *)(void *)((char *)request + variable->offset);
	if (!member->data)
		*member = text_from_string(equals + 1);
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
		request->body_fault = ERROR_INCOMPLETE_BODY;
	else
		request->body = (struct text){bytes, (size_t)length};
}

void parameters_read(char *const *environment, const struct body_source *body, struct arena *arena,
		     struct http_request *request)
{
	for (; *environment; environment++)
		take(*environment, request);
	split_uri(without_authority(request->path), request);
	read_body(body, request->content_length, arena, request);
}
