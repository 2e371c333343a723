/* core/timestamp: from PostgreSQL's text to RFC 3339. */
#include <criterion/criterion.h>

#include "core/timestamp.h"

Test(timestamp, from_postgresql)
{
	static const struct {
		const char *postgresql;
		const char *formatted;
	} cases[] = {
	    {"2026-11-24 12:09:59+00", "2026-11-24T12:09:59.000000Z"},
	    {"2026-11-24 12:09:59.1+00", "2026-11-24T12:09:59.100000Z"},
	    {"2026-11-24 12:09:59.123+00", "2026-11-24T12:09:59.123000Z"},
	    {"2026-11-24 12:09:59.000001+00", "2026-11-24T12:09:59.000001Z"},
	    {"2026-11-24 12:09:59.999999+00", "2026-11-24T12:09:59.999999Z"},
	    {"2024-02-29 23:59:59+00", "2024-02-29T23:59:59.000000Z"},
	    {"2000-02-29 00:00:00+00", "2000-02-29T00:00:00.000000Z"},
	    {"0001-01-01 00:00:00+00", "0001-01-01T00:00:00.000000Z"},
	    {"9999-12-31 23:59:59.999999+00", "9999-12-31T23:59:59.999999Z"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char formatted[TIMESTAMP_SIZE] = "";
		cr_expect(timestamp_from_postgresql(text_from_string(cases[i].postgresql), formatted), "%s",
			  cases[i].postgresql);
		cr_expect_str_eq(formatted, cases[i].formatted, "%s becomes %s", cases[i].postgresql, formatted);
	}
}

Test(timestamp, from_postgresql_refuses)
{
	static const char *const bad[] = {
	    "",
	    "infinity",
	    "-infinity",
	    "2026-11-24",
	    "2026-11-24 12:09:59",
	    "2026-11-24 12:09:59Z",
	    "2026-11-24T12:09:59+00",
	    "2026-11-24 12:09:59+01",
	    "2026-11-24 12:09:59-00",
	    "2026-11-24 12:09:59+00:00",
	    "2026-11-24 12:09:59+05:30",
	    "2026-11-24 12:09:59.+00",
	    "2026-11-24 12:09:59,1+00",
	    "2026-11-24 12:09:59.1234567+00",
	    "2026-11-24 12:09:59.12x+00",
	    "2026-11-24 12:09:59 +00",
	    "0044-03-15 12:00:00+00 BC",
	    "10000-01-01 00:00:00+00",
	    "2026-11-24 24:00:00+00",
	    "2026-02-29 12:00:00+00",
	    "11/24/2026 12:09:59+00",
	    "2026-11-24 12:09:59+00 ",
	};
	char formatted[TIMESTAMP_SIZE];
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		cr_expect_not(timestamp_from_postgresql(text_from_string(bad[i]), formatted), "%s", bad[i]);
	cr_expect_not(timestamp_from_postgresql((struct text){NULL, 0}, formatted), "no text");
}

Test(timestamp, is_valid)
{
	cr_expect(timestamp_is_valid(TEXT("2026-11-24T12:09:59.123456Z")), "a time");
	cr_expect(timestamp_is_valid(TEXT("2024-02-29T00:00:00.000000Z")), "29 February of a leap year");
	static const char *const bad[] = {
	    "2026-11-24T12:09:59Z",        "2026-11-24 12:09:59.123456Z",
	    "2026-11-24T12:09:59.123456z", "2026-11-24T12:09:59.12345Z",
	    "2026-11-24T12:09:59.1234567", "2026-11-24T12:09:59.123456+",
	    "0000-01-01T00:00:00.000000Z", "2026-00-01T00:00:00.000000Z",
	    "2026-13-01T00:00:00.000000Z", "2026-01-00T00:00:00.000000Z",
	    "2026-01-32T00:00:00.000000Z", "2026-04-31T00:00:00.000000Z",
	    "2026-02-29T00:00:00.000000Z", "1900-02-29T00:00:00.000000Z",
	    "2026-01-01T24:00:00.000000Z", "2026-01-01T00:60:00.000000Z",
	    "2026-01-01T00:00:60.000000Z", "2026-1 -01T00:00:00.000000Z",
	    "+026-01-01T00:00:00.000000Z", "",
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		cr_expect_not(timestamp_is_valid(text_from_string(bad[i])), "%s", bad[i]);
}
