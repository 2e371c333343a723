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
	bool negative = *at == '-';
	if (*at == '-' || *at == '+')
		at++;
	int64_t value = 0;
	for (; at < end && value < INT64_MAX / 100; at++)
		value = 10 * value + (*at - '0');
	return negative ? -value : value;
}

/* Halfway between DBL_MAX and the double that would come next, 2^1024 - 2^970: the least magnitude that rounds to
 * infinity (IEEE 754, section 4.3.1). It is 1.79…e308. */
static const char TOO_LARGE[] = "17976931348623158079372897140530341507993413271003782693617377898044496829276475"
				"09466490179775872070963302864166928879109465555478519404026306574886715058206819"
				"08902000708383676273854845817711531764475730270069855571366959622842914819860834"
				"936475292719074168444365510704342711559699508093042880177904174497792";

enum { TOO_LARGE_POWER = 308, TOO_LARGE_DIGITS = sizeof(TOO_LARGE) - 1 };

/* Compares the significant digits and the power of ten with those of the least number that is too large. (strtod would
 * need a copy that ends in NUL, and obeys the locale.) */
static bool fits_double(const char *at, const char *end)
{
	char leading[TOO_LARGE_DIGITS];
	int64_t count = 0;      /* of digits */
	int64_t whole = -1;     /* of digits in front of the point */
	int64_t first = 0;      /* the index of the first significant digit */
	size_t significant = 0; /* of digits, from the first that is not 0 */
	memset(leading, '0', sizeof(leading));
	for (at += *at == '-'; at < end && *at != 'e' && *at != 'E'; at++) {
		if (*at == '.') {
			whole = count;
			continue;
		}
		if (significant == 0 && *at != '0')
			first = count;
		if (significant > 0 || *at != '0') {
			if (significant < sizeof(leading))
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
	return power < TOO_LARGE_POWER || (power == TOO_LARGE_POWER && memcmp(leading, TOO_LARGE, sizeof(leading)) < 0);
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
