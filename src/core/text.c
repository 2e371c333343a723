#include "core/text.h"

#include <string.h>

struct text text_from_string(const char *string)
{
	return (struct text){string, string ? strlen(string) : 0};
}

struct text text_from_integer(int64_t number, char digits[TEXT_INTEGER_SIZE])
{
	char *end = digits + TEXT_INTEGER_SIZE;
	char *first = end;
	uint64_t magnitude = number < 0 ? -(uint64_t)number : (uint64_t)number;
	do {
		*--first = (char)('0' + magnitude % 10);
		magnitude /= 10;
	} while (magnitude > 0);
	if (number < 0)
		*--first = '-';
	return (struct text){first, (size_t)(end - first)};
}

bool text_equal(struct text a, struct text b)
{
	return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

bool text_is(struct text text, const char *string)
{
	return text_equal(text, text_from_string(string));
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool text_is_ignoring_case(struct text text, const char *string)
{
	for (size_t i = 0; i < text.length; i++) {
		if (!string[i] || lower(text.data[i]) != lower(string[i]))
			return false;
	}
	return string[text.length] == '\0';
}

bool text_starts_with(struct text text, const char *prefix)
{
	size_t length = strlen(prefix);
	return text.length >= length && (length == 0 || memcmp(text.data, prefix, length) == 0);
}

static bool is_white(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct text text_trim(struct text text)
{
	while (text.length > 0 && is_white(text.data[text.length - 1]))
		text.length--;
	while (text.length > 0 && is_white(text.data[0])) {
		text.data++;
		text.length--;
	}
	return text;
}

/* Whether one of eight bytes is below 0x20 or is 0x7F: a term has the high bit of such a byte set, and else at most
 * that of a byte above one. */
static bool any_is_control(uint64_t bytes)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t deletes = bytes ^ ones * 0x7F;
	return ((((bytes - ones * 0x20) & ~bytes) | ((deletes - ones) & ~deletes)) & ones * 0x80) != 0;
}

size_t text_before_control(struct text text)
{
	size_t i = 0;
	for (; text.length - i >= sizeof(uint64_t); i += sizeof(uint64_t)) {
		uint64_t bytes;
		memcpy(&bytes, text.data + i, sizeof(bytes));
		if (any_is_control(bytes))
			break;
	}
	while (i < text.length && (unsigned char)text.data[i] >= 0x20 && text.data[i] != 0x7F)
		i++;
	return i;
}

size_t text_code_points(struct text text)
{
	size_t count = 0;
	for (size_t i = 0; i < text.length; i++)
		count += ((unsigned char)text.data[i] & 0xC0) != 0x80;
	return count;
}

/* The table of RFC 3629, section 4: the first byte decides the length and the range of the second byte. */
size_t text_utf8_sequence(struct text text)
{
	if (text.length == 0)
		return 0;
	const unsigned char *bytes = (const unsigned char *)text.data;
	unsigned char first = bytes[0];
	if (first < 0x80)
		return 1;
	size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
	if (first < 0xC2 || first > 0xF4 || text.length < length)
		return 0;
	unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
	unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
	if (bytes[1] < low || bytes[1] > high)
		return 0;
	for (size_t i = 2; i < length; i++) {
		if ((bytes[i] & 0xC0) != 0x80)
			return 0;
	}
	return length;
}

bool text_is_utf8(struct text text)
{
	while (text.length > 0) {
		size_t length = text_utf8_sequence(text);
		if (length == 0)
			return false;
		text.data += length;
		text.length -= length;
	}
	return true;
}
