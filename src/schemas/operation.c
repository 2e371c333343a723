#include "schemas/operation.h"

#include <string.h>

/* Bytes that a path of ours may hold; everything else, percent-encoding included, leads nowhere. */
static bool is_path_byte(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
	       byte == '/' || byte == '_' || byte == '-';
}

/* Whether the path is '/' and segments that are not empty. */
static bool is_plain(struct text path)
{
	if (path.length < 2 || path.data[0] != '/')
		return false;
	size_t start = 1;
	for (size_t i = 1; i <= path.length; i++) {
		if (i < path.length && path.data[i] != '/') {
			if (!is_path_byte(path.data[i]))
				return false;
			continue;
		}
		if (i == start)
			return false;
		start = i + 1;
	}
	return true;
}

static size_t segment_length(const char *from, const char *end)
{
	const char *slash = memchr(from, '/', (size_t)(end - from));
	return slash ? (size_t)(slash - from) : (size_t)(end - from);
}

/* Whether the path is one of the template; the segments that stand for its parameters go into values. */
static bool matches(const char *template, struct text path, struct text *values)
{
	const char *template_end = template + strlen(template);
	const char *at = path.data;
	const char *end = path.data + path.length;
	size_t count = 0;
	while (template <template_end &&at < end) {
		template ++; /* both stand on a slash */
		at++;
		size_t expected = segment_length(template, template_end);
		size_t length = segment_length(at, end);
		if (*template == '{') {
			if (count == OPERATION_PATH_VALUES_MAX)
				return false;
			values[count++] = (struct text){at, length};
		} else if (expected != length || memcmp(template, at, length) != 0) {
			return false;
		}
		template += expected;
		at += length;
	}
	return template == template_end && at == end;
}

static bool takes(const struct operation *operation, struct text method)
{
	return text_is(method, operation->method) || (text_is(method, "HEAD") && strcmp(operation->method, "GET") == 0);
}

struct operation_match operation_find(struct text method, struct text path)
{
	struct operation_match match = {0};
	if (!is_plain(path))
		return match;
	for (size_t i = 0; i < operation_count; i++) {
		const struct operation *operation = &operations[i];
		if (!matches(operation->path, path, match.path_values))
			continue;
		match.allow = operation->allow;
		if (takes(operation, method)) {
			match.operation = operation;
			return match;
		}
	}
	return match;
}
