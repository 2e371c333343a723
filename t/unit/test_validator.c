/* The validator on the real operation table: what is refused, and by which name. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "schemas/operations.h"
#include "schemas/validator.h"

#define ID "0d5c4a1e-9f3b-4c2d-8e7f-0123456789ab"

static struct context context;
static struct http_request request;

static void set_up(void)
{
	context.arena = arena_new(4 * 1024 * 1024);
	context.request = &request;
}

static void tear_down(void)
{
	arena_free(context.arena);
}

TestSuite(validator, .init = set_up, .fini = tear_down);

/* uri may have a query; body NULL: none. */
static enum error read(const char *method, const char *uri, const char *body, const void **input)
{
	const char *mark = strchr(uri, '?');
	request = (struct http_request){.method = text_from_string(method), .path = text_from_string(uri)};
	if (mark) {
		request.path.length = (size_t)(mark - uri);
		request.query = text_from_string(mark + 1);
	}
	if (body) {
		request.body = text_from_string(body);
		request.content_type = TEXT("application/json; charset=utf-8");
	}
	context.failure = (struct failure){0};
	struct operation_match match = operation_find(request.method, request.path);
	cr_assert_not_null(match.operation, "%s", uri);
	return input_read(&context, &match, input);
}

static void refuses(const char *method, const char *uri, const char *body, enum error error, const char *subject)
{
	const void *input;
	cr_expect_eq(read(method, uri, body, &input), error, "%s %s: %s, %s", uri, body ? body : "",
		     context.failure.error ? error_entry(context.failure.error)->code : "accepted",
		     context.failure.subject ? context.failure.subject : "");
	if (subject && context.failure.subject)
		cr_expect(strstr(context.failure.subject, subject), "%s %s: \"%s\" has no \"%s\"", uri,
			  body ? body : "", context.failure.subject, subject);
}

Test(validator, query)
{
	const void *input;
	cr_assert_eq(read("GET", "/api/tasks?limit=7&state=TODO&takeable=false&event_id=" ID, NULL, &input),
		     ERROR_NONE);
	const struct task_list_input *tasks = input;
	cr_assert_eq(tasks->limit, 7);
	cr_assert_eq(tasks->state, TASK_STATE_TODO);
	cr_assert_eq(tasks->takeable, OPTIONAL_FALSE);
	cr_assert(tasks->event_id.present);
	cr_assert_str_eq(tasks->event_id.value.text, ID);
	cr_assert_not(tasks->assignee_id.present);
}

Test(validator, absent_parameters)
{
	const void *input;
	cr_assert_eq(read("GET", "/api/tasks", NULL, &input), ERROR_NONE);
	const struct task_list_input *tasks = input;
	cr_assert_eq(tasks->limit, 100);
	cr_assert_eq(tasks->state, TASK_STATE__MAX);
	cr_assert_eq(tasks->takeable, OPTIONAL_ABSENT);
	cr_assert_null(tasks->cursor.data);
}

Test(validator, percent_encoding)
{
	const void *input;
	cr_assert_eq(read("GET", "/api/tasks?state=%54ODO", NULL, &input), ERROR_NONE);
	cr_assert_eq(((const struct task_list_input *)input)->state, TASK_STATE_TODO);
}

Test(validator, refused_queries)
{
	static const char *const limits[] = {
	    "0", "-1", "1001", "1e9", "abc", "+1", "", "1%00", "%D9%A3", "99999999999999999999", "%zz", "%1"};
	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		char uri[128];
		snprintf(uri, sizeof(uri), "/api/tasks?limit=%s", limits[i]);
		refuses("GET", uri, NULL, ERROR_INVALID_PARAMETER, "limit must be an integer from 1 to 1000");
	}
	refuses("GET", "/api/tasks?limit", NULL, ERROR_INVALID_PARAMETER, "limit");
	refuses("GET", "/api/tasks?state=todo", NULL, ERROR_INVALID_PARAMETER, "state must be one of BLOCKED, TODO");
	refuses("GET", "/api/tasks?takeable=1", NULL, ERROR_INVALID_PARAMETER, "takeable must be true or false");
	refuses("GET", "/api/tasks?event_id=1", NULL, ERROR_INVALID_PARAMETER, "event_id must be a UUID");
	refuses("GET", "/api/tasks?limit=1&limit=1", NULL, ERROR_REPEATED_PARAMETER, "limit");
	refuses("GET", "/api/tasks?offset=1", NULL, ERROR_UNKNOWN_PARAMETER, "offset");
	refuses("GET", "/api/tasks?%6Cimit=1", NULL, ERROR_UNKNOWN_PARAMETER, "%6Cimit");
	refuses("GET", "/api/tasks?&limit=1", NULL, ERROR_UNKNOWN_PARAMETER, "without a name");
	refuses("GET", "/api/tasks?limit=1&", NULL, ERROR_UNKNOWN_PARAMETER, "without a name");
	refuses("GET", "/api/tasks?\xff=1", NULL, ERROR_UNKNOWN_PARAMETER, "whose name is not UTF-8");
	refuses("GET", "/healthz?x=1", NULL, ERROR_UNKNOWN_PARAMETER, "x");
}

Test(validator, path)
{
	refuses("GET", "/api/tasks/nonsense", NULL, ERROR_NOT_FOUND, NULL);
	refuses("GET", "/api/tasks/nonsense?x=1", NULL, ERROR_NOT_FOUND, NULL);
	refuses("POST", "/api/tasks/nonsense/transition", "{", ERROR_NOT_FOUND, NULL);
	const void *input;
	cr_assert_eq(read("GET", "/api/tasks/0D5C4A1E-9F3B-4C2D-8E7F-0123456789AB", NULL, &input), ERROR_NONE);
	cr_assert_str_eq(((const struct task_get_input *)input)->task_id.text, ID);
}

Test(validator, bodies)
{
	const void *input;
	cr_assert_eq(
	    read("POST", "/api/tasks/" ID "/transition", "{\"reason\":\" \\t why \",\"next_state\":\"DONE\"}", &input),
	    ERROR_NONE);
	const struct task_transition_input *transition = input;
	cr_assert_eq(transition->next_state, TASK_STATE_DONE);
	cr_assert(text_is(transition->reason, "why"), "trimmed");
	cr_assert_eq(read("POST", "/api/tasks/" ID "/assign", "{\"user_id\":null}", &input), ERROR_NONE);
	cr_assert_not(((const struct task_assign_input *)input)->user_id.present);
	cr_assert_eq(read("POST", "/api/tasks/" ID "/pick", NULL, &input), ERROR_NONE);
	cr_assert_eq(read("POST", "/api/tasks/" ID "/pick", "{}", &input), ERROR_NONE);
}

Test(validator, refused_bodies)
{
	static const char transition[] = "/api/tasks/" ID "/transition";
	refuses("POST", transition, NULL, ERROR_INVALID_JSON, "empty");
	refuses("POST", transition, "", ERROR_INVALID_JSON, "empty");
	refuses("POST", transition, "[]", ERROR_INVALID_JSON, "object");
	refuses("POST", transition, "null", ERROR_INVALID_JSON, "object");
	refuses("POST", transition, "{\"a\":1,\"a\":1}", ERROR_INVALID_JSON, "twice");
	refuses("POST", transition, "{\"reason\":\"x\"}", ERROR_MISSING_FIELD, "next_state");
	refuses("POST", transition, "{\"next_state\":\"DONE\"}", ERROR_MISSING_FIELD, "reason");
	refuses("POST", transition, "{\"next_state\":\"done\",\"reason\":\"x\"}", ERROR_INVALID_FIELD,
		"next_state must be one of");
	refuses("POST", transition, "{\"next_state\":1,\"reason\":\"x\"}", ERROR_INVALID_FIELD, "next_state");
	refuses("POST", transition, "{\"next_state\":\"DONE\",\"reason\":\" \\n\"}", ERROR_INVALID_FIELD,
		"reason must be text of 1 to 1000 characters");
	refuses("POST", transition, "{\"next_state\":\"DONE\",\"reason\":null}", ERROR_INVALID_FIELD, "reason");
	refuses("POST", transition, "{\"next_state\":\"DONE\",\"reason\":\"x\",\"state\":\"DONE\"}",
		ERROR_UNKNOWN_FIELD, "state");
	refuses("POST", "/api/tasks/" ID "/pick", "{\"assignee_id\":\"x\"}", ERROR_UNKNOWN_FIELD, "assignee_id");
	refuses("POST", "/api/tasks/" ID "/assign", "{}", ERROR_MISSING_FIELD, "user_id");
	refuses("POST", "/api/tasks/" ID "/assign", "{\"user_id\":\"\"}", ERROR_INVALID_FIELD,
		"user_id must be a UUID or null");
}

Test(validator, content_type)
{
	const void *input;
	struct operation_match match;
	request = (struct http_request){.method = TEXT("POST"), .path = TEXT("/api/auth/login"), .body = TEXT("{}")};
	match = operation_find(request.method, request.path);
	cr_assert_eq(input_read(&context, &match, &input), ERROR_UNSUPPORTED_MEDIA_TYPE);
	request.content_type = TEXT("text/json");
	cr_assert_eq(input_read(&context, &match, &input), ERROR_UNSUPPORTED_MEDIA_TYPE);
	request.content_type = TEXT("Application/JSON ;x=y");
	cr_assert_eq(input_read(&context, &match, &input), ERROR_MISSING_FIELD);
	request.content_encoding = TEXT("Identity");
	cr_assert_eq(input_read(&context, &match, &input), ERROR_MISSING_FIELD);
	request.content_encoding = TEXT("gzip");
	cr_assert_eq(input_read(&context, &match, &input), ERROR_UNSUPPORTED_MEDIA_TYPE);
	request.body_fault = ERROR_PAYLOAD_TOO_LARGE;
	cr_assert_eq(input_read(&context, &match, &input), ERROR_PAYLOAD_TOO_LARGE);
}

#define TEMPLATE(nodes, edges) "{\"name\":\"n\",\"nodes\":[" nodes "],\"edges\":[" edges "]}"
#define NODE "{\"node_id\":\"a\",\"task_type_id\":\"" ID "\",\"label\":\"A\"}"

Test(validator, nested_fields)
{
	static const char path[] = "/api/workflow-templates";
	const void *input;
	cr_assert_eq(read("POST", path, TEMPLATE(NODE, ""), &input), ERROR_NONE);
	const struct workflow_template_save_input *workflow = input;
	cr_assert_eq(workflow->nodes_count, 1u);
	cr_assert(text_is(workflow->nodes[0].node_id, "a"));
	cr_assert_null(workflow->nodes[0].metadata.data);
	cr_assert_eq(read("POST", path,
			  TEMPLATE("{\"node_id\":\"a\",\"task_type_id\":\"" ID
				   "\",\"label\":\"A\",\"metadata\":{\"x\":[1],\"description\":\"why\"}}",
				   ""),
			  &input),
		     ERROR_NONE);
	workflow = input;
	cr_assert(text_is(workflow->nodes[0].metadata, "{\"x\":[1],\"description\":\"why\"}"));
	cr_assert(text_is(workflow->nodes[0].metadata_description, "why"));
	refuses("POST", path, TEMPLATE("1", ""), ERROR_INVALID_FIELD, "nodes[0] must be an object");
	refuses("POST", path, TEMPLATE(NODE ",{}", ""), ERROR_MISSING_FIELD, "nodes[1].node_id");
	refuses("POST", path, TEMPLATE("{\"node_id\":\"a b\",\"task_type_id\":\"" ID "\",\"label\":\"A\"}", ""),
		ERROR_INVALID_FIELD, "nodes[0].node_id must be 1 to 64 characters of [A-Za-z0-9._-]");
	refuses("POST", path, TEMPLATE(NODE, "{\"from_node_id\":\"a\",\"to_node_id\":\"b\",\"x\":1}"),
		ERROR_UNKNOWN_FIELD, "edges[0].x");
	refuses("POST", path,
		TEMPLATE("{\"node_id\":\"a\",\"task_type_id\":\"" ID
			 "\",\"label\":\"A\",\"metadata\":{\"description\":1}}",
			 ""),
		ERROR_INVALID_FIELD, "nodes[0].metadata.description");
	refuses("POST", path, "{\"name\":\"n\",\"nodes\":{},\"edges\":[]}", ERROR_INVALID_FIELD,
		"nodes must be an array");
}
