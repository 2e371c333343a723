#include "routes/list.h"

#include "routes/answer.h"

void list_begin(struct list *list, struct context *context, const struct page *page, struct rows rows)
{
	*list = (struct list){.context = context, .page = page, .rows = rows, .json = answer_begin(context)};
	json_begin_array(list->json);
}

bool list_next(struct list *list, struct row *row)
{
	if (list->is_full || list->failed || list->written == list->rows.count || list->written == list->page->limit)
		return false;
	list->mark = json_mark(list->json);
	*row = row_of(list->rows, list->written);
	return true;
}

/* False if the row just written is one too many. */
static bool keep(struct list *list, const struct row *row)
{
	list->failed = list->failed || row->failed;
	if (list->json->length > LIST_BODY_MAX && list->written > 0) {
		json_rewind(list->json, list->mark);
		list->is_full = true;
		return false;
	}
	list->written++;
	return true;
}

void list_keep(struct list *list, const struct row *row, struct text created_at, int64_t number, const struct uuid *id)
{
	if (!keep(list, row))
		return;
	list->last_created_at = created_at;
	list->last.number = number;
	list->last.id = *id;
}

void list_keep_number(struct list *list, const struct row *row, int64_t number)
{
	list->is_by_number = true;
	if (keep(list, row))
		list->last.number = number;
}

static enum error encode_cursor(struct list *list, struct text *cursor)
{
	struct arena *arena = list->context->arena;
	if (list->is_by_number)
		*cursor = cursor_encode_number(arena, list->page->binding, list->last.number);
	else if (timestamp_from_postgresql(list->last_created_at, list->last.created_at))
		*cursor = cursor_encode(arena, list->page->binding, &list->last);
	else
		return ERROR_INTERNAL;
	return cursor->data ? ERROR_NONE : ERROR_OUT_OF_MEMORY;
}

enum error list_end(struct list *list, struct text *next_cursor)
{
	*next_cursor = (struct text){0};
	if (list->failed)
		return context_fail(list->context, ERROR_INTERNAL, NULL);
	if (list->written < list->rows.count) {
		enum error error = encode_cursor(list, next_cursor);
		if (error != ERROR_NONE)
			return context_fail(list->context, error, NULL);
	}
	json_end_array(list->json);
	json_name(list->json, "next_cursor");
	json_text(list->json, *next_cursor);
	return answer_end(list->context);
}

/* The query as it came, without its cursor. Every value in it was checked: ids, numbers and names alone. */
static const char *query_without_cursor(struct context *context)
{
	struct text query = context->request->query;
	char *copy = arena_alloc(context->arena, query.length + 2);
	size_t length = 0;
	if (!copy)
		return NULL;
	for (size_t start = 0; start < query.length;) {
		size_t end = start;
		while (end < query.length && query.data[end] != '&')
			end++;
		struct text pair = {query.data + start, end - start};
		if (!text_starts_with(pair, "cursor=")) {
			for (size_t i = 0; i < pair.length; i++)
				copy[length++] = pair.data[i];
			copy[length++] = '&';
		}
		start = end + 1;
	}
	copy[length] = '\0';
	return copy;
}

enum error list_link(struct context *context, struct text next_cursor)
{
	if (!next_cursor.data)
		return ERROR_NONE;
	struct text path = context->request->path;
	const char *query = query_without_cursor(context);
	const char *link = query ? arena_format(context->arena, "<%.*s?%scursor=%.*s>; rel=\"next\"", (int)path.length,
						path.data, query, (int)next_cursor.length, next_cursor.data)
				 : NULL;
	context->response->link = text_from_string(link);
	return link ? ERROR_NONE : context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
}

enum error list_finish(struct list *list)
{
	struct text next_cursor;
	enum error error = list_end(list, &next_cursor);
	return error == ERROR_NONE ? list_link(list->context, next_cursor) : error;
}

enum error list_finish_remembered(struct list *list, const struct list_memory *memory, int64_t version)
{
	struct text next_cursor;
	enum error error = list_end(list, &next_cursor);
	if (error != ERROR_NONE)
		return error;
	list_memory_keep(memory, list->context, version, next_cursor);
	return list_link(list->context, next_cursor);
}

enum error list_recall(struct context *context, struct list_memory *memory, int64_t version, bool *is_recalled)
{
	struct text next_cursor;
	*is_recalled = list_memory_recall(memory, context, version, &next_cursor);
	if (!*is_recalled)
		return memory->is_spared ? context_fail(context, ERROR_OUT_OF_MEMORY, NULL) : ERROR_NONE;
	enum error error = list_link(context, next_cursor);
	return error == ERROR_NONE ? answer_finished(context) : error;
}
