#include "services/reference.h"

#include <string.h>

#include "cache/cache.h"
#include "core/entity_tag.h"
#include "crud/reference.h"
#include "crud/workflow.h"
#include "db/database.h"
#include "services/caller.h"
#include "services/page.h"

static const char *const resource_names[REFERENCE__MAX] = {
    [REFERENCE_USER_TYPES] = "user_types",
    [REFERENCE_TASK_TYPES] = "task_types",
    [REFERENCE_ELIGIBILITY_MAPPINGS] = "eligibility_mappings",
    [REFERENCE_WORKFLOW_TEMPLATES] = "workflow_templates",
};

/* Where the results of a batch are; -1: there are none. */
struct queued {
	int rows;
	int nodes;
	int edges;
};

static struct queued queue_list(struct database *database, enum reference_resource resource, const struct page *page)
{
	struct queued queued = {-1, -1, -1};
	struct workflow_template_results templates;
	switch (resource) {
	case REFERENCE_USER_TYPES:
		queued.rows = user_type_list_queue(database, page);
		break;
	case REFERENCE_TASK_TYPES:
		queued.rows = task_type_list_queue(database, page);
		break;
	case REFERENCE_ELIGIBILITY_MAPPINGS:
		queued.rows = eligibility_mapping_list_queue(database, page);
		break;
	case REFERENCE_WORKFLOW_TEMPLATES:
		templates = workflow_template_list_queue(database, page);
		queued = (struct queued){templates.templates, templates.nodes, templates.edges};
		break;
	case REFERENCE__MAX:
		break;
	}
	return queued;
}

static struct rows take_rows(const struct database *database, int result)
{
	if (result < 0)
		return (struct rows){0};
	return batch_rows(database, result);
}

/* The name of one finished answer: the resource and the query, as "task_types?limit=100&cursor=". */
static struct text key_of(struct context *context, const char *resource, int64_t limit, struct text cursor)
{
	const struct text number = arena_integer(context->arena, limit);
	const struct text parts[] = {text_from_string(resource), TEXT("?limit="), number, TEXT("&cursor="), cursor};
	if (!number.data)
		return (struct text){0};
	return text_from_string(arena_join(context->arena, parts, sizeof(parts) / sizeof(*parts)));
}

/* What is remembered: the next page's cursor, a line feed, and the body, which as JSON of ours holds none. */
static void remember(struct context *context, struct text key, int64_t version, struct text next_cursor)
{
	struct json_writer *body = &context->response->body;
	size_t length = next_cursor.length + 1 + body->length;
	char *value = arena_alloc(context->arena, length);
	if (!value)
		return;
	if (next_cursor.length > 0)
		memcpy(value, next_cursor.data, next_cursor.length);
	value[next_cursor.length] = '\n';
	memcpy(value + next_cursor.length + 1, body->data, body->length);
	cache_store(context->application->references, key, version, (struct text){value, length});
}

/* Reads version and rows in one snapshot, writes the body, and remembers it. */
static enum error load(struct context *context, enum reference_resource resource, const struct page *page,
		       struct text key, reference_write write, int64_t *version, struct text *next_cursor)
{
	struct database *database = context->database;
	batch_add_begin_snapshot(database);
	int result = reference_version_queue(database);
	struct queued queued = queue_list(database, resource, page);
	batch_add_commit(database);
	enum error error = batch_run(context->database);
	if (error != ERROR_NONE)
		return context_fail(context, error, NULL);
	struct row row = row_of(batch_rows(context->database, result), 0);
	*version = database_stamp(database, row_integer(&row));
	if (row.failed)
		return context_fail(context, ERROR_INTERNAL, NULL);
	struct reference_rows rows = {
	    .rows = take_rows(database, queued.rows),
	    .nodes = take_rows(database, queued.nodes),
	    .edges = take_rows(database, queued.edges),
	};
	error = write(context, page, &rows, next_cursor);
	if (error == ERROR_NONE)
		remember(context, key, *version, *next_cursor);
	return error;
}

/* Of this very version: what was read of another server than the caller's row may be stale though it is later. */
static const struct cache_entry *find(struct cache *cache, struct text key, int64_t version)
{
	const struct cache_entry *entry = cache_acquire(cache, key, version);
	if (!entry || entry->version == version)
		return entry;
	cache_release(cache, entry);
	return NULL;
}

static enum error recall(struct context *context, const struct cache_entry *entry, struct text *next_cursor)
{
	const char *end = memchr(entry->value.data, '\n', entry->value.length);
	size_t cursor_length = (size_t)(end - entry->value.data);
	struct text body = {end + 1, entry->value.length - cursor_length - 1};
	json_raw(&context->response->body, body);
	if (cursor_length == 0)
		return ERROR_NONE;
	next_cursor->data = arena_copy(context->arena, (struct text){entry->value.data, cursor_length});
	next_cursor->length = cursor_length;
	return next_cursor->data ? ERROR_NONE : context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
}

enum error reference_read(struct context *context, enum reference_resource resource, int64_t limit, struct text cursor,
			  reference_write write, struct reference_answer *answer)
{
	const char *name = resource_names[resource];
	struct cache *cache = context->application->references;
	struct caller caller;
	struct page page;
	int64_t version;
	enum error error = page_read(context, name, limit, cursor, &page);
	if (error == ERROR_NONE)
		error = caller_read_with_reference_version(context, &caller, &version);
	if (error != ERROR_NONE)
		return error;
	struct text key = key_of(context, name, limit, cursor);
	if (!key.data)
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	version = database_stamp(context->database, version);
	answer->next_cursor = (struct text){0};
	const struct cache_entry *entry = find(cache, key, version);
	if (entry) {
		error = recall(context, entry, &answer->next_cursor);
		cache_release(cache, entry);
	} else {
		error = load(context, resource, &page, key, write, &version, &answer->next_cursor);
	}
	/* the same bytes for whoever asks */
	answer->tag = entity_tag_write(context->arena, TEXT("r"), version, key);
	return error;
}
