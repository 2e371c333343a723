#include "fcgi/parameters.h"

#include <string.h>

enum { LENGTH_DIGITS_MAX = 18 };

static struct text get(const struct parameters *parameters, const char *name)
{
	return text_from_string(parameters->get(parameters->source, name));
}

/* A header that was sent empty counts as not sent: web servers set some of these always. */
static struct text get_header(const struct parameters *parameters, const char *name)
{
	struct text value = get(parameters, name);
	return value.length > 0 ? value : (struct text){0};
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

void parameters_read(const struct parameters *parameters, const struct body_source *body, struct arena *arena,
		     struct http_request *request)
{
	request->method = get(parameters, "REQUEST_METHOD");
	split_uri(without_authority(get(parameters, "REQUEST_URI")), request);
	request->remote_address = get(parameters, "REMOTE_ADDR");
	request->authorization = get_header(parameters, "HTTP_AUTHORIZATION");
	request->content_type = get_header(parameters, "CONTENT_TYPE");
	request->origin = get_header(parameters, "HTTP_ORIGIN");
	request->request_id = get_header(parameters, "HTTP_X_REQUEST_ID");
	request->if_match = get_header(parameters, "HTTP_IF_MATCH");
	request->if_none_match = get_header(parameters, "HTTP_IF_NONE_MATCH");
	request->access_control_request_method = get_header(parameters, "HTTP_ACCESS_CONTROL_REQUEST_METHOD");
	read_body(body, get(parameters, "CONTENT_LENGTH"), arena, request);
}
