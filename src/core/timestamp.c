#include "core/timestamp.h"

#include <string.h>

/* 'd' is a digit; anything else stands for itself. */
static const char FORMATTED_SHAPE[] = "dddd-dd-ddTdd:dd:dd.ddddddZ";
static const char POSTGRESQL_SHAPE[] = "dddd-dd-dd dd:dd:dd";
static const char UTC_OFFSET[] = "+00";

enum { SECONDS_LENGTH = sizeof(POSTGRESQL_SHAPE) - 1, FRACTION_LENGTH = 6 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool has_shape(const char *text, const char *shape)
{
	for (size_t i = 0; shape[i]; i++) {
		if (shape[i] == 'd' ? !is_digit(text[i]) : text[i] != shape[i])
			return false;
	}
	return true;
}

static int number_at(const char *digits, size_t count)
{
	int number = 0;
	for (size_t i = 0; i < count; i++)
		number = 10 * number + (digits[i] - '0');
	return number;
}

static int days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month == 2 && leap ? 29 : days[month - 1];
}

/* Whether there is such a time. text has either shape. */
static bool exists(const char *text)
{
	int year = number_at(text, 4);
	int month = number_at(text + 5, 2);
	int day = number_at(text + 8, 2);
	return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= days_in_month(year, month) &&
	       number_at(text + 11, 2) < 24 && number_at(text + 14, 2) < 60 && number_at(text + 17, 2) < 60;
}

bool timestamp_is_valid(struct text timestamp)
{
	return timestamp.length == TIMESTAMP_LENGTH && has_shape(timestamp.data, FORMATTED_SHAPE) &&
	       exists(timestamp.data);
}

/* A point and one to six digits, or nothing. */
static bool is_fraction(const char *text, size_t length)
{
	if (length == 1 || length > 1 + FRACTION_LENGTH || (length > 0 && text[0] != '.'))
		return false;
	for (size_t i = 1; i < length; i++) {
		if (!is_digit(text[i]))
			return false;
	}
	return true;
}

bool timestamp_from_postgresql(struct text timestamp, char formatted[TIMESTAMP_SIZE])
{
	const size_t offset_length = sizeof(UTC_OFFSET) - 1;
	if (timestamp.length < SECONDS_LENGTH + offset_length || !has_shape(timestamp.data, POSTGRESQL_SHAPE))
		return false;
	const char *fraction = timestamp.data + SECONDS_LENGTH;
	size_t fraction_length = timestamp.length - SECONDS_LENGTH - offset_length; /* with its point */
	if (!is_fraction(fraction, fraction_length) ||
	    memcmp(fraction + fraction_length, UTC_OFFSET, offset_length) != 0 || !exists(timestamp.data))
		return false;

	memcpy(formatted, timestamp.data, SECONDS_LENGTH);
	formatted[10] = 'T';
	memcpy(formatted + SECONDS_LENGTH, ".000000Z", sizeof(".000000Z"));
	memcpy(formatted + SECONDS_LENGTH, fraction, fraction_length);
	return true;
}
