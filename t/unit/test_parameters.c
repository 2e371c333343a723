/* fcgi/parameters: a request from its meta-variables, and what is refused whatever it asks for. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/parameters.h"

static struct arena *arena;
static struct http_request request;

static void set_up(void)
{
	arena = arena_new(4 * 1024 * 1024);
	cr_assert_not_null(arena);
}

static void tear_down(void)
{
	arena_free(arena);
}

TestSuite(parameters, .init = set_up, .fini = tear_down);

/* Gives what is left of a string. */
static size_t read_string(void *source, char *bytes, size_t size)
{
	const char **rest = source;
	size_t length = strnlen(*rest, size);
	memcpy(bytes, *rest, length);
	*rest += length;
	return length;
}

static void read(const char *const *variables, const char *content)
{
	struct body_source body = {read_string, &content};
	request = (struct http_request){0};
	parameters_read((char *const *)(uintptr_t)variables, &body, arena, &request);
}

/* The fault of a request for "/" with one variable more, which is name, '=' and the value count times. */
static enum error fault_of(const char *name, const char *value, size_t count)
{
	size_t length = strlen(name) + 1 + strlen(value) * count + 1;
	char *variable = malloc(length);
	cr_assert_not_null(variable);
	strcat(strcpy(variable, name), "=");
	char *end = variable + strlen(variable);
	for (size_t i = 0; i < count; i++, end += strlen(value))
		strcpy(end, value);
	read((const char *const[]){variable, NULL}, "");
	free(variable);
	return request.fault;
}

Test(parameters, a_request)
{
	read((const char *const[]){"REQUEST_METHOD=POST", "REQUEST_URI=/api/tasks?limit=1?", "REMOTE_ADDR=::1",
				   "CONTENT_LENGTH=2", "CONTENT_TYPE=application/json", "HTTP_AUTHORIZATION=Bearer x",
				   "HTTP_X_REQUEST_ID=id", "SERVER_NAME=x", NULL},
	     "{}");
	cr_expect(text_is(request.method, "POST"));
	cr_expect(text_is(request.path, "/api/tasks"));
	cr_expect(text_is(request.query, "limit=1?"));
	cr_expect(text_is(request.remote_address, "::1"));
	cr_expect(text_is(request.content_type, "application/json"));
	cr_expect(text_is(request.authorization, "Bearer x"));
	cr_expect(text_is(request.request_id, "id"));
	cr_expect(text_is(request.body, "{}"));
	cr_expect_null(request.origin.data, "what was not sent");
	cr_expect_eq(request.fault, ERROR_NONE);
	cr_expect_eq(request.body_fault, ERROR_NONE);
}

Test(parameters, an_absolute_form_is_its_path)
{
	read((const char *const[]){"REQUEST_URI=https://evil.example.com/api/tasks?x", NULL}, "");
	cr_expect(text_is(request.path, "/api/tasks"));
	read((const char *const[]){"REQUEST_URI=http://evil.example.com", NULL}, "");
	cr_expect(text_is(request.path, "/"));
}

Test(parameters, lines_of_one_header_are_one_list)
{
	read((const char *const[]){"HTTP_IF_NONE_MATCH=\"1-a\"", "HTTP_IF_NONE_MATCH=\"2-b\"",
				   "HTTP_AUTHORIZATION=Bearer x", "HTTP_AUTHORIZATION=Bearer y", "REQUEST_URI=/a",
				   "REQUEST_URI=/b", NULL},
	     "");
	cr_expect(text_is(request.if_none_match, "\"1-a\", \"2-b\""));
	cr_expect(text_is(request.authorization, "Bearer x, Bearer y"), "which is no bearer token");
	cr_expect(text_is(request.path, "/b"), "of variables that are no header the last one counts");
}

Test(parameters, types_of_a_body)
{
	read((const char *const[]){"CONTENT_TYPE=application/json", "HTTP_CONTENT_TYPE=application/json", NULL}, "");
	cr_expect(text_is(request.content_type, "application/json"));
	read((const char *const[]){"CONTENT_TYPE=a/b", "HTTP_CONTENT_TYPE=a/b", "HTTP_CONTENT_TYPE=c/d", NULL}, "");
	cr_expect(text_is(request.content_type, "a/b, c/d"), "which is none");
	read((const char *const[]){"HTTP_CONTENT_ENCODING=gzip", "HTTP_CONTENT_ENCODING=br", NULL}, "");
	cr_expect(text_is(request.content_encoding, "gzip, br"));
}

Test(parameters, white_space_around_a_value_does_not_count)
{
	read((const char *const[]){"HTTP_AUTHORIZATION=\tBearer x \t", "HTTP_X_REQUEST_ID= ", NULL}, "");
	cr_expect(text_is(request.authorization, "Bearer x"));
	cr_expect_null(request.request_id.data);
}

Test(parameters, bytes_of_the_target)
{
	for (int byte = 1; byte < 256; byte++) {
		const char value[] = {'/', (char)byte, '\0'};
		bool is_sound = byte > ' ' && byte < 0x7f && byte != '#';
		cr_expect_eq(fault_of("REQUEST_URI", value, 1), is_sound ? ERROR_NONE : ERROR_BAD_REQUEST, "%#x", byte);
	}
}

Test(parameters, bytes_of_a_header)
{
	for (int byte = 1; byte < 256; byte++) {
		const char value[] = {'a', (char)byte, 'b', '\0'};
		bool is_sound = (byte >= ' ' && byte != 0x7f) || byte == '\t';
		cr_expect_eq(fault_of("HTTP_X_ANY", value, 1), is_sound ? ERROR_NONE : ERROR_BAD_REQUEST, "%#x", byte);
	}
	cr_expect_eq(fault_of("SERVER_SOFTWARE", "a\x01", 1), ERROR_NONE, "it is no header");
}

Test(parameters, sizes)
{
	cr_expect_eq(fault_of("REQUEST_URI", "/", HTTP_TARGET_MAX), ERROR_NONE);
	cr_expect_eq(fault_of("REQUEST_URI", "/", HTTP_TARGET_MAX + 1), ERROR_URI_TOO_LONG);
	cr_expect_eq(fault_of("HTTP_X_ANY", "x", HTTP_HEADER_MAX), ERROR_NONE);
	cr_expect_eq(fault_of("HTTP_X_ANY", "x", HTTP_HEADER_MAX + 1), ERROR_HEADERS_TOO_LARGE);
	static const char *variables[1201];
	for (size_t i = 0; i < 1000; i++)
		variables[i] = "HTTP_X_ANY=1234";
	read(variables, "");
	cr_expect_eq(request.fault, ERROR_NONE, "1000 headers of 46 bytes");
	for (size_t i = 1000; i < 1200; i++)
		variables[i] = "HTTP_X_ANY=1234";
	read(variables, "");
	cr_expect_eq(request.fault, ERROR_HEADERS_TOO_LARGE, "1200 headers of 46 bytes");
}

Test(parameters, a_list_is_no_longer_than_a_header)
{
	static const char *variables[102];
	static char line[200];
	memset(strcpy(line, "HTTP_ORIGIN=") + 12, 'x', sizeof(line) - 13);
	for (size_t i = 0; i < 101; i++)
		variables[i] = line;
	read(variables, "");
	cr_expect_eq(request.fault, ERROR_HEADERS_TOO_LARGE);
	cr_expect_leq(request.origin.length, HTTP_HEADER_MAX);
}

Test(parameters, expectations)
{
	cr_expect_eq(fault_of("HTTP_EXPECT", "100-Continue", 1), ERROR_NONE);
	cr_expect_eq(fault_of("HTTP_EXPECT", "", 1), ERROR_NONE);
	cr_expect_eq(fault_of("HTTP_EXPECT", "100-continue, more", 1), ERROR_BAD_REQUEST);
}

/* The body's fault for what CONTENT_LENGTH says (NULL: nothing) and what is sent. */
static enum error body_fault_of(const char *announced, const char *content)
{
	char variable[64] = "CONTENT_LENGTH=";
	read((const char *const[]){announced ? strcat(variable, announced) : "SERVER_NAME=x", NULL}, content);
	return request.body_fault;
}

Test(parameters, lengths)
{
	cr_expect_eq(body_fault_of("3", "abc"), ERROR_NONE);
	cr_expect_eq(body_fault_of("0", ""), ERROR_NONE);
	cr_expect_eq(body_fault_of(NULL, ""), ERROR_NONE);
	cr_expect_eq(body_fault_of("", ""), ERROR_NONE);
	cr_expect_eq(body_fault_of(NULL, "abc"), ERROR_LENGTH_REQUIRED);
	cr_expect_eq(body_fault_of("", "abc"), ERROR_LENGTH_REQUIRED);
	cr_expect_eq(body_fault_of("1048577", "abc"), ERROR_PAYLOAD_TOO_LARGE);
	static const char *const lies[] = {"4", "2", "0", "-3", "+3", "3x", "0x3", "3,3", "99999999999999999999"};
	for (size_t i = 0; i < sizeof(lies) / sizeof(*lies); i++)
		cr_expect_eq(body_fault_of(lies[i], "abc"), ERROR_INCOMPLETE_BODY, "%s", lies[i]);
}
