/* Texts made in the arena without printf. */
#include <string.h>

#include "core/arena.h"

char *arena_join(struct arena *arena, const struct text *texts, size_t count)
{
	size_t length = 0;
	for (size_t i = 0; i < count; i++) {
		if (__builtin_add_overflow(length, texts[i].length, &length))
			return NULL;
	}
	char *joined = length < SIZE_MAX ? arena_alloc(arena, length + 1) : NULL;
	if (!joined)
		return NULL;
	size_t filled = 0;
	for (size_t i = 0; i < count; i++) {
		if (texts[i].length > 0)
			memcpy(joined + filled, texts[i].data, texts[i].length);
		filled += texts[i].length;
	}
	return joined;
}

struct text arena_integer(struct arena *arena, int64_t number)
{
	char digits[TEXT_INTEGER_SIZE];
	struct text text = text_from_integer(number, digits);
	text.data = arena_copy(arena, text);
	return text;
}
