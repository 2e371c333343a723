/* PostgreSQL array literals: nothing that a text holds may become structure. */
#include <criterion/criterion.h>

#include "db/array.h"

static struct arena *arena;

static void set_up(void)
{
	arena = arena_new(64 * 1024);
}

static void tear_down(void)
{
	arena_free(arena);
}

TestSuite(array, .init = set_up, .fini = tear_down);

Test(array, empty)
{
	cr_assert_str_eq(array_literal(array_new(arena)), "{}");
}

Test(array, texts_are_quoted)
{
	struct array *array = array_new(arena);
	array_add_text(array, TEXT("a,b"));
	array_add_text(array, TEXT("NULL"));
	array_add_text(array, (struct text){0});
	array_add_text(array, TEXT("say \"hi\" \\ {there}"));
	array_add_text(array, TEXT(""));
	cr_assert_str_eq(array_literal(array), "{\"a,b\",\"NULL\",NULL,\"say \\\"hi\\\" \\\\ {there}\",\"\"}");
}

Test(array, integers)
{
	struct array *array = array_new(arena);
	array_add_integer(array, -1);
	array_add_integer(array, INT64_MAX);
	cr_assert_str_eq(array_literal(array), "{-1,9223372036854775807}");
}

Test(array, grows)
{
	struct array *array = array_new(arena);
	for (int i = 0; i < 1000; i++)
		array_add_integer(array, 7);
	cr_assert_eq(strlen(array_literal(array)), 2001u);
}

Test(array, an_exhausted_arena_is_told_at_the_end)
{
	struct arena *small = arena_new(2048);
	struct array *array = array_new(small);
	for (int i = 0; i < 5000; i++)
		array_add_text(array, TEXT("0123456789"));
	cr_assert_null(array_literal(array));
	cr_assert_null(array_literal(NULL));
	arena_free(small);
}
