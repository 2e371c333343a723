/* A task as it is written: its parents and children, and those of them that are not to be seen. */
#include <criterion/criterion.h>
#include <string.h>

#include "core/json_writer.h"
#include "models/task.h"

#define A "00000000-0000-4000-8000-00000000000a"
#define B "00000000-0000-4000-8000-00000000000b"
#define C "00000000-0000-4000-8000-00000000000c"

enum { JSON_MAX = 4096 };

static void expect_ids(struct text parent_ids, struct text child_ids, struct text hidden_ids, const char *expected)
{
	const struct uuid id = {A};
	struct task task = {.event_id = id,
			    .id = id,
			    .task_type_id = id,
			    .parent_ids = parent_ids,
			    .child_ids = child_ids,
			    .hidden_ids = hidden_ids};
	struct json_writer json;
	json_writer_init(&json, JSON_MAX);
	task_write(&json, &task);
	const char *written = json_writer_string(&json);
	cr_assert_not_null(written);
	cr_expect_not_null(strstr(written, expected), "%s is not in %s", expected, written);
	json_writer_free(&json);
}

Test(task, has_its_parents_and_children_in_their_order)
{
	expect_ids(TEXT("{}"), TEXT("{}"), TEXT("{}"), "\"parent_ids\":[],\"child_ids\":[],");
	expect_ids(TEXT("{" A "}"), TEXT("{}"), (struct text){0}, "\"parent_ids\":[\"" A "\"],\"child_ids\":[],");
	expect_ids(TEXT("{" A "," B "}"), TEXT("{" C "}"), TEXT("{}"),
		   "\"parent_ids\":[\"" A "\",\"" B "\"],\"child_ids\":[\"" C "\"],");
}

Test(task, leaves_out_those_that_are_hidden)
{
	expect_ids(TEXT("{" A "," B "," C "}"), TEXT("{}"), TEXT("{" B "}"),
		   "\"parent_ids\":[\"" A "\",\"" C "\"],\"child_ids\":[],");
	expect_ids(TEXT("{" A "}"), TEXT("{" B "," C "}"), TEXT("{" C "," A "}"),
		   "\"parent_ids\":[],\"child_ids\":[\"" B "\"],");
}

Test(task, has_none_where_none_was_read)
{
	expect_ids((struct text){0}, (struct text){0}, (struct text){0}, "\"parent_ids\":[],\"child_ids\":[],");
}
