#include "services/list_memory.h"

#include <string.h>

#include "cache/cache.h"
#include "core/entity_tag.h"
#include "db/database.h"
#include "services/event_version.h"

/* What is remembered: a mark, the next page's cursor, a line feed, and the body, which as JSON of ours holds none.
 *
 * The mark says whether the caller's row alone is asked for the next time. A list that has just changed is not trusted
 * until it was seen unchanged once: where changes and reads alternate, the list is read together with the row. */
static const char TRUSTED = '+';
static const char NEW = '-';

void list_memory_begin(struct list_memory *memory, struct context *context, const char *binding, int64_t limit,
		       struct text cursor)
{
	*memory = (struct list_memory){0};
	if (!binding || context->application->config.cache_list_bytes == 0)
		return;
	const struct text number = arena_integer(context->arena, limit);
	const struct text words[] = {text_from_string(binding), TEXT(" "), number, TEXT(" "), cursor};
	if (number.data)
		memory->name = arena_join(context->arena, words, sizeof(words) / sizeof(*words));
}

void list_memory_end(struct list_memory *memory, struct context *context)
{
	cache_release(context->application->lists, memory->entry);
	memory->entry = NULL;
}

void list_memory_find(struct list_memory *memory, struct context *context, const struct authority *authority)
{
	list_memory_end(memory, context);
	if (!memory->name)
		return;
	const struct text words[] = {text_from_string(memory->name),
				     authority->is_customer ? TEXT(" without TODO") : TEXT(" all")};
	memory->key = text_from_string(arena_join(context->arena, words, sizeof(words) / sizeof(*words)));
	if (memory->key.data)
		memory->entry = cache_acquire(context->application->lists, memory->key, 0);
}

bool list_memory_promises(const struct list_memory *memory, const struct context *context)
{
	if (!memory->name)
		return false;
	return (memory->entry && memory->entry->value.data[0] == TRUSTED) || context->request->if_none_match.data;
}

static bool holds(const struct list_memory *memory, const struct context *context, int64_t version)
{
	return memory->entry && memory->entry->version == database_stamp(context->database, version);
}

bool list_memory_suffices(const struct list_memory *memory, struct context *context, const struct caller *caller)
{
	if (holds(memory, context, caller->event_version))
		return true;
	const char *tag = event_version_tag(context, caller, caller->event_version, (struct text){0});
	return tag && entity_tag_is_listed(context->request->if_none_match, text_from_string(tag));
}

static void store(const struct list_memory *memory, struct context *context, int64_t version, char mark,
		  struct text next_cursor, struct text body)
{
	const char *head = arena_format(context->arena, "%c%.*s\n", mark, (int)next_cursor.length,
					next_cursor.data ? next_cursor.data : "");
	if (head && memory->key.data)
		cache_store_joined(context->application->lists, memory->key, database_stamp(context->database, version),
				   text_from_string(head), body);
}

bool list_memory_recall(struct list_memory *memory, struct context *context, int64_t version, struct text *next_cursor)
{
	if (!holds(memory, context, version))
		return false;
	struct text value = memory->entry->value;
	const char *line_feed = memchr(value.data, '\n', value.length);
	struct text cursor = {value.data + 1, (size_t)(line_feed - value.data) - 1};
	struct text body = {line_feed + 1, (size_t)(value.data + value.length - line_feed) - 1};
	*next_cursor = (struct text){0};
	if (cursor.length > 0)
		*next_cursor = text_from_string(arena_copy(context->arena, cursor));
	if (cursor.length > 0 && !next_cursor->data)
		return false;
	if (value.data[0] == NEW)
		store(memory, context, version, TRUSTED, cursor, body);
	json_raw(&context->response->body, body);
	return true;
}

void list_memory_keep(const struct list_memory *memory, struct context *context, int64_t version,
		      struct text next_cursor)
{
	const struct json_writer *body = &context->response->body;
	if (memory->name)
		store(memory, context, version, memory->entry ? NEW : TRUSTED, next_cursor,
		      (struct text){body->data, body->length});
}
