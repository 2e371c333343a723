#include <string.h>

#include "core/arena.h"
#include "core/error.h"

const char *error_message(struct arena *arena, enum error error, const char *subject)
{
	const char *message = error_entry(error)->message;
	const char *gap = strstr(message, "%s");
	if (!gap)
		return message;
	return arena_format(arena, "%.*s%s%s", (int)(gap - message), message, subject ? subject : "in the request",
			    gap + 2);
}
