/* core/text: comparison, trimming, UTF-8. */
#include <criterion/criterion.h>
#include <string.h>

#include "core/text.h"

Test(text, from_string)
{
	cr_assert_eq(text_from_string("abc").length, 3, "length of abc");
	cr_assert_null(text_from_string(NULL).data, "NULL has no data");
	cr_assert_eq(text_from_string(NULL).length, 0, "NULL has no length");
}

Test(text, equality)
{
	cr_assert(text_equal(TEXT("abc"), TEXT("abc")), "same bytes");
	cr_assert_not(text_equal(TEXT("abc"), TEXT("abd")), "last byte differs");
	cr_assert_not(text_equal(TEXT("abc"), TEXT("ab")), "length differs");
	cr_assert(text_equal((struct text){NULL, 0}, TEXT("")), "absent and empty have the same bytes");
	cr_assert(text_is(TEXT("abc"), "abc"), "is");
	cr_assert_not(text_is(TEXT("abc"), "abcd"), "is a prefix only");
	cr_assert_not(text_is(TEXT("a\0c"), "a"), "a NUL byte is a byte like others");
}

Test(text, ignoring_case)
{
	cr_assert(text_is_ignoring_case(TEXT("BeArEr"), "bearer"), "letters of both cases");
	cr_assert_not(text_is_ignoring_case(TEXT("bear"), "bearer"), "text is shorter");
	cr_assert_not(text_is_ignoring_case(TEXT("bearers"), "bearer"), "text is longer");
	cr_assert_not(text_is_ignoring_case(TEXT("@"), "`"), "only letters fold");
	cr_assert_not(text_is_ignoring_case(TEXT("a\0"), "a"), "a NUL byte does not match the end");
}

Test(text, starts_with)
{
	cr_assert(text_starts_with(TEXT("Bearer x"), "Bearer "), "prefix");
	cr_assert(text_starts_with(TEXT("x"), ""), "the empty prefix");
	cr_assert(text_starts_with((struct text){NULL, 0}, ""), "the empty prefix of nothing");
	cr_assert_not(text_starts_with(TEXT("Bear"), "Bearer"), "too short");
	cr_assert_not(text_starts_with(TEXT("bearer"), "Bearer"), "case matters");
}

Test(text, trim)
{
	cr_assert(text_is(text_trim(TEXT(" \t\n\v\f\r a b \t\n\v\f\r")), "a b"), "all six kinds at both ends");
	cr_assert_eq(text_trim(TEXT(" \t ")).length, 0, "nothing but white space");
	cr_assert_eq(text_trim(TEXT("")).length, 0, "empty");
	cr_assert_eq(text_trim(TEXT("\xC2\xA0")).length, 2, "a no-break space is not ASCII");
}

Test(text, before_control)
{
	char bytes[40];
	for (int byte = 0; byte < 256; byte++) {
		bool is_control = byte < 0x20 || byte == 0x7F;
		for (size_t place = 0; place < sizeof(bytes); place++) {
			memset(bytes, 'x', sizeof(bytes));
			bytes[place] = (char)byte;
			size_t expected = is_control ? place : sizeof(bytes);
			cr_expect_eq(text_before_control((struct text){bytes, sizeof(bytes)}), expected,
				     "byte %d at %zu", byte, place);
		}
	}
	cr_expect_eq(text_before_control((struct text){NULL, 0}), 0, "nothing");
	cr_expect_eq(text_before_control(TEXT("\x01\x7F")), 0, "the first");
}

Test(text, code_points)
{
	cr_assert_eq(text_code_points(TEXT("")), 0, "empty");
	cr_assert_eq(text_code_points(TEXT("abc")), 3, "ASCII");
	cr_assert_eq(text_code_points(TEXT("\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80")), 3, "two, three and four bytes");
}

static const struct utf8_case {
	struct text text;
	bool valid;
	const char *what;
} UTF8_CASES[] = {
    {{"", 0}, true, "empty"},
    {{"a\0b", 3}, true, "a NUL byte"},
    {{"\x7F", 1}, true, "the last of one byte"},
    {{"\xC2\x80", 2}, true, "the first of two bytes"},
    {{"\xDF\xBF", 2}, true, "the last of two bytes"},
    {{"\xE0\xA0\x80", 3}, true, "the first of three bytes"},
    {{"\xED\x9F\xBF", 3}, true, "U+D7FF"},
    {{"\xEE\x80\x80", 3}, true, "U+E000"},
    {{"\xEF\xBF\xBF", 3}, true, "the last of three bytes"},
    {{"\xF0\x90\x80\x80", 4}, true, "the first of four bytes"},
    {{"\xF4\x8F\xBF\xBF", 4}, true, "U+10FFFF"},
    {{"\x80", 1}, false, "a lone continuation byte"},
    {{"\xC0\xAF", 2}, false, "an overlong form of two bytes"},
    {{"\xC1\xBF", 2}, false, "the last overlong form of two bytes"},
    {{"\xE0\x9F\xBF", 3}, false, "an overlong form of three bytes"},
    {{"\xF0\x8F\xBF\xBF", 4}, false, "an overlong form of four bytes"},
    {{"\xED\xA0\x80", 3}, false, "a surrogate"},
    {{"\xED\xBF\xBF", 3}, false, "the last surrogate"},
    {{"\xF4\x90\x80\x80", 4}, false, "beyond U+10FFFF"},
    {{"\xF5\x80\x80\x80", 4}, false, "a first byte that is never used"},
    {{"\xFF", 1}, false, "0xFF"},
    {{"\xC3", 1}, false, "two bytes cut short"},
    {{"\xE2\x82", 2}, false, "three bytes cut short"},
    {{"\xF0\x9F\x98", 3}, false, "four bytes cut short"},
    {{"\xC3\x41", 2}, false, "a letter for a continuation byte"},
    {{"\xE2\x82\x41", 3}, false, "a letter for the third byte"},
    {{"\xF0\x9F\x98\x41", 4}, false, "a letter for the fourth byte"},
};

Test(text, utf8)
{
	for (size_t i = 0; i < sizeof(UTF8_CASES) / sizeof(*UTF8_CASES); i++)
		cr_expect_eq(text_is_utf8(UTF8_CASES[i].text), UTF8_CASES[i].valid, "%s", UTF8_CASES[i].what);
}

Test(text, utf8_sequence)
{
	cr_assert_eq(text_utf8_sequence(TEXT("\xE2\x82\xACx")), 3, "the first sequence alone");
	cr_assert_eq(text_utf8_sequence(TEXT("")), 0, "nothing");
	cr_assert_eq(text_utf8_sequence(TEXT("\xFFx")), 0, "no sequence");
}
