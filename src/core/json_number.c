#include "core/json_number.h"

#include <stdint.h>
#include <string.h>

/* Digits with an optional sign in front. */
static bool fits_int64(const char *at, const char *end)
{
	bool negative = *at == '-';
	uint64_t limit = negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
	uint64_t value = 0;
	for (at += negative; at < end; at++) {
		uint64_t digit = (uint64_t)(*at - '0');
		if (value > (limit - digit) / 10)
			return false;
		value = 10 * value + digit;
	}
	return true;
}

/* The exponent's value, held where it stops to matter, far beyond the number of digits of any text. */
static int64_t exponent_value(const char *at, const char *end)
{
	bool negative = at < end && *at == '-';
	if (at < end && (*at == '-' || *at == '+'))
		at++;
	int64_t value = 0;
	for (; at < end && value < INT64_MAX / 100; at++)
		value = 10 * value + (*at - '0');
	return negative ? -value : value;
}

/* Compares the first 17 significant digits and the power of ten with those of DBL_MAX. (strtod would need a copy that
 * ends in NUL, and obeys the locale.) */
static bool fits_double(const char *at, const char *end)
{
	static const char largest[] = "17976931348623157"; /* of 1.7976931348623157e308 */
	enum { LARGEST_POWER = 308, DIGITS = sizeof(largest) - 1 };
	char leading[] = "00000000000000000";
	int64_t count = 0;      /* of digits */
	int64_t whole = -1;     /* of digits in front of the point */
	int64_t first = 0;      /* the index of the first significant digit */
	size_t significant = 0; /* of digits, from the first that is not 0 */
	for (at += *at == '-'; at < end && *at != 'e' && *at != 'E'; at++) {
		if (*at == '.') {
			whole = count;
			continue;
		}
		if (significant == 0 && *at != '0')
			first = count;
		if (significant > 0 || *at != '0') {
			if (significant < DIGITS)
				leading[significant] = *at;
			significant++;
		}
		count++;
	}
	if (significant == 0)
		return true;
	int64_t power = (whole < 0 ? count : whole) - 1 - first;
	if (at < end)
		power += exponent_value(at + 1, end);
	return power < LARGEST_POWER || (power == LARGEST_POWER && memcmp(leading, largest, DIGITS) <= 0);
}

bool json_number_fits(struct text number)
{
	const char *end = number.data + number.length;
	for (const char *at = number.data; at < end; at++) {
		if (*at == '.' || *at == 'e' || *at == 'E')
			return fits_double(number.data, end);
	}
	return fits_int64(number.data, end);
}
