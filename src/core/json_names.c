#include "core/json_names.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash.h"

void json_names_init(struct json_names *names, struct text json)
{
	memset(names, 0, sizeof(*names));
	names->json = json;
	names->slots = names->inline_slots;
	names->capacity = JSON_NAMES_INLINE;
}

void json_names_free(struct json_names *names)
{
	if (names->slots != names->inline_slots)
		free(names->slots);
	names->slots = names->inline_slots;
}

/* Gives the bytes of a string that was checked, one after the other, unescaped. */
struct unescaper {
	const char *at;
	unsigned char pending[4]; /* UTF-8 of a \uXXXX escape that has not been given out */
	unsigned int pending_count;
	unsigned int pending_next;
};

static uint32_t hex_value(const char *digits)
{
	uint32_t value = 0;
	for (size_t i = 0; i < 4; i++) {
		char c = digits[i];
		value = value << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return value;
}

/* at stands behind "\u". */
static int start_code_point(struct unescaper *unescaper)
{
	uint32_t code = hex_value(unescaper->at);
	unescaper->at += 4;
	if (code >= 0xD800 && code < 0xDC00) { /* its other half follows: "\uXXXX" */
		code = 0x10000 + ((code - 0xD800) << 10) + (hex_value(unescaper->at + 2) - 0xDC00);
		unescaper->at += 6;
	}
	if (code < 0x80)
		return (int)code;
	unsigned int tail = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
	static const unsigned char heads[] = {0, 0xC0, 0xE0, 0xF0};
	for (unsigned int i = 0; i < tail; i++)
		unescaper->pending[i] = (unsigned char)(0x80 | (code >> 6 * (tail - 1 - i) & 0x3F));
	unescaper->pending_count = tail;
	unescaper->pending_next = 0;
	return (int)(heads[tail] | code >> 6 * tail);
}

/* The next byte, or -1 at the string's end. */
static int next_byte(struct unescaper *unescaper)
{
	if (unescaper->pending_next < unescaper->pending_count)
		return unescaper->pending[unescaper->pending_next++];
	char c = *unescaper->at;
	if (c == '"')
		return -1;
	unescaper->at++;
	if (c != '\\')
		return (unsigned char)c;
	char escaped = *unescaper->at++;
	switch (escaped) {
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	case 'u':
		return start_code_point(unescaper);
	default:
		return (unsigned char)escaped;
	}
}

static bool names_equal(const char *a, const char *b)
{
	struct unescaper left = {.at = a};
	struct unescaper right = {.at = b};
	int byte;
	do {
		byte = next_byte(&left);
		if (byte != next_byte(&right))
			return false;
	} while (byte >= 0);
	return true;
}

/* The keyed hash over the object's number and the unescaped name, block by block: a block starts with the hash of what
 * went before. */
static uint64_t hash_name(uint32_t object, const char *name)
{
	struct unescaper unescaper = {.at = name};
	uint64_t hash = object;
	char block[256];
	size_t filled;
	do {
		memcpy(block, &hash, sizeof(hash));
		filled = sizeof(hash);
		int byte = 0;
		while (filled < sizeof(block) && (byte = next_byte(&unescaper)) >= 0)
			block[filled++] = (char)byte;
		hash = hash_text((struct text){block, filled});
	} while (filled == sizeof(block));
	return hash;
}

/* The slot that holds the name, or the free one where it belongs. */
static struct json_name_slot *find_slot(const struct json_names *names, const struct json_name_slot *wanted)
{
	size_t mask = names->capacity - 1;
	for (size_t i = wanted->hash & mask;; i = (i + 1) & mask) {
		struct json_name_slot *slot = &names->slots[i];
		if (slot->object == 0)
			return slot;
		if (slot->hash == wanted->hash && slot->object == wanted->object &&
		    names_equal(names->json.data + slot->offset, names->json.data + wanted->offset))
			return slot;
	}
}

static bool double_capacity(struct json_names *names)
{
	size_t capacity = 2 * names->capacity;
	struct json_name_slot *slots = calloc(capacity, sizeof(*slots));
	if (!slots)
		return false;
	for (size_t i = 0; i < names->capacity; i++) {
		if (names->slots[i].object == 0)
			continue;
		size_t to = names->slots[i].hash & (capacity - 1);
		while (slots[to].object != 0)
			to = (to + 1) & (capacity - 1);
		slots[to] = names->slots[i];
	}
	json_names_free(names);
	names->slots = slots;
	names->capacity = capacity;
	return true;
}

enum json_names_result json_names_add(struct json_names *names, uint32_t object, size_t offset)
{
	if (names->count >= names->capacity / 4 * 3 && !double_capacity(names))
		return JSON_NAMES_MEMORY;
	struct json_name_slot wanted = {hash_name(object, names->json.data + offset), object, (uint32_t)offset};
	struct json_name_slot *slot = find_slot(names, &wanted);
	if (slot->object != 0)
		return JSON_NAMES_DUPLICATE;
	*slot = wanted;
	names->count++;
	return JSON_NAMES_NEW;
}
