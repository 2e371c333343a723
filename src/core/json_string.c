#include "core/json_string.h"

#include <stddef.h>
#include <stdint.h>

static uint32_t hex_value(const char *digits)
{
	uint32_t value = 0;
	for (size_t i = 0; i < 4; i++) {
		char c = digits[i];
		value = value << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return value;
}

/* at stands behind "\u". */
static int start_code_point(struct json_unescaper *unescaper)
{
	uint32_t code = hex_value(unescaper->at);
	unescaper->at += 4;
	if (code >= 0xD800 && code < 0xDC00) { /* its other half follows: "\uXXXX" */
		code = 0x10000 + ((code - 0xD800) << 10) + (hex_value(unescaper->at + 2) - 0xDC00);
		unescaper->at += 6;
	}
	if (code < 0x80)
		return (int)code;
	unsigned int tail = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
	static const unsigned char heads[] = {0, 0xC0, 0xE0, 0xF0};
	for (unsigned int i = 0; i < tail; i++)
		unescaper->pending[i] = (unsigned char)(0x80 | (code >> 6 * (tail - 1 - i) & 0x3F));
	unescaper->pending_count = tail;
	unescaper->pending_next = 0;
	return (int)(heads[tail] | code >> 6 * tail);
}

int json_unescaper_next(struct json_unescaper *unescaper)
{
	if (unescaper->pending_next < unescaper->pending_count)
		return unescaper->pending[unescaper->pending_next++];
	char c = *unescaper->at;
	if (c == '"')
		return -1;
	unescaper->at++;
	if (c != '\\')
		return (unsigned char)c;
	char escaped = *unescaper->at++;
	switch (escaped) {
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	case 'u':
		return start_code_point(unescaper);
	default:
		return (unsigned char)escaped;
	}
}
