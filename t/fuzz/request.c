/* A whole request, from its parameters to the bytes of its response: a line with method and target, lines of headers,
 * an empty line, and the body. Whatever is asked, the response is one that a client may be given. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "fcgi/headers.h"
#include "fcgi/parameters.h"
#include "fuzz.h"
#include "response.h"
#include "served.h"

enum { VARIABLES_MAX = 64, VARIABLES_SIZE = 16384, OUTPUT_SIZE = 65536 };

/* The meta-variables, as a web server makes them. */
struct meta_variables {
	char *variables[VARIABLES_MAX + 1];
	size_t count;
	char bytes[VARIABLES_SIZE];
	size_t used;
};

static struct meta_variables environment;

void fuzz_set_up(void)
{
	served_worker();
	served_token();
}

/* NAME=value; what stands behind a NUL in it is lost, as it is to a C program. */
static void set(const char *prefix, struct text name, struct text value)
{
	size_t size = strlen(prefix) + name.length + 1 + value.length + 1;
	if (environment.count == VARIABLES_MAX || size > sizeof(environment.bytes) - environment.used)
		return;
	char *variable = environment.bytes + environment.used;
	char *at = mempcpy(variable, prefix, strlen(prefix));
	for (size_t i = 0; i < name.length; i++)
		*at++ = name.data[i] == '-' ? '_' : (char)toupper((unsigned char)name.data[i]);
	*at++ = '=';
	at = mempcpy(at, value.data, value.length);
	*at = '\0';
	environment.used += size;
	environment.variables[environment.count++] = variable;
}

static void set_header(struct text line)
{
	struct text value = line;
	struct text name = fuzz_take(&value, ':');
	value = text_trim(value);
	if (text_is_ignoring_case(name, "Content-Length") || text_is_ignoring_case(name, "Content-Type"))
		set("", name, value);
	else if (text_is(value, "Bearer " SERVED_TOKEN_NAME)) {
		char bearer[1024];
		snprintf(bearer, sizeof(bearer), "Bearer %s", served_token());
		set("HTTP_", name, text_from_string(bearer));
	} else
		set("HTTP_", name, value);
}

/* Returns the body. */
static struct text read_environment(struct text rest)
{
	char digits[24];
	environment.count = environment.used = 0;
	struct text target = fuzz_take(&rest, '\n');
	struct text method = fuzz_take(&target, ' ');
	set("", TEXT("REQUEST_METHOD"), method);
	set("", TEXT("REQUEST_URI"), target);
	for (struct text line = fuzz_take(&rest, '\n'); line.length > 0; line = fuzz_take(&rest, '\n'))
		set_header(line);
	/* the first of a name counts: this is what a web server sends, unless the input lies */
	snprintf(digits, sizeof(digits), "%zu", rest.length);
	set("", TEXT("CONTENT_LENGTH"), text_from_string(digits));
	environment.variables[environment.count] = NULL;
	return rest;
}

static size_t read_body(void *source, char *bytes, size_t size)
{
	struct text *rest = source;
	size_t taken = rest->length < size ? rest->length : size;
	memcpy(bytes, rest->data, taken);
	*rest = (struct text){rest->data + taken, rest->length - taken};
	return taken;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char output[OUTPUT_SIZE];
	struct worker *worker = served_worker();
	struct http_response *response = &worker->response;
	struct text rest = read_environment((struct text){(const char *)data, size});
	struct body_source body = {read_body, &rest};
	parameters_read(environment.variables, &body, worker->arena, &worker->request);
	worker_handle(worker, clock_milliseconds());

	size_t length = headers_format(response, output);
	if (!response->head && response->content_type.data) {
		HOLDS(response->body.length < sizeof(output) - length, "the response is short");
		memcpy(output + length, response->body.data, response->body.length);
		length += response->body.length;
	}
	response_check((struct text){output, length});
	worker_reset(worker);
	return 0;
}
