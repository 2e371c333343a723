/* Routing: which operation a method and a path as sent lead to. Nothing but the plain path matches. */
#include <criterion/criterion.h>
#include <string.h>

#include "schemas/operation.h"

#define ID "0d5c4a1e-9f3b-4c2d-8e7f-0123456789ab"

static struct operation_match find(const char *method, const char *path)
{
	return operation_find(text_from_string(method), text_from_string(path));
}

Test(operation, every_operation_is_found_by_its_own_path)
{
	for (size_t i = 0; i < operation_count; i++) {
		struct operation_match match = find(operations[i].method, operations[i].path);
		/* a template is no plain path, for its braces */
		if (strchr(operations[i].path, '{'))
			cr_assert_null(match.operation, "%s", operations[i].id);
		else
			cr_assert_eq(match.operation, &operations[i], "%s", operations[i].id);
	}
}

Test(operation, path_values)
{
	struct operation_match match = find("POST", "/api/tasks/" ID "/pick");
	cr_assert_not_null(match.operation);
	cr_assert_str_eq(match.operation->id, "task_pick");
	cr_assert(text_is(match.path_values[0], ID));
	match = find("GET", "/api/tasks/not-a-uuid");
	cr_assert_not_null(match.operation, "whether it is a UUID is the validator's question");
}

Test(operation, head_is_get)
{
	cr_assert_str_eq(find("HEAD", "/api/tasks").operation->id, "task_list");
	cr_assert_null(find("HEAD", "/api/workflows/instantiate").operation);
}

Test(operation, other_methods_learn_what_is_allowed)
{
	struct operation_match match = find("DELETE", "/api/tasks");
	cr_assert_null(match.operation);
	cr_assert_str_eq(match.allow, "GET, HEAD, OPTIONS");
	cr_assert_str_eq(find("PUT", "/api/workflow-templates").allow, "GET, HEAD, POST, OPTIONS");
	cr_assert_str_eq(find("get", "/api/auth/login").allow, "POST, OPTIONS");
}

Test(operation, only_plain_paths_match)
{
	static const char *const hostile[] = {
	    "",
	    "/",
	    "api/tasks",
	    "/api/tasks/",
	    "//api/tasks",
	    "/api//tasks",
	    "/api/tasks/.",
	    "/api/./tasks",
	    "/api/x/../tasks",
	    "/api/tasks/..",
	    "/api/%74asks",
	    "/api/tasks%2f",
	    "/api\\tasks",
	    "/api/tasks;a=b",
	    "/API/tasks",
	    "/api/tasks ",
	    "/api/tasks\xc3\xa9",
	    "/api/tasks?x",
	    "/api",
	    "/api/nothing",
	    "/api/tasks/" ID "/pick/more",
	    "/api/tasks//pick",
	    "/api/events/" ID,
	};
	for (size_t i = 0; i < sizeof(hostile) / sizeof(*hostile); i++) {
		struct operation_match match = find("GET", hostile[i]);
		cr_assert_null(match.operation, "%s", hostile[i]);
		cr_assert_null(match.allow, "%s", hostile[i]);
	}
}

Test(operation, a_nul_in_the_path_is_no_end)
{
	struct text path = {"/api/tasks\0x", 12};
	cr_assert_null(operation_find(TEXT("GET"), path).allow);
}
