#include "core/uuid.h"

#include <stdint.h>
#include <string.h>
#include <sys/random.h>

#include "core/encoding.h"

static bool is_dash_position(size_t i)
{
	return i == 8 || i == 13 || i == 18 || i == 23;
}

/* The lower-case form of a hexadecimal digit, or 0. */
static char hex_digit(char c)
{
	if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))
		return c;
	return c >= 'A' && c <= 'F' ? (char)(c - 'A' + 'a') : '\0';
}

bool uuid_parse(struct text text, struct uuid *uuid)
{
	if (text.length != UUID_LENGTH)
		return false;
	struct uuid parsed;
	for (size_t i = 0; i < UUID_LENGTH; i++) {
		if (is_dash_position(i))
			parsed.text[i] = text.data[i] == '-' ? '-' : '\0';
		else
			parsed.text[i] = hex_digit(text.data[i]);
		if (!parsed.text[i])
			return false;
	}
	parsed.text[UUID_LENGTH] = '\0';
	*uuid = parsed;
	return true;
}

enum { BINARY_LENGTH = 16, POOL_LENGTH = 32 * BINARY_LENGTH };

/* Random bytes are drawn for many at once, for the system call costs more than all the rest. A process that forks after
 * the first draw would give the same to parent and child; the worker does not. */
static bool draw(uint8_t bytes[BINARY_LENGTH])
{
	static _Thread_local uint8_t pool[POOL_LENGTH];
	static _Thread_local size_t left;
	if (left == 0) {
		if (getrandom(pool, sizeof(pool), 0) != (ssize_t)sizeof(pool))
			return false;
		left = sizeof(pool);
	}
	left -= BINARY_LENGTH;
	memcpy(bytes, pool + left, BINARY_LENGTH);
	return true;
}

bool uuid_generate(struct uuid *uuid)
{
	uint8_t bytes[BINARY_LENGTH];
	if (!draw(bytes))
		return false;
	bytes[6] = (uint8_t)((bytes[6] & 0x0F) | 0x40); /* version 4 */
	bytes[8] = (uint8_t)((bytes[8] & 0x3F) | 0x80); /* variant of RFC 9562 */

	char digits[2 * sizeof(bytes) + 1];
	hex_encode(bytes, sizeof(bytes), digits);
	const char *digit = digits;
	for (size_t i = 0; i < UUID_LENGTH; i++)
		uuid->text[i] = is_dash_position(i) ? '-' : *digit++;
	uuid->text[UUID_LENGTH] = '\0';
	return true;
}

bool uuid_equal(const struct uuid *a, const struct uuid *b)
{
	return memcmp(a->text, b->text, UUID_LENGTH) == 0;
}
