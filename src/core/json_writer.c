#include "core/json_writer.h"

#include <stdlib.h>
#include <string.h>

enum { CAPACITY_MIN = 4096 };

void json_writer_init(struct json_writer *writer, size_t ceiling)
{
	*writer = (struct json_writer){.ceiling = ceiling};
}

void json_writer_reset(struct json_writer *writer)
{
	writer->length = 0;
	writer->failed = false;
	writer->comma_due = false;
}

void json_writer_free(struct json_writer *writer)
{
	free(writer->data);
	json_writer_init(writer, writer->ceiling);
}

/* A writer that failed holds nothing, so that nobody sends half a document. */
static bool fail(struct json_writer *writer)
{
	writer->failed = true;
	writer->length = 0;
	return false;
}

static bool grow(struct json_writer *writer, size_t size)
{
	if (writer->failed || size > writer->ceiling - writer->length)
		return fail(writer);
	size_t capacity = writer->capacity < CAPACITY_MIN ? CAPACITY_MIN : writer->capacity;
	while (capacity - writer->length < size)
		capacity = capacity > writer->ceiling / 2 ? writer->ceiling : 2 * capacity;
	if (capacity > writer->ceiling)
		capacity = writer->ceiling;
	char *data = realloc(writer->data, capacity);
	if (!data)
		return fail(writer);
	writer->data = data;
	writer->capacity = capacity;
	return true;
}

/* Makes room for size more bytes. */
static inline bool reserve(struct json_writer *writer, size_t size)
{
	if (!writer->failed && writer->capacity - writer->length >= size)
		return true;
	return grow(writer, size);
}

/* The functions below write into room that was reserved. */
static inline void put_byte(struct json_writer *writer, char byte)
{
	writer->data[writer->length++] = byte;
}

static inline void put_bytes(struct json_writer *writer, const char *bytes, size_t size)
{
	memcpy(writer->data + writer->length, bytes, size);
	writer->length += size;
}

static inline void put_comma(struct json_writer *writer)
{
	if (writer->comma_due)
		put_byte(writer, ',');
}

static void write_begin(struct json_writer *writer, char bracket)
{
	if (!reserve(writer, 2))
		return;
	put_comma(writer);
	put_byte(writer, bracket);
	writer->comma_due = false;
}

static void write_end(struct json_writer *writer, char bracket)
{
	if (!reserve(writer, 1))
		return;
	put_byte(writer, bracket);
	writer->comma_due = true;
}

static void write_value(struct json_writer *writer, const char *bytes, size_t size)
{
	if (size == SIZE_MAX || !reserve(writer, size + 1)) {
		(void)fail(writer);
		return;
	}
	put_comma(writer);
	put_bytes(writer, bytes, size);
	writer->comma_due = true;
}

void json_begin_object(struct json_writer *writer)
{
	write_begin(writer, '{');
}

void json_end_object(struct json_writer *writer)
{
	write_end(writer, '}');
}

void json_begin_array(struct json_writer *writer)
{
	write_begin(writer, '[');
}

void json_end_array(struct json_writer *writer)
{
	write_end(writer, ']');
}

void json_name_text(struct json_writer *writer, struct text name)
{
	if (!reserve(writer, name.length + 4))
		return;
	put_comma(writer);
	put_byte(writer, '"');
	put_bytes(writer, name.data, name.length);
	put_byte(writer, '"');
	put_byte(writer, ':');
	writer->comma_due = false;
}

static inline bool needs_escape(char c)
{
	return (unsigned char)c < 0x20 || c == '"' || c == '\\';
}

/* Whether one of eight bytes needs an escape: below 0x20, '"' or '\\'. Each term has the high bit of a byte set if that
 * byte, taken alone, is less than a constant; a borrow from a lower byte can only add hits above a real one. */
static inline bool any_needs_escape(uint64_t bytes)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	const uint64_t highs = UINT64_C(0x8080808080808080);
	uint64_t quotes = bytes ^ ones * '"';
	uint64_t backslashes = bytes ^ ones * '\\';
	uint64_t hits =
	    ((bytes - ones * 0x20) & ~bytes) | ((quotes - ones) & ~quotes) | ((backslashes - ones) & ~backslashes);
	return (hits & highs) != 0;
}

/* The number of bytes at the front of the text that stand for themselves. */
static size_t plain_length(struct text text)
{
	size_t i = 0;
	for (; text.length - i >= sizeof(uint64_t); i += sizeof(uint64_t)) {
		uint64_t bytes;
		memcpy(&bytes, text.data + i, sizeof(bytes));
		if (any_needs_escape(bytes))
			break;
	}
	while (i < text.length && !needs_escape(text.data[i]))
		i++;
	return i;
}

static void write_escape(struct json_writer *writer, char c)
{
	static const char digits[] = "0123456789abcdef";
	static const char short_forms[0x20] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
	if (!reserve(writer, sizeof("\\u0000") - 1))
		return;
	put_byte(writer, '\\');
	if (c == '"' || c == '\\') {
		put_byte(writer, c);
	} else if (short_forms[(unsigned char)c]) {
		put_byte(writer, short_forms[(unsigned char)c]);
	} else {
		put_bytes(writer, "u00", 3);
		put_byte(writer, digits[(unsigned char)c >> 4]);
		put_byte(writer, digits[(unsigned char)c & 15]);
	}
}

void json_text(struct json_writer *writer, struct text text)
{
	if (!text.data) {
		json_null(writer);
		return;
	}
	if (!reserve(writer, 2))
		return;
	put_comma(writer);
	put_byte(writer, '"');
	for (;;) {
		size_t plain = plain_length(text);
		if (plain == SIZE_MAX || !reserve(writer, plain + 1))
			return;
		put_bytes(writer, text.data, plain);
		if (plain == text.length)
			break;
		write_escape(writer, text.data[plain]);
		text.data += plain + 1;
		text.length -= plain + 1;
	}
	put_byte(writer, '"');
	writer->comma_due = true;
}

void json_string(struct json_writer *writer, const char *string)
{
	json_text(writer, text_from_string(string));
}

void json_plain(struct json_writer *writer, struct text text)
{
	if (text.length > SIZE_MAX - 3 || !reserve(writer, text.length + 3)) {
		(void)fail(writer);
		return;
	}
	put_comma(writer);
	put_byte(writer, '"');
	put_bytes(writer, text.data, text.length);
	put_byte(writer, '"');
	writer->comma_due = true;
}

void json_uuid(struct json_writer *writer, const struct uuid *uuid)
{
	json_plain(writer, (struct text){uuid->text, UUID_LENGTH});
}

void json_integer(struct json_writer *writer, int64_t value)
{
	char digits[TEXT_INTEGER_SIZE];
	struct text text = text_from_integer(value, digits);
	write_value(writer, text.data, text.length);
}

void json_boolean(struct json_writer *writer, bool value)
{
	if (value)
		write_value(writer, "true", 4);
	else
		write_value(writer, "false", 5);
}

void json_null(struct json_writer *writer)
{
	write_value(writer, "null", 4);
}

void json_raw(struct json_writer *writer, struct text value)
{
	if (value.length == 0)
		json_null(writer);
	else
		write_value(writer, value.data, value.length);
}

const char *json_writer_string(struct json_writer *writer)
{
	if (!reserve(writer, 1))
		return NULL;
	writer->data[writer->length] = '\0';
	return writer->data;
}

struct json_mark json_mark(const struct json_writer *writer)
{
	return (struct json_mark){writer->length, writer->comma_due};
}

void json_rewind(struct json_writer *writer, struct json_mark mark)
{
	if (writer->failed)
		return;
	writer->length = mark.length;
	writer->comma_due = mark.comma_due;
}
