#include "fuzz.h"

#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "fcgi/server.h"

int LLVMFuzzerInitialize(int *argument_count, char ***arguments)
{
	(void)argument_count;
	(void)arguments;
	HOLDS(setlocale(LC_CTYPE, "C.UTF-8"), "the locale is there"); /* for mbrlen */
	log_set_level((enum log_level)(LOG_ERROR + 1));               /* nothing */
	fuzz_set_up();
	return 0;
}

void fuzz_silence_log(void)
{
	log_set_level((enum log_level)(LOG_ERROR + 1));
}

void fuzz_property_broken(const char *file, int line, const char *format, ...)
{
	va_list arguments;
	fprintf(stderr, "%s:%d: the property does not hold: ", file, line);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	abort();
}

struct text fuzz_take(struct text *rest, char separator)
{
	const char *end = rest->length > 0 ? memchr(rest->data, separator, rest->length) : NULL;
	struct text part = {rest->data, end ? (size_t)(end - rest->data) : rest->length};
	size_t taken = part.length + (end ? 1 : 0);
	rest->data += taken;
	rest->length -= taken;
	return part;
}

uint8_t fuzz_take_byte(struct text *rest)
{
	if (rest->length == 0)
		return 0;
	rest->length--;
	return (uint8_t)*rest->data++;
}

struct text fuzz_exact_copy(struct text text)
{
	char *copy = malloc(text.length > 0 ? text.length : 1);
	HOLDS(copy, "there is memory");
	if (text.length > 0)
		memcpy(copy, text.data, text.length);
	return (struct text){copy, text.length};
}

struct arena *fuzz_arena(void)
{
	static struct arena *arena;
	if (!arena)
		arena = arena_new(SERVER_ARENA_MAX);
	HOLDS(arena, "there is memory");
	arena_reset(arena);
	return arena;
}
