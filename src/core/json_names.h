/* The names of a JSON text's members, to find one that an object names twice.
 *
 * One table holds the names of all objects; an object is told by its number. Names are compared as they are after
 * unescaping. The hash is keyed (hash.h), so that nobody can choose names that collide. */
#ifndef EVENTFLOW_CORE_JSON_NAMES_H
#define EVENTFLOW_CORE_JSON_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "core/text.h"

enum { JSON_NAMES_INLINE = 64 };

/* A slot is free where object is 0. */
struct json_name_slot {
	uint64_t hash;
	uint32_t object;
	uint32_t offset; /* of the name's first byte in the JSON text */
};

struct json_names {
	struct text json;
	struct json_name_slot *slots;
	size_t capacity; /* a power of two */
	size_t count;
	struct json_name_slot inline_slots[JSON_NAMES_INLINE]; /* enough for most requests: no allocation */
};

enum json_names_result { JSON_NAMES_NEW, JSON_NAMES_DUPLICATE, JSON_NAMES_MEMORY };

/* The JSON text must stay; it may not be longer than 4 GiB. */
void json_names_init(struct json_names *names, struct text json);
void json_names_free(struct json_names *names);

/* offset is that of a checked string's first byte, behind its quote; object is not 0. */
enum json_names_result json_names_add(struct json_names *names, uint32_t object, size_t offset);

#endif
