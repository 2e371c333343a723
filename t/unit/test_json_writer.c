/* core/json_writer: commas, escapes, the ceiling, taking back. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "core/json_reader.h"
#include "core/json_writer.h"

enum { CEILING = 64 * 1024 };

static struct json_writer writer;

static void open_writer(void)
{
	json_writer_init(&writer, CEILING);
}

static void close_writer(void)
{
	json_writer_free(&writer);
}

TestSuite(json_writer, .init = open_writer, .fini = close_writer);

static void expect_written(const char *expected)
{
	cr_expect_not(writer.failed, "failed instead of %s", expected);
	cr_expect(text_is((struct text){writer.data, writer.length}, expected), "%.*s instead of %s",
		  (int)writer.length, writer.data, expected);
}

Test(json_writer, allocates_nothing_at_first)
{
	cr_assert_null(writer.data, "no buffer");
}

Test(json_writer, commas)
{
	json_begin_object(&writer);
	json_name(&writer, "a");
	json_begin_array(&writer);
	json_integer(&writer, 1);
	json_null(&writer);
	json_begin_object(&writer);
	json_end_object(&writer);
	json_begin_array(&writer);
	json_end_array(&writer);
	json_end_array(&writer);
	json_name(&writer, "b");
	json_boolean(&writer, true);
	json_name(&writer, "c");
	json_boolean(&writer, false);
	json_name(&writer, "d");
	json_raw(&writer, TEXT("{\"x\":[]}"));
	json_name(&writer, "e");
	json_string(&writer, "f");
	json_end_object(&writer);
	expect_written("{\"a\":[1,null,{},[]],\"b\":true,\"c\":false,\"d\":{\"x\":[]},\"e\":\"f\"}");
}

Test(json_writer, absent_values_are_null)
{
	json_begin_array(&writer);
	json_text(&writer, (struct text){NULL, 0});
	json_string(&writer, NULL);
	json_raw(&writer, (struct text){NULL, 0});
	json_text(&writer, TEXT(""));
	json_end_array(&writer);
	expect_written("[null,null,null,\"\"]");
}

Test(json_writer, integers)
{
	json_begin_array(&writer);
	json_integer(&writer, 0);
	json_integer(&writer, -1);
	json_integer(&writer, 1234567890);
	json_integer(&writer, INT64_MAX);
	json_integer(&writer, INT64_MIN);
	json_end_array(&writer);
	expect_written("[0,-1,1234567890,9223372036854775807,-9223372036854775808]");
}

Test(json_writer, escapes)
{
	json_text(&writer, TEXT("\"\\/\b\f\n\r\t\0\x01\x1F\x20\x7F\xC3\xA4\xF0\x9F\x98\x80"));
	expect_written("\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u0001\\u001f \x7F\xC3\xA4\xF0\x9F\x98\x80\"");
}

/* Every byte at every place of a word of the fast scan, next to bytes of all kinds. */
Test(json_writer, every_ascii_byte_at_every_offset_reads_back)
{
	static const char fillers[] = {'a', '!', '#', '[', ']', ' ', '~'};
	for (int byte = 1; byte < 0x80; byte++) {
		for (size_t offset = 0; offset < 20; offset++) {
			char bytes[20];
			memset(bytes, fillers[(offset + (size_t)byte) % sizeof(fillers)], sizeof(bytes));
			bytes[offset] = (char)byte;
			json_writer_reset(&writer);
			json_text(&writer, (struct text){bytes, sizeof(bytes)});
			struct json_object *value;
			size_t position;
			enum json_fault fault = json_read((struct text){writer.data, writer.length}, &value, &position);
			cr_assert_eq(fault, JSON_OK, "byte %#x at %zu", (unsigned int)byte, offset);
			struct text read = {json_object_get_string(value), (size_t)json_object_get_string_len(value)};
			cr_assert(text_equal(read, (struct text){bytes, sizeof(bytes)}), "byte %#x at %zu",
				  (unsigned int)byte, offset);
			json_object_put(value);
		}
	}
}

Test(json_writer, grows)
{
	char *long_text = malloc(CEILING - 2);
	cr_assert_not_null(long_text, "memory");
	memset(long_text, 'x', CEILING - 2);
	json_text(&writer, (struct text){long_text, CEILING - 2});
	cr_assert_not(writer.failed, "exactly the ceiling");
	cr_assert_eq(writer.length, CEILING, "the text and its quotes");
	json_writer_reset(&writer);
	json_begin_array(&writer);
	json_text(&writer, (struct text){long_text, CEILING - 2});
	cr_assert(writer.failed, "one byte more");
	free(long_text);
}

Test(json_writer, escapes_count_towards_the_ceiling)
{
	char controls[CEILING / 6 + 1];
	memset(controls, 1, sizeof(controls));
	json_text(&writer, (struct text){controls, sizeof(controls)});
	cr_assert(writer.failed, "six bytes for each");
}

Test(json_writer, failure_is_remembered_and_leaves_nothing)
{
	json_begin_array(&writer);
	struct json_mark mark = json_mark(&writer);
	for (int i = 0; i < CEILING; i++)
		json_integer(&writer, i);
	cr_assert(writer.failed, "too much");
	cr_assert_eq(writer.length, 0, "nothing is left to send");
	json_string(&writer, "x");
	json_name(&writer, "x");
	json_end_array(&writer);
	json_rewind(&writer, mark);
	cr_assert(writer.failed, "for good");
	cr_assert_eq(writer.length, 0, "still nothing");
	json_writer_reset(&writer);
	json_integer(&writer, 1);
	expect_written("1");
}

Test(json_writer, failure_declared_from_outside)
{
	json_begin_array(&writer);
	writer.failed = true;
	json_end_array(&writer);
	cr_assert_eq(writer.length, 0, "nothing is left to send");
}

Test(json_writer, lengths_that_overflow)
{
	json_begin_array(&writer);
	json_raw(&writer, (struct text){"1", SIZE_MAX});
	cr_assert(writer.failed, "SIZE_MAX");
	json_writer_reset(&writer);
	json_raw(&writer, (struct text){"1", SIZE_MAX - 1});
	cr_assert(writer.failed, "SIZE_MAX - 1");
}

Test(json_writer, ceiling_smaller_than_the_first_buffer)
{
	struct json_writer small;
	json_writer_init(&small, 4);
	json_null(&small);
	cr_expect(small.failed, "a value's comma is reserved with it");
	json_writer_reset(&small);
	json_integer(&small, 123);
	cr_expect_not(small.failed, "three digits");
	cr_expect_leq(small.capacity, 4, "never more than the ceiling");
	json_writer_free(&small);
}

Test(json_writer, rewind)
{
	json_begin_array(&writer);
	json_integer(&writer, 1);
	struct json_mark mark = json_mark(&writer);
	json_begin_object(&writer);
	json_name(&writer, "a");
	json_rewind(&writer, mark);
	json_integer(&writer, 2);
	json_end_array(&writer);
	expect_written("[1,2]");
}

Test(json_writer, string)
{
	cr_assert_str_eq(json_writer_string(&writer), "", "nothing yet");
	json_begin_array(&writer);
	cr_assert_str_eq(json_writer_string(&writer), "[", "the NUL is behind it");
	json_end_array(&writer);
	expect_written("[]");
	struct json_writer small;
	json_writer_init(&small, 3);
	json_begin_array(&small);
	json_integer(&small, 1);
	json_end_array(&small);
	cr_assert_null(json_writer_string(&small), "no room for the NUL");
	cr_expect(small.failed, "and that is remembered");
	json_writer_free(&small);
}

Test(json_writer, plain_strings)
{
	json_begin_array(&writer);
	json_plain(&writer, TEXT("2026-11-24T12:09:59.000000Z"));
	json_uuid(&writer, &(struct uuid){"70000006-0000-4000-8000-000000000001"});
	json_end_array(&writer);
	expect_written("[\"2026-11-24T12:09:59.000000Z\",\"70000006-0000-4000-8000-000000000001\"]");
}

Test(json_writer, reset_keeps_the_buffer)
{
	json_begin_array(&writer);
	const char *buffer = writer.data;
	json_writer_reset(&writer);
	json_boolean(&writer, true);
	cr_assert_eq(writer.data, buffer, "the same buffer");
	expect_written("true");
}
