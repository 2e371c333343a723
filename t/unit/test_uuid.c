/* core/uuid: the canonical form, and random UUIDs. */
#include <criterion/criterion.h>
#include <string.h>

#include "core/uuid.h"

#define SAMPLE "0d5c4a1e-9f3b-4c2d-8e7f-0123456789ab"

Test(uuid, parse)
{
	struct uuid uuid;
	cr_assert(uuid_parse(TEXT(SAMPLE), &uuid), "canonical");
	cr_assert_str_eq(uuid.text, SAMPLE, "canonical");
	cr_assert(uuid_parse(TEXT("0D5C4A1E-9F3B-4C2D-8E7F-0123456789AB"), &uuid), "upper case");
	cr_assert_str_eq(uuid.text, SAMPLE, "upper case is folded");
	cr_assert(uuid_parse(TEXT("00000000-0000-0000-0000-000000000000"), &uuid), "nil");
}

Test(uuid, parse_refuses)
{
	static const char *const bad[] = {
	    "",
	    "0d5c4a1e-9f3b-4c2d-8e7f-0123456789a",
	    "0d5c4a1e-9f3b-4c2d-8e7f-0123456789abc",
	    "0d5c4a1e-9f3b-4c2d-8e7f-0123456789ag",
	    "0d5c4a1e-9f3b-4c2d-8e7f-0123456789a/",
	    "0d5c4a1e-9f3b-4c2d-8e7f-0123456789a:",
	    "0d5c4a1e-9f3b-4c2d-8e7f-0123456789a@",
	    "0d5c4a1e-9f3b-4c2d-8e7f-0123456789a`",
	    "0d5c4a1e-9f3b-4c2d-8e7f00123456789ab",
	    "0d5c4a1e09f3b-4c2d-8e7f-0123456789ab",
	    "0d5c4a1-e9f3b-4c2d-8e7f-0123456789ab",
	    "{d5c4a1e-9f3b-4c2d-8e7f-0123456789a}",
	    "0d5c4a1e9f3b4c2d8e7f0123456789ab",
	    " d5c4a1e-9f3b-4c2d-8e7f-0123456789ab",
	};
	struct uuid uuid;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		cr_expect_not(uuid_parse(text_from_string(bad[i]), &uuid), "%s", bad[i]);
	char with_nul[] = SAMPLE;
	with_nul[5] = '\0';
	cr_expect_not(uuid_parse((struct text){with_nul, UUID_LENGTH}, &uuid), "a NUL byte");
}

Test(uuid, parse_leaves_the_old_value_when_it_refuses)
{
	struct uuid uuid;
	cr_assert(uuid_parse(TEXT(SAMPLE), &uuid), "canonical");
	cr_assert_not(uuid_parse(TEXT("ffffffff-9f3b-4c2d-8e7f-0123456789ag"), &uuid), "bad");
	cr_assert_str_eq(uuid.text, SAMPLE, "unchanged");
}

Test(uuid, generate)
{
	for (int i = 0; i < 100; i++) {
		struct uuid a;
		struct uuid b;
		struct uuid parsed;
		cr_assert(uuid_generate(&a) && uuid_generate(&b), "random bytes");
		cr_assert(uuid_parse(text_from_string(a.text), &parsed), "canonical: %s", a.text);
		cr_assert_eq(a.text[14], '4', "version: %s", a.text);
		cr_assert_not_null(strchr("89ab", a.text[19]), "variant: %s", a.text);
		cr_assert_not(uuid_equal(&a, &b), "two are different");
		cr_assert(uuid_equal(&a, &parsed), "equal to itself");
	}
}
