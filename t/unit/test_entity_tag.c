/* core/entity_tag: tags that all workers write alike, and the lists of them that clients send. */
#include <criterion/criterion.h>

#include "core/entity_tag.h"

Test(entity_tag, write)
{
	struct arena *arena = arena_new(1024 * 1024);
	cr_expect_str_eq(entity_tag_write(arena, TEXT("r"), 7, TEXT("sample")), "\"r7-4812e460280c6ef2\"", "a mark");
	cr_expect_str_eq(entity_tag_write(arena, TEXT(""), 12, TEXT("sample")), "\"12-4812e460280c6ef2\"", "none");
	cr_expect_str_neq(entity_tag_write(arena, TEXT(""), 12, TEXT("simple")), "\"12-4812e460280c6ef2\"", "another");
	arena_free(arena);
}

Test(entity_tag, is_listed)
{
	cr_expect(entity_tag_is_listed(TEXT("\"1-a\", W/\"2-b\""), TEXT("\"2-b\"")), "the second, weak");
	cr_expect(entity_tag_is_listed(TEXT("*"), TEXT("\"2-b\"")), "any");
	cr_expect_not(entity_tag_is_listed(TEXT("\"2-bc\""), TEXT("\"2-b\"")), "a longer one");
	cr_expect_not(entity_tag_is_listed(TEXT(""), TEXT("\"2-b\"")), "none");
}
