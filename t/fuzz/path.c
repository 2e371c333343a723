/* Path and query: the first byte chooses the method, the rest is the path as sent and, behind a '?', the query. A path
 * that leads to an operation is its template with plain segments in it, and a query is taken exactly if another reading
 * takes it. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "oracle.h"
#include "request_context.h"
#include "schemas/operation.h"
#include "schemas/query.h"

static const char *const METHODS[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "get", ""};

enum { METHOD_COUNT = sizeof(METHODS) / sizeof(*METHODS), PATH_MAX_LENGTH = 4096 };

void fuzz_set_up(void)
{
}

/* The template with the values in its gaps. */
static void check_template(const struct operation_match *match, struct text path)
{
	char rebuilt[2 * PATH_MAX_LENGTH];
	size_t length = 0;
	size_t value = 0;
	for (const char *at = match->operation->path; *at; at++) {
		if (*at != '{') {
			rebuilt[length++] = *at;
			continue;
		}
		struct text filled = match->path_values[value++];
		HOLDS(filled.length > 0 && !memchr(filled.data, '/', filled.length), "a value is one segment");
		memcpy(rebuilt + length, filled.data, filled.length);
		length += filled.length;
		at = strchr(at, '}');
	}
	HOLDS(text_equal((struct text){rebuilt, length}, path), "%s is the path", match->operation->path);
}

static void check_plain(struct text path)
{
	HOLDS(path.length > 1 && path.data[0] == '/' && path.data[path.length - 1] != '/', "no slash at the end");
	for (size_t i = 0; i < path.length; i++) {
		HOLDS(path.data[i] != '\0' &&
			  strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/_-.", path.data[i]),
		      "byte %zu is one of ours", i);
	}
	HOLDS(!memmem(path.data, path.length, "//", 2) && !memmem(path.data, path.length, "/./", 3) &&
		  !memmem(path.data, path.length, "/../", 4),
	      "no empty segment, no dot segment");
}

static void check_query(const struct operation *operation, struct text query)
{
	struct http_request request = {.query = query};
	struct context *context = request_context(&request);
	void *input = arena_alloc(context->arena, operation->input_size);
	HOLDS(input, "there is memory");
	enum error error = query_read(context, operation->schema->query, input);
	HOLDS((error == ERROR_NONE) == oracle_takes_query(operation->schema->query, query),
	      "%s: both agree on the query", operation->id);
	if (error == ERROR_NONE)
		oracle_check_struct(operation->schema->query, input);
	else
		request_context_check_failure(context, error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > PATH_MAX_LENGTH)
		return -1;
	struct text uri = fuzz_exact_copy((struct text){(const char *)data, size});
	struct text query = uri;
	const char *method = METHODS[fuzz_take_byte(&query) % METHOD_COUNT];
	struct text path = fuzz_take(&query, '?');

	struct operation_match match = operation_find(text_from_string(method), path);
	HOLDS(!match.operation || match.allow, "who takes a method says which");
	if (match.allow)
		check_plain(path);
	if (match.operation) {
		HOLDS(strstr(match.operation->allow, method), "%s is among %s", method, match.operation->allow);
		check_template(&match, path);
		check_query(match.operation, query);
	}
	free((char *)uri.data);
	return 0;
}
