/* Cursors: a line with the binding, then the cursor. The first byte chooses whether the cursor stands as it is, or what
 * stands there is a position that is sealed as ours are. What is decoded encodes to the same text again, and no change
 * of it, nor another binding, opens it. */
#include <gnutls/crypto.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/cursor.h"
#include "core/encoding.h"
#include "fuzz.h"

enum { CHECKSUM_SIZE = 16, BINDING_MAX = 256, POSITION_MAX = 256 };

void fuzz_set_up(void)
{
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

/* The C library's calendar knows the time too. */
static void check_time(const char *timestamp)
{
	struct tm tm = {0};
	const char *end = strptime(timestamp, "%Y-%m-%dT%H:%M:%S", &tm);
	HOLDS(end && *end == '.', "%s is a time", timestamp);
	struct tm same = tm;
	timegm(&same);
	HOLDS(same.tm_mday == tm.tm_mday && same.tm_mon == tm.tm_mon && same.tm_hour == tm.tm_hour &&
		  same.tm_min == tm.tm_min && same.tm_sec == tm.tm_sec,
	      "%s exists", timestamp);
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = fuzz_arena();
	struct text rest = {(const char *)data, size};
	uint8_t mode = fuzz_take_byte(&rest);
	struct text binding = fuzz_take(&rest, '\n');
	if (binding.length > BINDING_MAX || rest.length > POSITION_MAX)
		return -1;
	struct text cursor = mode & 1 ? seal(arena, binding, rest) : rest;
	struct cursor_key key;
	int64_t number;
	bool is_key = cursor_decode(arena, binding, cursor, &key);
	bool is_number = cursor_decode_number(arena, binding, cursor, &number);
	HOLDS(!is_key || !is_number, "a cursor is of one kind");
	struct text again = {NULL, 0};
	if (is_key) {
		check_time(key.created_at);
		HOLDS(key.number >= 0 && key.number <= INT32_MAX, "the number is in its range");
		again = cursor_encode(arena, binding, &key);
	}
	if (is_number)
		again = cursor_encode_number(arena, binding, number);
	if (again.data) {
		struct cursor_key same;
		int64_t same_number;
		HOLDS(is_key ? cursor_decode(arena, binding, again, &same) && is_same(&same, &key)
			     : cursor_decode_number(arena, binding, again, &same_number) && same_number == number,
		      "it comes back");
		check_binding(arena, binding, again, mode);
	}
	return 0;
}
