#include "services/event_version.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/entity_tag.h"
#include "db/database.h"

enum { VERSION_DIGITS_MAX = 18 };

/* "<version>-<tag>", with the quotes; the length of the version's digits, or 0. */
static size_t version_digits(struct text tag)
{
	if (tag.length < 5 || tag.data[0] != '"' || tag.data[tag.length - 1] != '"')
		return 0;
	struct text inside = {tag.data + 1, tag.length - 2};
	size_t digits = 0;
	while (digits < inside.length && isdigit((unsigned char)inside.data[digits]))
		digits++;
	if (digits == 0 || digits > VERSION_DIGITS_MAX || digits + 1 >= inside.length || inside.data[digits] != '-')
		return 0;
	for (size_t i = digits + 1; i < inside.length; i++) {
		if (!isalnum((unsigned char)inside.data[i]))
			return 0;
	}
	return digits;
}

enum error event_version_expected(struct context *context, const char **expected)
{
	*expected = NULL;
	if (!context->request->if_match.data)
		return ERROR_NONE;
	struct text tag = text_trim(context->request->if_match);
	size_t digits = version_digits(tag);
	if (digits == 0)
		return context_fail(context, ERROR_INVALID_IF_MATCH, NULL);
	*expected = arena_copy(context->arena, (struct text){tag.data + 1, digits});
	return *expected ? ERROR_NONE : context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
}

enum error event_version_check(struct context *context, const char *expected, int64_t actual)
{
	if (!expected || strtoll(expected, NULL, 10) == actual)
		return ERROR_NONE;
	return context_fail(context, ERROR_VERSION_MISMATCH, NULL);
}

const char *event_version_tag(struct context *context, const struct caller *caller, int64_t version, struct text also)
{
	const struct http_request *request = context->request;
	struct text rights = arena_integer(context->arena, caller->rights.bits);
	struct text stamp = arena_integer(context->arena, database_stamp(context->database, version));
	const struct text decides[] = {
	    {caller->id.text, UUID_LENGTH},
	    TEXT(" "),
	    {caller->rights.user_type_id.text, UUID_LENGTH},
	    TEXT(" "),
	    rights,
	    TEXT(" "),
	    stamp,
	    TEXT(" "),
	    also,
	    TEXT(" "),
	    request->path,
	    TEXT("?"),
	    request->query,
	};
	if (!rights.data || !stamp.data)
		return NULL;
	const char *joined = arena_join(context->arena, decides, sizeof(decides) / sizeof(*decides));
	return joined ? entity_tag_write(context->arena, TEXT(""), version, text_from_string(joined)) : NULL;
}
