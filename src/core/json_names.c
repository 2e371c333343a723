#include "core/json_names.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash.h"
#include "core/json_string.h"

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

static bool names_equal(const char *a, const char *b)
{
	struct json_unescaper left = {.at = a};
	struct json_unescaper right = {.at = b};
	int byte;
	do {
		byte = json_unescaper_next(&left);
		if (byte != json_unescaper_next(&right))
			return false;
	} while (byte >= 0);
	return true;
}

/* The keyed hash over the object's number and the unescaped name, block by block: a block starts with the hash of what
 * went before. */
static uint64_t hash_name(uint32_t object, const char *name)
{
	struct json_unescaper unescaper = {.at = name};
	uint64_t hash = object;
	char block[256];
	size_t filled;
	do {
		memcpy(block, &hash, sizeof(hash));
		filled = sizeof(hash);
		int byte = 0;
		while (filled < sizeof(block) && (byte = json_unescaper_next(&unescaper)) >= 0)
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
