/* A run of bytes that somebody else owns: the one string type of all layers. */
#ifndef EVENTFLOW_CORE_TEXT_H
#define EVENTFLOW_CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* data is NULL where a value is absent or null; it need not end in NUL unless a comment says so. */
struct text {
	const char *data;
	size_t length;
};

#define TEXT(literal) ((struct text){(literal), sizeof(literal) - 1})

/* The text of a NUL-terminated string; {NULL, 0} for NULL. */
struct text text_from_string(const char *string);

enum { TEXT_INTEGER_SIZE = sizeof("-9223372036854775808") };

/* The number in decimal digits, which stand at the end of the buffer. */
struct text text_from_integer(int64_t number, char digits[TEXT_INTEGER_SIZE]);

bool text_equal(struct text a, struct text b);

/* Compares with a NUL-terminated string, byte for byte. */
bool text_is(struct text text, const char *string);

/* ASCII letters compare equal in both cases. */
bool text_is_ignoring_case(struct text text, const char *string);

bool text_starts_with(struct text text, const char *prefix);

/* Without ASCII white space (space, \t, \n, \v, \f, \r) at either end. */
struct text text_trim(struct text text);

/* The number of bytes in front of the first control character of ASCII; the length, if there is none. */
size_t text_before_control(struct text text);

/* The number of Unicode code points; the text must be valid UTF-8. */
size_t text_code_points(struct text text);

/* Whether the bytes are well-formed UTF-8 (RFC 3629: no overlong form, no surrogate, at most U+10FFFF). */
bool text_is_utf8(struct text text);

/* The number of bytes of the well-formed UTF-8 sequence that the text starts with; 0 if there is none. */
size_t text_utf8_sequence(struct text text);

#endif
