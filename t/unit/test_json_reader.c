/* core/json_reader: what RFC 8259 allows is taken, all else is refused, and nothing costs more than its length. */
#include <criterion/criterion.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/json_reader.h"
#include "shortage.h"

#define JSON(literal)                        \
	{                                    \
		literal, sizeof(literal) - 1 \
	}
#define OPEN_8 "[[[[[[[["
#define CLOSE_8 "]]]]]]]]"
#define OBJECT_8 "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":"
#define END_8 "}}}}}}}}"

/* clang-format off */
/* What follows the 1 in 2^1024 - 2^970, the least number that rounds to infinity, and in the integer below it. */
#define HALFWAY \
    ".79769313486231580793728971405303415079934132710037826936173778980444968292764750946649017" \
    "977587207096330286416692887910946555547851940402630657488671505820681908902000708383676273" \
    "854845817711531764475730270069855571366959622842914819860834936475292719074168444365510704" \
    "342711559699508093042880177904174497792"
#define HALFWAY_BELOW \
    ".79769313486231580793728971405303415079934132710037826936173778980444968292764750946649017" \
    "977587207096330286416692887910946555547851940402630657488671505820681908902000708383676273" \
    "854845817711531764475730270069855571366959622842914819860834936475292719074168444365510704" \
    "342711559699508093042880177904174497791"
/* The y_ cases of JSONTestSuite and more of their kind. */
static const struct text VALID[] = {
    JSON("[]"), JSON("{}"), JSON("[[]   ]"), JSON("[\"\"]"), JSON("[ ]"), JSON("\t\n\r [1]\t\n\r "), JSON("[1\n]"),
    JSON("[false]"), JSON("[null, 1, \"1\", {}]"), JSON("[null]"), JSON(" [1]"), JSON("[2] "), JSON("[1,null,null,2]"),
    JSON("null"), JSON("true"), JSON("false"), JSON("42"), JSON("-0"), JSON("0"), JSON("-0.1"), JSON("\"asd\""),
    JSON("\"\""), JSON("[-0]"), JSON("[-123]"), JSON("[-1]"), JSON("[0e+1]"), JSON("[0e1]"), JSON("[ 4]"),
    JSON("[123.456e78]"), JSON("[1E22]"), JSON("[1E-2]"), JSON("[1E+2]"), JSON("[123e45]"), JSON("[123.456]"),
    JSON("[20e1]"), JSON("[1e-2]"), JSON("[123e-10000000]"), JSON("[0.000000000000000000000000000000000001]"),
    JSON("9223372036854775807"), JSON("-9223372036854775808"), JSON("1.7976931348623157e308"),
    JSON("-1.7976931348623157E+308"), JSON("1.7976931348623158e308"), JSON("1" HALFWAY_BELOW "e308"), JSON("17976931348623157e292"), JSON("0.00017976931348623157e312"),
    JSON("9.99e307"), JSON("0e99999999999999999999999"), JSON("0.0e400"), JSON("1e-99999999999999999999999"),
    JSON("5e-324"), JSON("100000000000000000000.0"),
    JSON("{\"asd\":\"sdf\", \"dfg\":\"fgh\"}"), JSON("{\"asd\":\"sdf\"}"), JSON("{\"\":0}"), JSON("{\"a\":[]}"),
    JSON("{ \"min\": -1.0e+28, \"max\": 1.0e+28 }"), JSON("{\n\"a\": \"b\"\n}"),
    JSON("{\"a\":{\"a\":1},\"b\":{\"a\":1}}"), JSON("[{\"a\":1},{\"a\":1}]"), JSON("{\"a\":1,\"A\":2,\"a \":3}"),
    JSON("{\"a\":{\"a\":1},\"b\":1}"),
    JSON("[\"\\u0060\\u012a\\u12AB\"]"), JSON("[\"\\uD801\\udc37\"]"), JSON("[\"\\ud83d\\ude39\\ud83d\\udc8d\"]"),
    JSON("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]"), JSON("[\"\\\\u0000\"]"), JSON("[\"\\\"\"]"), JSON("[\"a/*b*/c/*d//e\"]"),
    JSON("[\"\\\\a\"]"), JSON("[\"\\u0012\"]"), JSON("[\"\\uFFFF\"]"), JSON("[\"\xF4\x8F\xBF\xBF\"]"),
    JSON("[\"\xEF\xBF\xBF\"]"), JSON("[\"\xEF\xBB\xBF\"]"), JSON("[\"\\uDBFF\\uDFFF\"]"), JSON("[\"\x7F\"]"),
    JSON("[\"\xE2\x80\xA8\"]"), JSON("[\"\xED\x9F\xBF\xEE\x80\x80\"]"), JSON("[\"\\uFEFF\"]"), JSON("[\"\\u200B\"]"),
    JSON(OPEN_8 OPEN_8 CLOSE_8 CLOSE_8), JSON(OPEN_8 OPEN_8 "1" CLOSE_8 CLOSE_8),
    JSON(OBJECT_8 OBJECT_8 "1" END_8 END_8),
};

static const struct {
	struct text json;
	enum json_fault fault;
	size_t position;
} INVALID[] = {
    /* not a JSON text */
    {JSON(""), JSON_SYNTAX, 0}, {JSON(" "), JSON_SYNTAX, 1}, {JSON("\0"), JSON_SYNTAX, 0},
    {JSON("1 2"), JSON_SYNTAX, 2},
    {JSON("[1]x"), JSON_SYNTAX, 3}, {JSON("[1]]"), JSON_SYNTAX, 3}, {JSON("{}}"), JSON_SYNTAX, 2},
    {JSON("{}#"), JSON_SYNTAX, 2}, {JSON("[][]"), JSON_SYNTAX, 2}, {JSON("1]"), JSON_SYNTAX, 1},
    {JSON("[1]\0"), JSON_SYNTAX, 3}, {JSON("\f[]"), JSON_SYNTAX, 0}, {JSON("[\v1]"), JSON_SYNTAX, 1},
    {JSON("\xC2\xA0[]"), JSON_SYNTAX, 0}, {JSON("<null>"), JSON_SYNTAX, 0}, {JSON("'a'"), JSON_SYNTAX, 0},
    {JSON("/**/{}"), JSON_SYNTAX, 0}, {JSON("{}//"), JSON_SYNTAX, 2}, {JSON("a"), JSON_SYNTAX, 0},
    /* arrays */
    {JSON("["), JSON_SYNTAX, 1}, {JSON("]"), JSON_SYNTAX, 0}, {JSON("[1"), JSON_SYNTAX, 2},
    {JSON("[1,"), JSON_SYNTAX, 3},
    {JSON("[1,]"), JSON_SYNTAX, 3}, {JSON("[,1]"), JSON_SYNTAX, 1}, {JSON("[1,,2]"), JSON_SYNTAX, 3},
    {JSON("[1 true]"), JSON_SYNTAX, 3}, {JSON("[\"\",]"), JSON_SYNTAX, 4}, {JSON("[1:2]"), JSON_SYNTAX, 2},
    {JSON("[}"), JSON_SYNTAX, 1}, {JSON("[1}"), JSON_SYNTAX, 2}, {JSON("[\"x\"]]"), JSON_SYNTAX, 5},
    {JSON("[*]"), JSON_SYNTAX, 1}, {JSON("[a"), JSON_SYNTAX, 1},
    /* objects */
    {JSON("{"), JSON_SYNTAX, 1}, {JSON("}"), JSON_SYNTAX, 0}, {JSON("{\"a\""), JSON_SYNTAX, 4},
    {JSON("{\"a\":"), JSON_SYNTAX, 5}, {JSON("{\"a\":1"), JSON_SYNTAX, 6}, {JSON("{\"a\":1,"), JSON_SYNTAX, 7},
    {JSON("{\"a\":1,}"), JSON_SYNTAX, 7}, {JSON("{\"a\" 1}"), JSON_SYNTAX, 5}, {JSON("{\"a\",1}"), JSON_SYNTAX, 4},
    {JSON("{\"a\"}"), JSON_SYNTAX, 4}, {JSON("{\"a\":}"), JSON_SYNTAX, 5}, {JSON("{:1}"), JSON_SYNTAX, 1},
    {JSON("{1:1}"), JSON_SYNTAX, 1}, {JSON("{a:1}"), JSON_SYNTAX, 1}, {JSON("{'a':1}"), JSON_SYNTAX, 1},
    {JSON("{null:1}"), JSON_SYNTAX, 1}, {JSON("{\"a\"::1}"), JSON_SYNTAX, 5},
    {JSON("{\"a\":1 \"b\":2}"), JSON_SYNTAX, 7},
    {JSON("{\"a\":1,,\"b\":2}"), JSON_SYNTAX, 7}, {JSON("{,}"), JSON_SYNTAX, 1}, {JSON("{]"), JSON_SYNTAX, 1},
    {JSON("{\"a\":1]"), JSON_SYNTAX, 6}, {JSON("[{]}"), JSON_SYNTAX, 2}, {JSON("{\"a\":\"b\"}/**/"), JSON_SYNTAX, 9},
    /* literals */
    {JSON("nul"), JSON_SYNTAX, 0}, {JSON("tru"), JSON_SYNTAX, 0}, {JSON("fals"), JSON_SYNTAX, 0},
    {JSON("True"), JSON_SYNTAX, 0}, {JSON("NULL"), JSON_SYNTAX, 0}, {JSON("nulll"), JSON_SYNTAX, 4},
    {JSON("[nul]"), JSON_SYNTAX, 1}, {JSON("NaN"), JSON_SYNTAX, 0}, {JSON("Infinity"), JSON_SYNTAX, 0},
    {JSON("-Infinity"), JSON_SYNTAX, 0}, {JSON("-NaN"), JSON_SYNTAX, 0}, {JSON("undefined"), JSON_SYNTAX, 0},
    /* numbers */
    {JSON("-"), JSON_SYNTAX, 0}, {JSON("+1"), JSON_SYNTAX, 0}, {JSON("01"), JSON_SYNTAX, 1},
    {JSON("-01"), JSON_SYNTAX, 2},
    {JSON("-a"), JSON_SYNTAX, 0}, {JSON("1."), JSON_SYNTAX, 0}, {JSON(".1"), JSON_SYNTAX, 0},
    {JSON("[-.1]"), JSON_SYNTAX, 1},
    {JSON("[2.e3]"), JSON_SYNTAX, 1}, {JSON("1e"), JSON_SYNTAX, 0}, {JSON("1e+"), JSON_SYNTAX, 0},
    {JSON("1E-"), JSON_SYNTAX, 0},
    {JSON("[1eE2]"), JSON_SYNTAX, 1}, {JSON("[0.e1]"), JSON_SYNTAX, 1}, {JSON("[1+2]"), JSON_SYNTAX, 2},
    {JSON("[0x1]"), JSON_SYNTAX, 2}, {JSON("[--1]"), JSON_SYNTAX, 1}, {JSON("[1.2.3]"), JSON_SYNTAX, 4},
    {JSON("[1 000.0]"), JSON_SYNTAX, 3}, {JSON("[1a]"), JSON_SYNTAX, 2}, {JSON("[1_000]"), JSON_SYNTAX, 2},
    {JSON("[\xEF\xBC\x91]"), JSON_SYNTAX, 1},
    {JSON("9223372036854775808"), JSON_NUMBER, 0}, {JSON("[-9223372036854775809]"), JSON_NUMBER, 1},
    {JSON("18446744073709551616"), JSON_NUMBER, 0}, {JSON("123123123123123123123123123123"), JSON_NUMBER, 0},
    {JSON("1e309"), JSON_NUMBER, 0}, {JSON("[1e400]"), JSON_NUMBER, 1}, {JSON("-1e400"), JSON_NUMBER, 0},
    {JSON("1.7976931348623159e308"), JSON_NUMBER, 0}, {JSON("1" HALFWAY "e308"), JSON_NUMBER, 0},
    {JSON("-1" HALFWAY "000e308"), JSON_NUMBER, 0}, {JSON("1" HALFWAY "1e308"), JSON_NUMBER, 0}, {JSON("2e308"), JSON_NUMBER, 0},
    {JSON("10.0e308"), JSON_NUMBER, 0},
    {JSON("0.01e311"), JSON_NUMBER, 0}, {JSON("1e99999999999999999999999"), JSON_NUMBER, 0},
    {JSON("0.0000000001e99999999999999999999999"), JSON_NUMBER, 0},
    /* strings */
    {JSON("\""), JSON_SYNTAX, 0}, {JSON("[\"a"), JSON_SYNTAX, 1}, {JSON("\"\\"), JSON_SYNTAX, 1},
    {JSON("\"\\\""), JSON_SYNTAX, 0}, {JSON("\"\n\""), JSON_SYNTAX, 1}, {JSON("\"\t\""), JSON_SYNTAX, 1},
    {JSON("\"a\0b\""), JSON_SYNTAX, 2}, {JSON("\"\x1F\""), JSON_SYNTAX, 1}, {JSON("\"\\x00\""), JSON_SYNTAX, 1},
    {JSON("\"\\a\""), JSON_SYNTAX, 1}, {JSON("\"\\\0\""), JSON_SYNTAX, 1}, {JSON("\"\\\xC3\xA4\""), JSON_SYNTAX, 1},
    {JSON("\"\\'\""), JSON_SYNTAX, 1}, {JSON("\"\\u\""), JSON_SYNTAX, 1}, {JSON("\"\\u00A\""), JSON_SYNTAX, 1},
    {JSON("\"\\u00G0\""), JSON_SYNTAX, 1}, {JSON("\"\\U0041\""), JSON_SYNTAX, 1}, {JSON("\"\\u123"), JSON_SYNTAX, 1},
    {JSON("\"\\u-123\""), JSON_SYNTAX, 1}, {JSON("\"\\uD800\\u12\""), JSON_SYNTAX, 1},
    {JSON("\"\\\n\""), JSON_SYNTAX, 1},
    {JSON("\"\\u0000\""), JSON_NUL, 1}, {JSON("{\"a\\u0000b\":1}"), JSON_NUL, 3},
    {JSON("\"\\ud800\""), JSON_SURROGATE, 1}, {JSON("\"x\\udc00\""), JSON_SURROGATE, 2},
    {JSON("\"\\ud800\\ud800\""), JSON_SURROGATE, 1}, {JSON("\"\\udc00\\ud800\""), JSON_SURROGATE, 1},
    {JSON("\"\\udc00\\udc00\""), JSON_SURROGATE, 1},
    {JSON("\"\\ud800x\""), JSON_SURROGATE, 1}, {JSON("\"\\ud800\\n\""), JSON_SURROGATE, 1},
    {JSON("\"\\ud800\\u0041\""), JSON_SURROGATE, 1}, {JSON("\"\\uDBFF\\uE000\""), JSON_SURROGATE, 1},
    {JSON("\"\\ud800"), JSON_SURROGATE, 1},
    /* UTF-8 */
    {JSON("\xEF\xBB\xBF{}"), JSON_UTF8, 0}, {JSON("\"\xC0\xAF\""), JSON_UTF8, 1},
    {JSON("\"\xED\xA0\x80\""), JSON_UTF8, 1},
    {JSON("\"\xF4\x90\x80\x80\""), JSON_UTF8, 1}, {JSON("\"\x80\""), JSON_UTF8, 1}, {JSON("\"\xFF\""), JSON_UTF8, 1},
    {JSON("\"ab\xC3"), JSON_UTF8, 3}, {JSON("\"\xE2\x82\""), JSON_UTF8, 1}, {JSON("{\"\xC0\x80\":1}"), JSON_UTF8, 2},
    /* depth */
    {JSON(OPEN_8 OPEN_8 "["), JSON_DEPTH, 16}, {JSON(OPEN_8 OPEN_8 "{"), JSON_DEPTH, 16},
    {JSON(OPEN_8 OPEN_8 "[]" CLOSE_8 CLOSE_8), JSON_DEPTH, 16}, {JSON(OBJECT_8 OBJECT_8 "{}"), JSON_DEPTH, 80},
    /* names given twice */
    {JSON("{\"a\":1,\"a\":1}"), JSON_DUPLICATE_NAME, 7}, {JSON("{\"a\":1,\"b\":2,\"a\":3}"), JSON_DUPLICATE_NAME, 13},
    {JSON("{\"\":1,\"\":2}"), JSON_DUPLICATE_NAME, 6}, {JSON("{\"a\":{\"a\":1},\"a\":2}"), JSON_DUPLICATE_NAME, 13},
    {JSON("[{\"b\":1,\"b\":1}]"), JSON_DUPLICATE_NAME, 8}, {JSON("{\"x\":{\"a\":1,\"a\":2}}"), JSON_DUPLICATE_NAME, 12},
    {JSON("{\"a\":1,\"\\u0061\":2}"), JSON_DUPLICATE_NAME, 7}, {JSON("{\"\\/\":1,\"/\":2}"), JSON_DUPLICATE_NAME, 8},
    {JSON("{\"\\n\":1,\"\\u000A\":2}"), JSON_DUPLICATE_NAME, 8},
    {JSON("{\"\\\"\":1,\"\\u0022\":2}"), JSON_DUPLICATE_NAME, 8},
    {JSON("{\"\xC3\xA4\":1,\"\\u00e4\":2}"), JSON_DUPLICATE_NAME, 8},
    {JSON("{\"\xE2\x82\xAC\":1,\"\\u20AC\":2}"), JSON_DUPLICATE_NAME, 9},
    {JSON("{\"\xF0\x9F\x98\x80\":1,\"\\ud83d\\uDE00\":2}"), JSON_DUPLICATE_NAME, 10},
    {JSON("{\"a\":[{\"b\":1}],\"c\":1,\"a\":1}"), JSON_DUPLICATE_NAME, 21},
};
/* clang-format on */

/* A copy that ends where its memory ends, so that the sanitizer sees a byte read beyond it. */
static struct text exact_copy(struct text json)
{
	char *copy = malloc(json.length > 0 ? json.length : 1);
	cr_assert_not_null(copy, "memory");
	if (json.length > 0)
		memcpy(copy, json.data, json.length);
	return (struct text){copy, json.length};
}

Test(json_reader, takes_what_is_valid)
{
	for (size_t i = 0; i < sizeof(VALID) / sizeof(*VALID); i++) {
		struct text json = exact_copy(VALID[i]);
		struct json_object *value;
		size_t position;
		enum json_fault fault = json_read(json, &value, &position);
		cr_expect_eq(fault, JSON_OK, "%.*s: %s at %zu", (int)json.length, json.data, json_fault_message(fault),
			     position);
		cr_expect(value || text_is(json, "null"), "%.*s has no value", (int)json.length, json.data);
		json_object_put(value);
		free((char *)json.data);
	}
}

Test(json_reader, refuses_what_is_invalid)
{
	for (size_t i = 0; i < sizeof(INVALID) / sizeof(*INVALID); i++) {
		struct text json = exact_copy(INVALID[i].json);
		struct json_object *value;
		size_t position;
		enum json_fault fault = json_read(json, &value, &position);
		cr_expect_eq(fault, INVALID[i].fault, "%.*s: %s", (int)json.length, json.data,
			     json_fault_message(fault));
		cr_expect_eq(position, INVALID[i].position, "%.*s: at %zu", (int)json.length, json.data, position);
		cr_expect_null(value, "%.*s has a value", (int)json.length, json.data);
		free((char *)json.data);
	}
}

/* Every prefix of a text with all kinds of tokens is refused, and none reads beyond its end. */
Test(json_reader, refuses_every_prefix)
{
	struct text whole =
	    TEXT("{\"a\\u20ac\\ud83d\\ude00\xE2\x82\xAC\":[true,false,null,-1.5e+7],\"b\":{\"c\":\"\\n\"}}");
	for (size_t length = 0; length < whole.length; length++) {
		struct text json = exact_copy((struct text){whole.data, length});
		size_t position;
		cr_expect_neq(json_scan(json, &position), JSON_OK, "%.*s", (int)length, whole.data);
		cr_expect_leq(position, length, "position in %.*s", (int)length, whole.data);
		free((char *)json.data);
	}
	size_t position;
	cr_expect_eq(json_scan(whole, &position), JSON_OK, "the whole text");
}

Test(json_reader, values_arrive)
{
	struct json_object *value;
	size_t position;
	enum json_fault fault =
	    json_read(TEXT("{\"\\u0061\":-9223372036854775808,\"b\":\"\\ud83d\\ude00\",\"c\":[1.5,true,null]}"), &value,
		      &position);
	cr_assert_eq(fault, JSON_OK, "%s", json_fault_message(fault));
	cr_expect_eq(json_object_get_int64(json_object_object_get(value, "a")), INT64_MIN, "the smallest integer");
	cr_expect_str_eq(json_object_get_string(json_object_object_get(value, "b")), "\xF0\x9F\x98\x80",
			 "a surrogate pair");
	cr_expect_eq(json_object_array_length(json_object_object_get(value, "c")), 3, "three elements");
	json_object_put(value);
}

Test(json_reader, every_fault_has_a_message_of_its_own)
{
	for (int a = JSON_OK; a <= JSON_MEMORY; a++) {
		for (int b = JSON_OK; b < a; b++)
			cr_expect_str_neq(json_fault_message((enum json_fault)a),
					  json_fault_message((enum json_fault)b), "%d and %d", a, b);
	}
}

enum { HUGE_LENGTH = 1024 * 1024 };

static char *huge_buffer(int byte)
{
	char *buffer = malloc(HUGE_LENGTH);
	cr_assert_not_null(buffer, "memory");
	memset(buffer, byte, HUGE_LENGTH);
	return buffer;
}

/* "[", the item count times, and "]". */
static struct text repeat(const char *item, size_t count)
{
	size_t size = strlen(item);
	char *buffer = huge_buffer(' ');
	cr_assert_leq(count * (size + 1) + 1, HUGE_LENGTH, "it fits the buffer");
	buffer[0] = '[';
	for (size_t i = 0; i < count; i++) {
		memcpy(buffer + 1 + i * (size + 1), item, size);
		buffer[(i + 1) * (size + 1)] = i + 1 < count ? ',' : ']';
	}
	return (struct text){buffer, count * (size + 1) + 1};
}

/* {"0":1,"1":1,…} of as many values as there may be, with last as the last name. */
static struct text many_names(const char *last)
{
	char *buffer = huge_buffer(' ');
	size_t length = 0;
	buffer[length++] = '{';
	for (unsigned int i = 0; i < JSON_VALUES_MAX - 2; i++)
		length += (size_t)snprintf(buffer + length, 32, "\"%x\":1,", i);
	length += (size_t)snprintf(buffer + length, 32, "\"%s\":1}", last);
	return (struct text){buffer, length};
}

static double milliseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Scans, frees the text, and expects a cost far below anything that is not linear. */
static void expect_cheap(struct text json, enum json_fault expected, const char *what)
{
	size_t position;
	double start = milliseconds();
	enum json_fault fault = json_scan(json, &position);
	double cost = milliseconds() - start;
	cr_expect_eq(fault, expected, "%s: %s", what, json_fault_message(fault));
	cr_expect_lt(cost, 500, "%s: %.1f ms", what, cost);
	free((char *)json.data);
}

Test(json_reader, a_megabyte_of_brackets_costs_nothing)
{
	size_t position;
	char *brackets = huge_buffer('[');
	cr_assert_eq(json_scan((struct text){brackets, HUGE_LENGTH}, &position), JSON_DEPTH, "depth");
	cr_assert_eq(position, JSON_DEPTH_MAX, "stopped at once");
	free(brackets);
}

Test(json_reader, huge_texts_are_linear)
{
	expect_cheap(many_names("last"), JSON_OK, "many names");
	expect_cheap(many_names("0"), JSON_DUPLICATE_NAME, "many names, the first again");
	expect_cheap(many_names("\\u0030"), JSON_DUPLICATE_NAME, "many names, the first again with an escape");

	expect_cheap(repeat("{\"a\":1}", JSON_OBJECTS_MAX), JSON_OK, "many objects with one name");

	char *digits = huge_buffer('9');
	expect_cheap((struct text){digits, HUGE_LENGTH}, JSON_NUMBER, "digits");
	char *fraction = huge_buffer('9');
	memcpy(fraction, "0.", 2);
	expect_cheap((struct text){fraction, HUGE_LENGTH}, JSON_OK, "digits of a fraction");
	char *exponent = huge_buffer('9');
	memcpy(exponent, "1e-", 3);
	expect_cheap((struct text){exponent, HUGE_LENGTH}, JSON_OK, "digits of an exponent");
	char *open = huge_buffer('x');
	open[0] = '"';
	expect_cheap((struct text){open, HUGE_LENGTH}, JSON_SYNTAX, "a string without end");
}

/* Reads, and frees the text. */
static enum json_fault read_and_free(struct text json, size_t *position)
{
	struct json_object *value;
	enum json_fault fault = json_read(json, &value, position);
	json_object_put(value);
	free((char *)json.data);
	return fault;
}

Test(json_reader, a_text_that_nobody_can_count_is_not_read)
{
	size_t position;
	struct text endless = {"[", (size_t)UINT32_MAX + 1};
	cr_expect_eq(json_scan(endless, &position), JSON_MEMORY, "more than four gigabytes");
}

Test(json_reader, memory_may_be_short)
{
	struct text json = many_names("last");
	size_t position;
	for (int nth = 0; nth < 3; nth++) {
		shortage_begin(nth);
		enum json_fault fault = json_scan(json, &position);
		cr_expect(shortage_end(), "the table of names grows");
		cr_expect_eq(fault, JSON_MEMORY, "the %d. time: %s", nth + 1, json_fault_message(fault));
	}
	free((char *)json.data);
}

Test(json_reader, values_are_bounded)
{
	size_t position;
	cr_expect_eq(read_and_free(repeat("1", JSON_VALUES_MAX - 1), &position), JSON_OK, "the most");
	cr_expect_eq(read_and_free(repeat("1", JSON_VALUES_MAX), &position), JSON_VALUES, "one more");
	cr_expect_eq(position, 2 * JSON_VALUES_MAX - 1, "at the first that is too much, not at %zu", position);
	cr_expect_eq(read_and_free(repeat("[]", JSON_VALUES_MAX), &position), JSON_VALUES, "arrays count");
	cr_expect_eq(read_and_free(repeat("{}", JSON_OBJECTS_MAX), &position), JSON_OK, "the most objects");
	cr_expect_eq(read_and_free(repeat("{}", JSON_OBJECTS_MAX + 1), &position), JSON_VALUES, "one more");
	cr_expect_eq(position, 1 + 3 * JSON_OBJECTS_MAX, "at the first that is too much, not at %zu", position);
}

Test(json_reader, the_message_names_the_bounds)
{
	char bounds[128];
	snprintf(bounds, sizeof(bounds), "it has more than %d values, or more than %d objects", JSON_VALUES_MAX,
		 JSON_OBJECTS_MAX);
	cr_expect_str_eq(json_fault_message(JSON_VALUES), bounds, "values");
	snprintf(bounds, sizeof(bounds), "it is nested more than %d deep", JSON_DEPTH_MAX);
	cr_expect_str_eq(json_fault_message(JSON_DEPTH), bounds, "depth");
}

/* 1,000 nodes with 14 values in their metadata, and 10,000 edges. */
Test(json_reader, the_largest_template_is_taken)
{
	char *json = huge_buffer(' ');
	size_t length = (size_t)snprintf(json, 64, "{\"name\":\"n\",\"description\":\"d\",\"nodes\":[");
	for (int i = 0; i < 1000; i++)
		length += (size_t)snprintf(
		    json + length, 256,
		    "%s{\"node_id\":\"n%d\",\"task_type_id\":\"t\",\"label\":\"l\",\"metadata\":{\"a\":"
		    "[1,2,3,4,5,6,7,8,9,10,11,12,13]}}",
		    i > 0 ? "," : "", i);
	length += (size_t)snprintf(json + length, 64, "],\"edges\":[");
	for (int i = 0; i < 10000; i++)
		length += (size_t)snprintf(json + length, 256, "%s{\"from_node_id\":\"n%d\",\"to_node_id\":\"n%d\"}",
					   i > 0 ? "," : "", i % 999, i % 999 + 1);
	length += (size_t)snprintf(json + length, 64, "]}");
	cr_assert_lt(length, HUGE_LENGTH, "it fits a body");
	size_t position;
	cr_expect_eq(read_and_free((struct text){json, length}, &position), JSON_OK, "at %zu", position);
}

/* The sanitizers' allocator tells nothing, and the difference is then 0. */
static void expect_memory_below(struct text json, size_t bytes, const char *what)
{
	struct json_object *value;
	size_t position;
	size_t before = mallinfo2().uordblks;
	cr_expect_eq(json_read(json, &value, &position), JSON_OK, "%s", what);
	size_t held = mallinfo2().uordblks - before;
	cr_expect_lt(held, bytes, "%s: %zu bytes", what, held);
	json_object_put(value);
	free((char *)json.data);
}

Test(json_reader, memory_is_bounded)
{
	enum { BOUND = 24 * 1024 * 1024 };
	expect_memory_below(repeat("{\"a\":1}", JSON_OBJECTS_MAX), BOUND, "objects");
	expect_memory_below(repeat("[1]", JSON_VALUES_MAX / 2 - 1), BOUND, "arrays");
	expect_memory_below(repeat("\"text of 20 bytes ...\"", 40000), BOUND, "strings");
	expect_memory_below(many_names("last"), BOUND, "names");
}

Test(json_reader, long_names_are_compared_whole)
{
	enum { LENGTH = 1000 };
	char json[2 * LENGTH + 64];
	char name[LENGTH + 1];
	memset(name, 'n', LENGTH);
	name[LENGTH] = '\0';
	size_t position;
	int length = snprintf(json, sizeof(json), "{\"%sa\":1,\"%sb\":2}", name, name);
	cr_assert_eq(json_scan((struct text){json, (size_t)length}, &position), JSON_OK, "the last byte differs");
	length = snprintf(json, sizeof(json), "{\"%sa\":1,\"%sa\":2}", name, name);
	cr_assert_eq(json_scan((struct text){json, (size_t)length}, &position), JSON_DUPLICATE_NAME, "the same");
}
