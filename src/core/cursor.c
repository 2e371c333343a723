#include "core/cursor.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/encoding.h"

enum { CHECKSUM_SIZE = 16 };

/* The position of a list whose whole position is a number. */
static const char NUMBER_ONLY[] = "-";

static const struct text NOTHING = {NULL, 0};

/* The first bytes of SHA-256 over position and binding; NUL keeps the two apart, for a position never holds it. */
static bool checksum(struct arena *arena, struct text binding, struct text position, uint8_t sum[SHA256_SIZE])
{
	size_t size = position.length + 1 + binding.length;
	char *bytes = arena_alloc(arena, size);
	if (!bytes)
		return false;
	memcpy(bytes, position.data, position.length);
	if (binding.length > 0)
		memcpy(bytes + position.length + 1, binding.data, binding.length);
	return sha256((struct text){bytes, size}, sum);
}

/* position is NUL-terminated, or NULL when memory was short. */
static struct text seal(struct arena *arena, struct text binding, const char *position)
{
	uint8_t sum[SHA256_SIZE];
	struct text text = text_from_string(position);
	if (!position || !checksum(arena, binding, text, sum))
		return NOTHING;
	char *bytes = arena_alloc(arena, text.length + CHECKSUM_SIZE);
	if (!bytes)
		return NOTHING;
	memcpy(bytes, text.data, text.length);
	memcpy(bytes + text.length, sum, CHECKSUM_SIZE);
	return base64url_encode(arena, (struct text){bytes, text.length + CHECKSUM_SIZE});
}

/* The position that was sealed; NOTHING if the cursor is damaged or foreign. */
static struct text unseal(struct arena *arena, struct text binding, struct text cursor)
{
	uint8_t sum[SHA256_SIZE];
	struct text position = base64url_decode(arena, cursor);
	if (!position.data || position.length < CHECKSUM_SIZE)
		return NOTHING;
	position.length -= CHECKSUM_SIZE;
	if (!checksum(arena, binding, position, sum) ||
	    memcmp(sum, position.data + position.length, CHECKSUM_SIZE) != 0)
		return NOTHING;
	return position;
}

/* Takes the part before the next space, or the rest, off the front. */
static struct text take_part(struct text *rest)
{
	const char *space = rest->length > 0 ? memchr(rest->data, ' ', rest->length) : NULL;
	struct text part = *rest;
	if (space)
		part.length = (size_t)(space - rest->data);
	size_t taken = part.length + (space ? 1 : 0);
	rest->data += taken;
	rest->length -= taken;
	return part;
}

/* Digits alone, and a value that PostgreSQL's integer holds. */
static bool parse_number(struct text digits, int64_t *number)
{
	if (digits.length == 0 || digits.length > 10)
		return false;
	int64_t value = 0;
	for (size_t i = 0; i < digits.length; i++) {
		if (digits.data[i] < '0' || digits.data[i] > '9')
			return false;
		value = 10 * value + (digits.data[i] - '0');
	}
	*number = value;
	return value <= INT32_MAX;
}

struct text cursor_encode(struct arena *arena, struct text binding, const struct cursor_key *key)
{
	return seal(arena, binding,
		    arena_format(arena, "%s %" PRId64 " %s", key->created_at, key->number, key->id.text));
}

bool cursor_decode(struct arena *arena, struct text binding, struct text cursor, struct cursor_key *key)
{
	struct text rest = unseal(arena, binding, cursor);
	if (!rest.data)
		return false;
	struct text created_at = take_part(&rest);
	struct text number = take_part(&rest);
	if (!timestamp_is_valid(created_at) || !parse_number(number, &key->number) || !uuid_parse(rest, &key->id))
		return false;
	memcpy(key->created_at, created_at.data, TIMESTAMP_LENGTH);
	key->created_at[TIMESTAMP_LENGTH] = '\0';
	return true;
}

struct text cursor_encode_number(struct arena *arena, struct text binding, int64_t number)
{
	return seal(arena, binding, arena_format(arena, "%s %" PRId64, NUMBER_ONLY, number));
}

bool cursor_decode_number(struct arena *arena, struct text binding, struct text cursor, int64_t *number)
{
	struct text rest = unseal(arena, binding, cursor);
	return rest.data && text_is(take_part(&rest), NUMBER_ONLY) && parse_number(rest, number);
}
