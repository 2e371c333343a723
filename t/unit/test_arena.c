/* core/arena: zeroed memory, the ceiling, reset. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "core/arena.h"

enum { CEILING = 1024 * 1024 };

static struct arena *arena;

static void open_arena(void)
{
	arena = arena_new(CEILING);
	cr_assert_not_null(arena, "an arena");
}

static void close_arena(void)
{
	arena_free(arena);
}

TestSuite(arena, .init = open_arena, .fini = close_arena);

Test(arena, memory_is_zeroed_and_aligned)
{
	for (size_t size = 0; size < 100; size++) {
		unsigned char *memory = arena_alloc(arena, size);
		cr_assert_not_null(memory, "%zu bytes", size);
		cr_assert_eq((uintptr_t)memory % _Alignof(max_align_t), 0, "alignment of %zu bytes", size);
		for (size_t i = 0; i < size; i++)
			cr_assert_eq(memory[i], 0, "byte %zu of %zu", i, size);
		memset(memory, 0xAA, size);
	}
}

Test(arena, memory_is_zeroed_after_reset)
{
	char *before = arena_alloc(arena, 1000);
	memset(before, 0xAA, 1000);
	arena_reset(arena);
	char *after = arena_alloc(arena, 1000);
	cr_assert_eq(after, before, "the block is used again");
	for (size_t i = 0; i < 1000; i++)
		cr_assert_eq(after[i], 0, "byte %zu", i);
}

Test(arena, pieces_do_not_overlap)
{
	enum { COUNT = 500, SIZE = 1000 };
	unsigned char *pieces[COUNT];
	for (size_t i = 0; i < COUNT; i++) {
		pieces[i] = arena_alloc(arena, SIZE);
		cr_assert_not_null(pieces[i], "piece %zu", i);
		memset(pieces[i], (int)(i % 256), SIZE);
	}
	for (size_t i = 0; i < COUNT; i++) {
		for (size_t k = 0; k < SIZE; k++)
			cr_assert_eq(pieces[i][k], i % 256, "piece %zu, byte %zu", i, k);
	}
}

Test(arena, ceiling)
{
	cr_assert_null(arena_alloc(arena, CEILING + 1), "more than the ceiling at once");
	cr_assert_not_null(arena_alloc(arena, CEILING / 2), "half of it");
	cr_assert_null(arena_alloc(arena, CEILING / 2 + 1), "more than what is left");
	size_t given = 0;
	while (arena_alloc(arena, 1024))
		given += 1024;
	cr_assert_leq(given, CEILING / 2, "never more than the ceiling");
	cr_assert_geq(given, CEILING / 2 - 64 * 1024, "nearly all that is left");
	arena_reset(arena);
	cr_assert_not_null(arena_alloc(arena, CEILING / 2), "all of it again after a reset");
}

Test(arena, ceiling_smaller_than_a_block)
{
	struct arena *small = arena_new(1024);
	cr_assert_not_null(small, "an arena");
	cr_assert_not_null(arena_alloc(small, 512), "half of it");
	cr_assert_null(arena_alloc(small, 1024), "too much");
	arena_free(small);
}

Test(arena, a_large_piece_does_not_waste_the_block)
{
	char *small = arena_alloc(arena, 16);
	cr_assert_not_null(arena_alloc(arena, 200 * 1024), "a large piece");
	char *next = arena_alloc(arena, 16);
	cr_assert_eq(next, small + 16, "goes on in the first block");
}

Test(arena, rewind)
{
	arena_rewind(arena, arena_mark(arena));
	char *first = arena_alloc(arena, 100);
	struct arena_mark mark = arena_mark(arena);
	char *second = arena_alloc(arena, 100);
	cr_assert_not_null(arena_alloc(arena, 200 * 1024), "a large piece, behind the block that is filled");
	for (int i = 0; i < 20; i++)
		cr_assert_not_null(arena_alloc(arena, 10 * 1024), "pieces of more blocks");
	memset(first, 'x', 100);
	arena_rewind(arena, mark);
	cr_assert_eq(arena_alloc(arena, 100), second, "the same place again");
	cr_assert_eq(first[99], 'x', "what was there before stays");
	for (int i = 0; i < 100; i++) {
		arena_rewind(arena, mark);
		cr_assert_not_null(arena_alloc(arena, CEILING / 2), "nothing is lost");
	}
}

Test(arena, rewind_to_the_beginning)
{
	struct arena_mark mark = arena_mark(arena);
	for (int i = 0; i < 100; i++) {
		cr_assert_not_null(arena_alloc(arena, CEILING / 2), "half of it");
		arena_rewind(arena, mark);
	}
}

Test(arena, overflow)
{
	cr_assert_null(arena_alloc(arena, SIZE_MAX), "SIZE_MAX");
	cr_assert_null(arena_alloc(arena, SIZE_MAX - 8), "nearly SIZE_MAX");
	cr_assert_null(arena_calloc(arena, SIZE_MAX / 2 + 1, 2), "a product that overflows to 0");
	cr_assert_null(arena_copy(arena, (struct text){"", SIZE_MAX}), "a text of SIZE_MAX bytes");
}

Test(arena, calloc)
{
	cr_assert_not_null(arena_calloc(arena, 10, 10), "10 times 10");
	cr_assert_not_null(arena_calloc(arena, 0, 10), "nothing is not a failure");
}

Test(arena, copy)
{
	cr_assert_str_eq(arena_copy(arena, (struct text){"abcdef", 3}), "abc", "three bytes and a NUL");
	cr_assert_str_eq(arena_copy(arena, (struct text){NULL, 0}), "", "no text");
}

Test(arena, join)
{
	const struct text texts[] = {TEXT("a"), {NULL, 0}, TEXT(""), TEXT("bc")};
	cr_assert_str_eq(arena_join(arena, texts, 4), "abc", "joined");
	cr_assert_str_eq(arena_join(arena, texts, 0), "", "nothing");
	const struct text endless[] = {{"a", SIZE_MAX}, {"b", 1}};
	cr_assert_null(arena_join(arena, endless, 1), "no room for the NUL");
	cr_assert_null(arena_join(arena, endless, 2), "the sum of the lengths");
}

Test(arena, integer)
{
	cr_assert_str_eq(arena_integer(arena, 0).data, "0", "zero");
	cr_assert_str_eq(arena_integer(arena, INT64_MAX).data, "9223372036854775807", "the most");
	cr_assert_str_eq(arena_integer(arena, INT64_MIN).data, "-9223372036854775808", "the least");
	cr_assert_eq(arena_integer(arena, -12).length, 3, "the length");
}

Test(arena, format)
{
	cr_assert_str_eq(arena_format(arena, "%d of %s", 3, "four"), "3 of four", "format");
	cr_assert_null(arena_format(arena, "%*d", CEILING, 1), "too long");
}

Test(arena, freeing_nothing)
{
	arena_free(NULL);
}
