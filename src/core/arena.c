#include "core/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 64 * 1024, ALIGNMENT = _Alignof(max_align_t) };

struct block {
	struct block *next;
	unsigned int number; /* in the order in which they were made */
	size_t capacity;
	size_t used;
	max_align_t bytes[];
};

struct arena {
	size_t ceiling;
	size_t held; /* bytes of all blocks, their heads included */
	unsigned int blocks_made;
	struct block *blocks; /* the first is the one that is filled; the others never are again */
};

struct arena *arena_new(size_t ceiling)
{
	struct arena *arena = calloc(1, sizeof(*arena));
	if (arena)
		arena->ceiling = ceiling;
	return arena;
}

void arena_free(struct arena *arena)
{
	if (!arena)
		return;
	struct block *next;
	for (struct block *block = arena->blocks; block; block = next) {
		next = block->next;
		free(block);
	}
	free(arena);
}

void arena_reset(struct arena *arena)
{
	struct block *kept = NULL;
	struct block *next;
	for (struct block *block = arena->blocks; block; block = next) {
		next = block->next;
		if (!kept && block->capacity <= BLOCK_SIZE) /* what one huge request took must not stay for ever */
			kept = block;
		else
			free(block);
	}
	arena->blocks = kept;
	arena->held = 0;
	if (kept) {
		kept->next = NULL;
		kept->used = 0;
		arena->held = sizeof(*kept) + kept->capacity;
	}
}

struct arena_mark arena_mark(const struct arena *arena)
{
	return (struct arena_mark){arena->blocks_made, arena->blocks ? arena->blocks->used : 0};
}

/* The block that was filled at the mark is then the first again: a new one stands before it or right behind it. */
void arena_rewind(struct arena *arena, struct arena_mark mark)
{
	struct block **link = &arena->blocks;
	while (*link) {
		struct block *block = *link;
		if (block->number < mark.blocks_made) {
			link = &block->next;
			continue;
		}
		*link = block->next;
		arena->held -= sizeof(*block) + block->capacity;
		free(block);
	}
	if (arena->blocks)
		arena->blocks->used = mark.used;
}

static size_t room(const struct block *block)
{
	return block ? block->capacity - block->used : 0;
}

/* A block with room for size bytes, or NULL. The block with more room left afterwards is filled next. */
static struct block *add_block(struct arena *arena, size_t size)
{
	size_t left = arena->ceiling - arena->held;
	if (left < sizeof(struct block) || left - sizeof(struct block) < size)
		return NULL;
	size_t capacity = size < BLOCK_SIZE ? BLOCK_SIZE : size;
	if (capacity > left - sizeof(struct block))
		capacity = left - sizeof(struct block);
	struct block *block = malloc(sizeof(*block) + capacity);
	if (!block)
		return NULL;
	block->capacity = capacity;
	block->used = 0;
	block->number = arena->blocks_made++;
	arena->held += sizeof(*block) + capacity;
	if (arena->blocks && room(arena->blocks) > capacity - size) {
		block->next = arena->blocks->next;
		arena->blocks->next = block;
	} else {
		block->next = arena->blocks;
		arena->blocks = block;
	}
	return block;
}

/* Memory as it was left; NULL as arena_alloc. */
static void *reserve(struct arena *arena, size_t size)
{
	if (size > SIZE_MAX - ALIGNMENT)
		return NULL;
	size_t aligned = size == 0 ? ALIGNMENT : (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	struct block *block = arena->blocks;
	if (room(block) < aligned)
		block = add_block(arena, aligned);
	if (!block)
		return NULL;
	void *memory = (char *)block->bytes + block->used;
	block->used += aligned;
	return memory;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	void *memory = reserve(arena, size);
	return memory ? memset(memory, 0, size) : NULL;
}

void *arena_calloc(struct arena *arena, size_t count, size_t size)
{
	size_t product;
	if (__builtin_mul_overflow(count, size, &product))
		return NULL;
	return arena_alloc(arena, product);
}

char *arena_copy(struct arena *arena, struct text text)
{
	if (text.length == SIZE_MAX)
		return NULL;
	char *copy = reserve(arena, text.length + 1);
	if (!copy)
		return NULL;
	if (text.length > 0)
		memcpy(copy, text.data, text.length);
	copy[text.length] = '\0';
	return copy;
}

char *arena_format_list(struct arena *arena, const char *format, va_list arguments)
{
	struct block *block = arena->blocks;
	size_t size = room(block);
	char *here = size > 0 ? (char *)block->bytes + block->used : NULL;
	va_list again;
	va_copy(again, arguments);
	int length = vsnprintf(here, size, format, arguments); /* most often there is room, and it is done */
	char *formatted = length < 0 ? NULL : reserve(arena, (size_t)length + 1);
	if (formatted && formatted != here)
		(void)vsnprintf(formatted, (size_t)length + 1, format, again);
	va_end(again);
	return formatted;
}

char *arena_format(struct arena *arena, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	char *formatted = arena_format_list(arena, format, arguments);
	va_end(arguments);
	return formatted;
}
