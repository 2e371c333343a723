/* Cursors: a line with the binding, then the cursor. The first byte chooses whether the cursor stands as it is, or what
 * stands there is a position that is sealed as ours are. What is decoded encodes to the same text again, and no change
 * of it, nor another binding, opens it. */
#include <gnutls/crypto.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/cursor.h"
#include "core/encoding.h"
#include "fuzz.h"

enum { CHECKSUM_SIZE = 16, BINDING_MAX = 256, POSITION_MAX = 256 };

static regex_t key_pattern;
static regex_t number_pattern;

void fuzz_set_up(void)
{
	static const char key[] = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z [0-9]{1,10} "
				  "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$";
	HOLDS(regcomp(&key_pattern, key, REG_EXTENDED | REG_NOSUB) == 0, "the pattern is one");
	HOLDS(regcomp(&number_pattern, "^- [0-9]{1,10}$", REG_EXTENDED | REG_NOSUB) == 0, "the pattern is one");
}

static struct text seal(struct arena *arena, struct text binding, struct text position)
{
	uint8_t bytes[POSITION_MAX + 1 + BINDING_MAX];
	uint8_t sum[SHA256_SIZE];
	memcpy(bytes, position.data, position.length);
	bytes[position.length] = 0;
	memcpy(bytes + position.length + 1, binding.data, binding.length);
	size_t size = position.length + 1 + binding.length;
	HOLDS(gnutls_hash_fast(GNUTLS_DIG_SHA256, bytes, size, sum) == 0, "SHA-256 works");
	memcpy(bytes + position.length, sum, CHECKSUM_SIZE);
	return base64url_encode(arena, (struct text){(char *)bytes, position.length + CHECKSUM_SIZE});
}

static bool is_same(const struct cursor_key *a, const struct cursor_key *b)
{
	return strcmp(a->created_at, b->created_at) == 0 && a->number == b->number && uuid_equal(&a->id, &b->id);
}

/* The C library's calendar knows the time too; PostgreSQL's has no year 0. */
static bool is_time(const char *timestamp)
{
	struct tm tm = {0};
	const char *end = strptime(timestamp, "%Y-%m-%dT%H:%M:%S", &tm);
	if (!end || *end != '.' || tm.tm_sec > 59 || strncmp(timestamp, "0000", 4) == 0)
		return false;
	struct tm same = tm;
	timegm(&same);
	return same.tm_mday == tm.tm_mday && same.tm_mon == tm.tm_mon;
}

/* Whether a position that is sealed must be taken for a row's, and whether for a number. */
static bool is_key_position(const char *position)
{
	return regexec(&key_pattern, position, 0, NULL, 0) == 0 && is_time(position) &&
	       strtoll(strchr(position, ' '), NULL, 10) <= INT32_MAX;
}

static bool is_number_position(const char *position)
{
	return regexec(&number_pattern, position, 0, NULL, 0) == 0 && strtoll(position + 2, NULL, 10) <= INT32_MAX;
}

/* A bit that is flipped, and a byte more in the binding. */
static void check_binding(struct arena *arena, struct text binding, struct text cursor, size_t where)
{
	char *damaged = arena_copy(arena, cursor);
	char *other = arena_alloc(arena, binding.length + 1);
	struct cursor_key key;
	int64_t number;
	HOLDS(damaged && other, "there is memory");
	damaged[where % cursor.length] ^= 1;
	memcpy(other, binding.data, binding.length);
	struct text text = {damaged, cursor.length};
	HOLDS(!cursor_decode(arena, binding, text, &key) && !cursor_decode_number(arena, binding, text, &number),
	      "a damaged cursor is refused");
	struct text foreign = {other, binding.length + 1};
	HOLDS(!cursor_decode(arena, foreign, cursor, &key) && !cursor_decode_number(arena, foreign, cursor, &number),
	      "a foreign cursor is refused");
}

/* What came out goes in again, and comes out the same. */
static struct text check_key(struct arena *arena, struct text binding, const struct cursor_key *key)
{
	struct cursor_key same;
	struct text again = cursor_encode(arena, binding, key);
	HOLDS(is_time(key->created_at) && key->number >= 0 && key->number <= INT32_MAX, "PostgreSQL takes the values");
	HOLDS(cursor_decode(arena, binding, again, &same) && is_same(&same, key), "it comes back");
	return again;
}

static struct text check_number(struct arena *arena, struct text binding, int64_t number)
{
	int64_t same;
	struct text again = cursor_encode_number(arena, binding, number);
	HOLDS(number >= 0 && number <= INT32_MAX, "PostgreSQL takes the value");
	HOLDS(cursor_decode_number(arena, binding, again, &same) && same == number, "it comes back");
	return again;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = fuzz_arena();
	struct text rest = {(const char *)data, size};
	uint8_t mode = fuzz_take_byte(&rest);
	struct text binding = fuzz_take(&rest, '\n');
	if (binding.length > BINDING_MAX || rest.length > POSITION_MAX)
		return -1;
	bool is_sealed = mode & 1;
	struct text cursor = is_sealed ? seal(arena, binding, rest) : rest;
	struct cursor_key key;
	int64_t number;
	bool is_key = cursor_decode(arena, binding, cursor, &key);
	bool is_number = cursor_decode_number(arena, binding, cursor, &number);
	HOLDS(!is_key || !is_number, "a cursor is of one kind");
	if (is_sealed) {
		const char *position = arena_copy(arena, rest);
		bool is_whole = position && !memchr(rest.data, '\0', rest.length);
		HOLDS(is_key == (is_whole && is_key_position(position)), "both agree on the row's position");
		HOLDS(is_number == (is_whole && is_number_position(position)), "both agree on the number");
	}
	if (is_key)
		check_binding(arena, binding, check_key(arena, binding, &key), mode);
	if (is_number)
		check_binding(arena, binding, check_number(arena, binding, number), mode);
	return 0;
}
