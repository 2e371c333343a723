/* The memory of one request: given out in order, taken back at once, never beyond a ceiling. */
#ifndef EVENTFLOW_CORE_ARENA_H
#define EVENTFLOW_CORE_ARENA_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "core/text.h"

struct arena;

/* An arena that never holds more than ceiling bytes. NULL when memory is short. */
struct arena *arena_new(size_t ceiling);

/* Takes NULL. */
void arena_free(struct arena *arena);

/* Gives back everything that was allocated, and keeps one block for the next request. */
void arena_reset(struct arena *arena);

/* Where the arena stands, to be able to give back what comes after. */
struct arena_mark {
	unsigned int blocks_made;
	size_t used; /* of the block that is filled */
};

struct arena_mark arena_mark(const struct arena *arena);

/* Gives back everything that was allocated since the mark. A mark that is older stays good. */
void arena_rewind(struct arena *arena, struct arena_mark mark);

/* Zeroed and aligned for any type; NULL when the ceiling is reached or memory is short. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((warn_unused_result));

/* count * size bytes, with the product checked. */
void *arena_calloc(struct arena *arena, size_t count, size_t size) __attribute__((warn_unused_result));

/* A NUL-terminated copy; NULL as arena_alloc. */
char *arena_copy(struct arena *arena, struct text text) __attribute__((warn_unused_result));

/* The texts one behind the other, NUL-terminated; one without data counts as empty. NULL as arena_alloc. */
char *arena_join(struct arena *arena, const struct text *texts, size_t count) __attribute__((warn_unused_result));

/* The number in decimal digits; data == NULL as arena_alloc. */
struct text arena_integer(struct arena *arena, int64_t number) __attribute__((warn_unused_result));

/* As sprintf, into the arena; NULL as arena_alloc. What every request needs is joined: that takes a fourth of the time.
 */
char *arena_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3), warn_unused_result));

/* The same, with the arguments as vsprintf takes them. */
char *arena_format_list(struct arena *arena, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0), warn_unused_result));

#endif
