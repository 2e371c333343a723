/* core/cursor: what was encoded comes back; anything damaged, foreign or forged does not. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "core/cursor.h"
#include "core/encoding.h"

#define LIST TEXT("task_list\nstate=TODO")

static const struct cursor_key SAMPLE = {
    .created_at = "2026-11-24T12:09:59.123000Z", .number = 42, .id = {"0d5c4a1e-9f3b-4c2d-8e7f-0123456789ab"}};

static struct arena *arena;

static void open_arena(void)
{
	arena = arena_new(8 * 1024 * 1024);
	cr_assert_not_null(arena, "an arena");
}

static void close_arena(void)
{
	arena_free(arena);
}

TestSuite(cursor, .init = open_arena, .fini = close_arena);

Test(cursor, round_trip)
{
	struct cursor_key key;
	struct text cursor = cursor_encode(arena, LIST, &SAMPLE);
	cr_assert_not_null(cursor.data, "encoded");
	cr_assert_leq(cursor.length, 1000, "the length that a request may have");
	cr_assert(cursor_decode(arena, LIST, cursor, &key), "decoded");
	cr_expect_str_eq(key.created_at, SAMPLE.created_at, "time");
	cr_expect_eq(key.number, SAMPLE.number, "number");
	cr_expect(uuid_equal(&key.id, &SAMPLE.id), "id");
}

Test(cursor, round_trip_of_numbers)
{
	static const int64_t numbers[] = {0, 1, 1000, INT32_MAX};
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		int64_t number = -1;
		struct text cursor = cursor_encode_number(arena, LIST, numbers[i]);
		cr_expect(cursor_decode_number(arena, LIST, cursor, &number), "decoded");
		cr_expect_eq(number, numbers[i], "number");
	}
}

Test(cursor, foreign)
{
	struct cursor_key key;
	int64_t number;
	struct text cursor = cursor_encode(arena, LIST, &SAMPLE);
	cr_expect_not(cursor_decode(arena, TEXT("task_list\nstate=DONE"), cursor, &key), "another filter");
	cr_expect_not(cursor_decode(arena, TEXT("event_list"), cursor, &key), "another operation");
	cr_expect_not(cursor_decode(arena, TEXT(""), cursor, &key), "no binding");
	cr_expect_not(cursor_decode_number(arena, LIST, cursor, &number), "another kind of list");
	cr_expect_not(cursor_decode(arena, LIST, cursor_encode_number(arena, LIST, 42), &key), "a number alone");
}

/* The binding's first bytes may not pass for the position's last. */
Test(cursor, position_and_binding_are_kept_apart)
{
	int64_t number;
	struct text cursor = cursor_encode_number(arena, TEXT("2list"), 4);
	cr_expect(cursor_decode_number(arena, TEXT("2list"), cursor, &number), "its own list");
	struct text bytes = base64url_decode(arena, cursor);
	char *moved = arena_alloc(arena, bytes.length + 1);
	cr_assert_not_null(moved, "memory");
	memcpy(moved, "- 42", 4);
	memcpy(moved + 4, bytes.data + 3, bytes.length - 3);
	struct text forged = base64url_encode(arena, (struct text){moved, bytes.length + 1});
	cr_expect_not(cursor_decode_number(arena, TEXT("list"), forged, &number), "a byte moved over");
}

Test(cursor, damaged)
{
	struct cursor_key key;
	struct text cursor = cursor_encode(arena, LIST, &SAMPLE);
	for (size_t i = 0; i < cursor.length; i++) {
		char *damaged = arena_copy(arena, cursor);
		cr_assert_not_null(damaged, "memory");
		damaged[i] = damaged[i] == 'A' ? 'B' : 'A';
		cr_expect_not(cursor_decode(arena, LIST, (struct text){damaged, cursor.length}, &key), "character %zu",
			      i);
		cr_expect_not(cursor_decode(arena, LIST, (struct text){cursor.data, i}, &key), "cut to %zu", i);
	}
	char *longer = arena_format(arena, "%sAAAA", cursor.data);
	cr_expect_not(cursor_decode(arena, LIST, text_from_string(longer), &key), "longer");
	cr_expect_not(cursor_decode(arena, LIST, TEXT("====%%%%"), &key), "no base64url");
}

/* The checksum keeps no secret: whoever reads the source can seal a position of their own. */
static struct text forge(const char *position)
{
	struct text sealed = text_from_string(arena_format(arena, "%s|%.*s", position, (int)LIST.length, LIST.data));
	char *bytes = (char *)sealed.data;
	bytes[strlen(position)] = '\0';
	uint8_t sum[SHA256_SIZE];
	cr_assert(sha256(sealed, sum), "GnuTLS");
	size_t length = strlen(position);
	char *whole = arena_alloc(arena, length + 16);
	cr_assert_not_null(whole, "memory");
	memcpy(whole, position, length);
	memcpy(whole + length, sum, 16);
	return base64url_encode(arena, (struct text){whole, length + 16});
}

Test(cursor, forged_values_never_reach_the_database)
{
	static const char id[] = "0d5c4a1e-9f3b-4c2d-8e7f-0123456789ab";
	static const char time[] = "2026-11-24T12:09:59.123000Z";
	struct cursor_key key;
	char good[128];
	(void)snprintf(good, sizeof(good), "%s 42 %s", time, id);
	cr_assert(cursor_decode(arena, LIST, forge(good), &key), "the forger of this test knows the format");

	static const char *const bad[] = {
	    "2026-02-30T12:09:59.123000Z 42 0d5c4a1e-9f3b-4c2d-8e7f-0123456789ab",
	    "infinity 42 0d5c4a1e-9f3b-4c2d-8e7f-0123456789ab",
	    " 42 0d5c4a1e-9f3b-4c2d-8e7f-0123456789ab",
	    "2026-11-24T12:09:59.123000Z -1 0d5c4a1e-9f3b-4c2d-8e7f-0123456789ab",
	    "2026-11-24T12:09:59.123000Z 2147483648 0d5c4a1e-9f3b-4c2d-8e7f-0123456789ab",
	    "2026-11-24T12:09:59.123000Z 99999999999999999999 0d5c4a1e-9f3b-4c2d-8e7f-0123456789ab",
	    "2026-11-24T12:09:59.123000Z  0d5c4a1e-9f3b-4c2d-8e7f-0123456789ab",
	    "2026-11-24T12:09:59.123000Z 4x 0d5c4a1e-9f3b-4c2d-8e7f-0123456789ab",
	    "2026-11-24T12:09:59.123000Z 42",
	    "2026-11-24T12:09:59.123000Z 42 ",
	    "2026-11-24T12:09:59.123000Z 42 '; DROP TABLE tasks; --",
	    "2026-11-24T12:09:59.123000Z 42 0d5c4a1e-9f3b-4c2d-8e7f-0123456789ab x",
	    "2026-11-24T12:09:59.123000Z",
	    "",
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		cr_expect_not(cursor_decode(arena, LIST, forge(bad[i]), &key), "%s", bad[i]);

	static const char *const bad_numbers[] = {"- ", "-", "- -1", "- 2147483648", "- 1 2", "- +1", "42", "x 42"};
	int64_t number;
	cr_assert(cursor_decode_number(arena, LIST, forge("- 42"), &number), "the forger knows this format, too");
	for (size_t i = 0; i < sizeof(bad_numbers) / sizeof(*bad_numbers); i++)
		cr_expect_not(cursor_decode_number(arena, LIST, forge(bad_numbers[i]), &number), "%s", bad_numbers[i]);
}

Test(cursor, short_memory)
{
	struct arena *tiny = arena_new(0);
	struct cursor_key key;
	struct text cursor = cursor_encode(arena, LIST, &SAMPLE);
	cr_expect_null(cursor_encode(tiny, LIST, &SAMPLE).data, "encode");
	cr_expect_not(cursor_decode(tiny, LIST, cursor, &key), "decode");
	arena_free(tiny);
}
