#include "core/json_reader.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include "core/json_names.h"
#include "core/json_number.h"
#include "core/json_tree.h"

/* What may come next, besides white space. */
enum expectation {
	EXPECT_VALUE,
	EXPECT_VALUE_OR_END, /* behind '[' */
	EXPECT_NAME,
	EXPECT_NAME_OR_END, /* behind '{' */
	EXPECT_COLON,
	EXPECT_COMMA_OR_END, /* behind a value inside an object or array */
	EXPECT_NOTHING,      /* behind the outermost value */
};

struct scanner {
	const char *at;
	const char *end;
	const char *fault_at;
	enum expectation expectation;
	unsigned int depth;
	unsigned int depth_max;
	uint32_t objects[JSON_DEPTH_MAX]; /* the number of each open object; 0 for an array */
	uint32_t object_count;
	uint32_t value_count;
	struct json_names names;
};

static enum json_fault fault_at(struct scanner *scanner, const char *at, enum json_fault fault)
{
	scanner->fault_at = at;
	return fault;
}

static bool next_is(const struct scanner *scanner, char c)
{
	return scanner->at < scanner->end && *scanner->at == c;
}

static bool next_is_digit(const struct scanner *scanner)
{
	return scanner->at < scanner->end && *scanner->at >= '0' && *scanner->at <= '9';
}

static void skip_white(struct scanner *scanner)
{
	while (next_is(scanner, ' ') || next_is(scanner, '\t') || next_is(scanner, '\n') || next_is(scanner, '\r'))
		scanner->at++;
}

static void value_done(struct scanner *scanner)
{
	scanner->expectation = scanner->depth > 0 ? EXPECT_COMMA_OR_END : EXPECT_NOTHING;
}

static enum json_fault open_nesting(struct scanner *scanner, bool object)
{
	if (scanner->depth == scanner->depth_max)
		return fault_at(scanner, scanner->at, JSON_DEPTH);
	if (object && scanner->object_count == JSON_OBJECTS_MAX)
		return fault_at(scanner, scanner->at, JSON_VALUES);
	scanner->objects[scanner->depth++] = object ? ++scanner->object_count : 0;
	scanner->expectation = object ? EXPECT_NAME_OR_END : EXPECT_VALUE_OR_END;
	scanner->at++;
	return JSON_OK;
}

static void close_nesting(struct scanner *scanner)
{
	scanner->depth--;
	scanner->at++;
	value_done(scanner);
}

/* The four hexadecimal digits at the front of the scanner's rest, or -1; moves behind them. */
static int scan_hex(struct scanner *scanner)
{
	if (scanner->end - scanner->at < 4)
		return -1;
	int value = 0;
	for (int i = 0; i < 4; i++) {
		char c = *scanner->at++;
		if (c >= '0' && c <= '9')
			value = 16 * value + (c - '0');
		else if (c >= 'a' && c <= 'f')
			value = 16 * value + (c - 'a' + 10);
		else if (c >= 'A' && c <= 'F')
			value = 16 * value + (c - 'A' + 10);
		else
			return -1;
	}
	return value;
}

/* at stands behind "\u"; start is the escape's backslash. */
static enum json_fault scan_unicode_escape(struct scanner *scanner, const char *start)
{
	int code = scan_hex(scanner);
	if (code < 0)
		return fault_at(scanner, start, JSON_SYNTAX);
	if (code == 0)
		return fault_at(scanner, start, JSON_NUL);
	if (code < 0xD800 || code > 0xDFFF)
		return JSON_OK;
	if (code >= 0xDC00 || scanner->end - scanner->at < 2 || scanner->at[0] != '\\' || scanner->at[1] != 'u')
		return fault_at(scanner, start, JSON_SURROGATE);
	scanner->at += 2;
	int other = scan_hex(scanner);
	if (other < 0)
		return fault_at(scanner, start, JSON_SYNTAX);
	return other >= 0xDC00 && other <= 0xDFFF ? JSON_OK : fault_at(scanner, start, JSON_SURROGATE);
}

/* at stands on the backslash. */
static enum json_fault scan_escape(struct scanner *scanner)
{
	const char *start = scanner->at++;
	if (scanner->at == scanner->end)
		return fault_at(scanner, start, JSON_SYNTAX);
	char escaped = *scanner->at++;
	if (escaped == 'u')
		return scan_unicode_escape(scanner, start);
	if (escaped == '\0' || !strchr("\"\\/bfnrt", escaped))
		return fault_at(scanner, start, JSON_SYNTAX);
	return JSON_OK;
}

/* at stands on the opening quote, and then behind the closing one. */
static enum json_fault scan_string(struct scanner *scanner)
{
	const char *start = scanner->at++;
	while (scanner->at < scanner->end) {
		unsigned char c = (unsigned char)*scanner->at;
		if (c == '"') {
			scanner->at++;
			return JSON_OK;
		}
		if (c < 0x20)
			return fault_at(scanner, scanner->at, JSON_SYNTAX);
		if (c == '\\') {
			enum json_fault fault = scan_escape(scanner);
			if (fault != JSON_OK)
				return fault;
		} else if (c < 0x80) {
			scanner->at++;
		} else {
			struct text rest = {scanner->at, (size_t)(scanner->end - scanner->at)};
			size_t length = text_utf8_sequence(rest);
			if (length == 0)
				return fault_at(scanner, scanner->at, JSON_UTF8);
			scanner->at += length;
		}
	}
	return fault_at(scanner, start, JSON_SYNTAX); /* never closed */
}

/* Moves behind at least one digit. */
static bool scan_digits(struct scanner *scanner)
{
	if (!next_is_digit(scanner))
		return false;
	while (next_is_digit(scanner))
		scanner->at++;
	return true;
}

/* at stands on the number's first byte, and then behind its last. */
static bool scan_number_grammar(struct scanner *scanner)
{
	if (next_is(scanner, '-'))
		scanner->at++;
	if (next_is(scanner, '0'))
		scanner->at++;
	else if (!scan_digits(scanner))
		return false;
	if (next_is(scanner, '.')) {
		scanner->at++;
		if (!scan_digits(scanner))
			return false;
	}
	if (next_is(scanner, 'e') || next_is(scanner, 'E')) {
		scanner->at++;
		if (next_is(scanner, '+') || next_is(scanner, '-'))
			scanner->at++;
		return scan_digits(scanner);
	}
	return true;
}

static enum json_fault scan_number(struct scanner *scanner)
{
	const char *start = scanner->at;
	if (!scan_number_grammar(scanner))
		return fault_at(scanner, start, JSON_SYNTAX);
	struct text number = {start, (size_t)(scanner->at - start)};
	return json_number_fits(number) ? JSON_OK : fault_at(scanner, start, JSON_NUMBER);
}

static enum json_fault scan_literal(struct scanner *scanner, const char *literal)
{
	size_t length = strlen(literal);
	if ((size_t)(scanner->end - scanner->at) < length || memcmp(scanner->at, literal, length) != 0)
		return fault_at(scanner, scanner->at, JSON_SYNTAX);
	scanner->at += length;
	return JSON_OK;
}

static enum json_fault scan_scalar(struct scanner *scanner)
{
	switch (*scanner->at) {
	case '"':
		return scan_string(scanner);
	case 't':
		return scan_literal(scanner, "true");
	case 'f':
		return scan_literal(scanner, "false");
	case 'n':
		return scan_literal(scanner, "null");
	default:
		return scan_number(scanner);
	}
}

static enum json_fault scan_value(struct scanner *scanner)
{
	if (scanner->value_count == JSON_VALUES_MAX)
		return fault_at(scanner, scanner->at, JSON_VALUES);
	scanner->value_count++;
	if (*scanner->at == '{' || *scanner->at == '[')
		return open_nesting(scanner, *scanner->at == '{');
	enum json_fault fault = scan_scalar(scanner);
	value_done(scanner);
	return fault;
}

static enum json_fault scan_name(struct scanner *scanner)
{
	const char *start = scanner->at;
	if (*start != '"')
		return fault_at(scanner, start, JSON_SYNTAX);
	enum json_fault fault = scan_string(scanner);
	if (fault != JSON_OK)
		return fault;
	scanner->expectation = EXPECT_COLON;
	size_t offset = (size_t)(start + 1 - scanner->names.json.data);
	switch (json_names_add(&scanner->names, scanner->objects[scanner->depth - 1], offset)) {
	case JSON_NAMES_DUPLICATE:
		return fault_at(scanner, start, JSON_DUPLICATE_NAME);
	case JSON_NAMES_MEMORY:
		return fault_at(scanner, start, JSON_MEMORY);
	case JSON_NAMES_NEW:
	default:
		return JSON_OK;
	}
}

static enum json_fault scan_comma_or_end(struct scanner *scanner)
{
	bool in_object = scanner->objects[scanner->depth - 1] != 0;
	if (*scanner->at == (in_object ? '}' : ']')) {
		close_nesting(scanner);
		return JSON_OK;
	}
	if (*scanner->at != ',')
		return fault_at(scanner, scanner->at, JSON_SYNTAX);
	scanner->at++;
	scanner->expectation = in_object ? EXPECT_NAME : EXPECT_VALUE;
	return JSON_OK;
}

/* Scans one token; at stands on its first byte. */
static enum json_fault scan_token(struct scanner *scanner)
{
	char c = *scanner->at;
	switch (scanner->expectation) {
	case EXPECT_VALUE_OR_END:
		if (c == ']') {
			close_nesting(scanner);
			return JSON_OK;
		}
		return scan_value(scanner);
	case EXPECT_VALUE:
		return scan_value(scanner);
	case EXPECT_NAME_OR_END:
		if (c == '}') {
			close_nesting(scanner);
			return JSON_OK;
		}
		return scan_name(scanner);
	case EXPECT_NAME:
		return scan_name(scanner);
	case EXPECT_COLON:
		scanner->expectation = EXPECT_VALUE;
		return scan_literal(scanner, ":");
	case EXPECT_COMMA_OR_END:
		return scan_comma_or_end(scanner);
	case EXPECT_NOTHING:
	default:
		return fault_at(scanner, scanner->at, JSON_SYNTAX);
	}
}

static enum json_fault scan_all(struct scanner *scanner)
{
	if (text_starts_with(scanner->names.json, "\xEF\xBB\xBF")) /* a byte order mark */
		return fault_at(scanner, scanner->at, JSON_UTF8);
	for (;;) {
		skip_white(scanner);
		if (scanner->at == scanner->end)
			break;
		enum json_fault fault = scan_token(scanner);
		if (fault != JSON_OK)
			return fault;
	}
	return scanner->expectation == EXPECT_NOTHING ? JSON_OK : fault_at(scanner, scanner->end, JSON_SYNTAX);
}

static enum json_fault scan_within(struct text json, unsigned int depth_max, size_t *position)
{
	*position = 0;
	if (json.length == 0)
		return JSON_SYNTAX;
	if (json.length > UINT32_MAX)
		return JSON_MEMORY;
	struct scanner scanner = {
	    .at = json.data, .end = json.data + json.length, .fault_at = json.data, .depth_max = depth_max};
	json_names_init(&scanner.names, json);
	enum json_fault fault = scan_all(&scanner);
	json_names_free(&scanner.names);
	*position = (size_t)(scanner.fault_at - json.data);
	return fault;
}

enum json_fault json_scan(struct text json, size_t *position)
{
	return scan_within(json, JSON_DEPTH_MAX, position);
}

enum json_fault json_read_within(struct text json, unsigned int depth_max, struct json_object **value, size_t *position)
{
	*value = NULL;
	enum json_fault fault = scan_within(json, depth_max, position);
	if (fault != JSON_OK)
		return fault;
	return json.length <= INT_MAX && json_tree_build(json, value) ? JSON_OK : JSON_MEMORY;
}

enum json_fault json_read(struct text json, struct json_object **value, size_t *position)
{
	return json_read_within(json, JSON_DEPTH_MAX, value, position);
}

const char *json_fault_message(enum json_fault fault)
{
	switch (fault) {
	case JSON_OK:
		return "it is valid";
	case JSON_SYNTAX:
		return "it breaks the grammar of JSON";
	case JSON_UTF8:
		return "it is not valid UTF-8, or begins with a byte order mark";
	case JSON_SURROGATE:
		return "it has half of a surrogate pair";
	case JSON_NUL:
		return "it has the character U+0000";
	case JSON_NUMBER:
		return "it has a number that is too large";
	case JSON_DEPTH:
		return "it is nested more than 16 deep";
	case JSON_VALUES:
		return "it has more than 49152 values, or more than 16384 objects";
	case JSON_DUPLICATE_NAME:
		return "it names a member of an object twice";
	case JSON_MEMORY:
	default:
		return "there is not enough memory to read it";
	}
}
