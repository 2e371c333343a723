/* db/row: one row of a result, column by column. */
#include <criterion/criterion.h>
#include <string.h>

#include "db/row.h"

static PGresult *result;

/* A result of one row and one column, which holds the value; NULL for NULL. */
static struct row row_with(const char *value)
{
	PGresAttDesc column = {.name = (char[]){"value"}, .typlen = -1};
	PQclear(result);
	result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	cr_assert(PQsetResultAttrs(result, 1, &column) == 1, "a column");
	cr_assert(PQsetvalue(result, 0, 0, (char *)(uintptr_t)value, value ? (int)strlen(value) : -1) == 1, "a value");
	return row_of((struct rows){result, 1}, 0);
}

static void clear(void)
{
	PQclear(result);
}

TestSuite(row, .fini = clear);

Test(row, integer)
{
	static const struct {
		const char *text;
		int64_t value;
	} cases[] = {
	    {"0", 0},
	    {"-1", -1},
	    {"1234567890123", 1234567890123},
	    {"9223372036854775807", INT64_MAX},
	    {"-9223372036854775808", INT64_MIN},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct row row = row_with(cases[i].text);
		cr_expect_eq(row_integer(&row), cases[i].value, "%s", cases[i].text);
		cr_expect_not(row.failed, "%s", cases[i].text);
		cr_expect_eq(row.column, 1, "%s", cases[i].text);
	}
}

Test(row, integer_refuses)
{
	static const char *const bad[] = {
	    "",  "-", "1x", " 1", "+1", "1.0", "9223372036854775808", "-9223372036854775809", "99999999999999999999",
	    NULL};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct row row = row_with(bad[i]);
		cr_expect_eq(row_integer(&row), 0, "%s", bad[i] ? bad[i] : "NULL");
		cr_expect(row.failed, "%s", bad[i] ? bad[i] : "NULL");
	}
}

Test(row, text_tells_null_from_empty)
{
	struct row row = row_with("");
	struct text text = row_text(&row);
	cr_expect(text.data && text.length == 0, "empty");
	row = row_with(NULL);
	cr_expect_null(row_text(&row).data, "NULL");
	cr_expect_not(row.failed, "neither is a failure");
}

Test(row, boolean)
{
	struct row row = row_with("t");
	cr_expect(row_boolean(&row) && !row.failed, "true");
	row = row_with("f");
	cr_expect(!row_boolean(&row) && !row.failed, "false");
	for (size_t i = 0; i < 3; i++) {
		row = row_with((const char *const[]){"true", "", NULL}[i]);
		cr_expect(!row_boolean(&row) && row.failed, "neither");
	}
}

Test(row, optional_uuid)
{
	struct row row = row_with(NULL);
	cr_expect(!row_optional_uuid(&row).present && !row.failed && row.column == 1, "absent");
	row = row_with("70000006-0000-4000-8000-000000000001");
	struct optional_uuid uuid = row_optional_uuid(&row);
	cr_expect(uuid.present && !row.failed, "present");
	cr_expect_str_eq(uuid.value.text, "70000006-0000-4000-8000-000000000001", "its text");
}
