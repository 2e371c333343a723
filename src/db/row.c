#include "db/row.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct row row_of(struct rows rows, int number)
{
	return (struct row){.result = rows.result, .number = number};
}

bool row_is_null(const struct row *row)
{
	return PQgetisnull(row->result, row->number, row->column);
}

struct text row_text(struct row *row)
{
	int column = row->column++;
	if (PQgetisnull(row->result, row->number, column))
		return (struct text){0};
	return (struct text){PQgetvalue(row->result, row->number, column),
			     (size_t)PQgetlength(row->result, row->number, column)};
}

struct uuid row_uuid(struct row *row)
{
	struct uuid uuid = {0};
	struct text text = row_text(row);
	if (text.length == UUID_LENGTH)
		memcpy(uuid.text, text.data, UUID_LENGTH); /* PostgreSQL's output is canonical */
	else
		row->failed = true;
	return uuid;
}

struct optional_uuid row_optional_uuid(struct row *row)
{
	struct optional_uuid uuid = {.present = !row_is_null(row)};
	if (uuid.present)
		uuid.value = row_uuid(row);
	else
		row->column++;
	return uuid;
}

int64_t row_integer(struct row *row)
{
	struct text text = row_text(row);
	char *end = NULL;
	errno = 0;
	long long value = text.data ? strtoll(text.data, &end, 10) : 0;
	if (!text.data || errno != 0 || end != text.data + text.length)
		row->failed = true;
	return value;
}

bool row_boolean(struct row *row)
{
	struct text text = row_text(row);
	if (!text_is(text, "t") && !text_is(text, "f"))
		row->failed = true;
	return text_is(text, "t");
}
