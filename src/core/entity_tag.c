#include "core/entity_tag.h"

#include "core/encoding.h"
#include "core/hash.h"

/* The next entity tag of a list, without W/ and white space; moves *list behind it. */
static struct text next_tag(struct text *list)
{
	size_t end = 0;
	while (end < list->length && list->data[end] != ',')
		end++;
	struct text tag = text_trim((struct text){list->data, end});
	size_t step = end < list->length ? end + 1 : end;
	list->data += step;
	list->length -= step;
	if (text_starts_with(tag, "W/"))
		tag = (struct text){tag.data + 2, tag.length - 2};
	return tag;
}

bool entity_tag_is_listed(struct text list, struct text tag)
{
	while (list.length > 0) {
		struct text listed = next_tag(&list);
		if (text_equal(listed, tag) || text_is(listed, "*"))
			return true;
	}
	return false;
}

const char *entity_tag_write(struct arena *arena, struct text mark, int64_t version, struct text decides)
{
	uint64_t hash = hash_text_alike(decides);
	uint8_t bytes[sizeof(hash)];
	char hex[2 * sizeof(hash) + 1];
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(hash >> 8 * (sizeof(bytes) - 1 - i));
	hex_encode(bytes, sizeof(bytes), hex);
	const struct text number = arena_integer(arena, version);
	const struct text parts[] = {TEXT("\""), mark, number, TEXT("-"), {hex, 2 * sizeof(hash)}, TEXT("\"")};
	return number.data ? arena_join(arena, parts, sizeof(parts) / sizeof(*parts)) : NULL;
}
