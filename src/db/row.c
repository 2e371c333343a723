#include "db/row.h"

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
	int length = PQgetlength(row->result, row->number, column); /* of NULL, too, it is 0 */
	if (length == 0 && PQgetisnull(row->result, row->number, column))
		return (struct text){0};
	return (struct text){PQgetvalue(row->result, row->number, column), (size_t)length};
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
	struct optional_uuid uuid = {.present = PQgetlength(row->result, row->number, row->column) > 0};
	if (uuid.present)
		uuid.value = row_uuid(row);
	else
		row->column++;
	return uuid;
}

int64_t row_integer(struct row *row)
{
	struct text text = row_text(row);
	bool is_negative = text.length > 0 && text.data[0] == '-';
	size_t i = is_negative ? 1 : 0;
	int64_t value = 0;
	bool failed = i == text.length;
	for (; i < text.length && !failed; i++) {
		int digit = text.data[i] - '0';
		failed = digit < 0 || digit > 9 || __builtin_mul_overflow(value, 10, &value) ||
			 __builtin_sub_overflow(value, digit, &value); /* negative, for there is one more of these */
	}
	if (failed || (!is_negative && value == INT64_MIN)) {
		row->failed = true;
		return 0;
	}
	return is_negative ? value : -value;
}

bool row_boolean(struct row *row)
{
	struct text text = row_text(row);
	char value = text.length == 1 ? text.data[0] : '\0';
	if (value != 't' && value != 'f')
		row->failed = true;
	return value == 't';
}
