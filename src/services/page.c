#include "services/page.h"

#include "core/cursor.h"

/* Before every row, since no row is older than time. */
#define FIRST_CREATED_AT "-infinity"
#define FIRST_NUMBER "0"
#define FIRST_ID "00000000-0000-0000-0000-000000000000"

static enum error begin(struct context *context, const char *binding, int64_t limit, struct page *page)
{
	*page = (struct page){
	    .binding = text_from_string(binding),
	    .limit = limit,
	    .fetch = arena_integer(context->arena, limit + 1).data,
	    .created_at = FIRST_CREATED_AT,
	    .number = FIRST_NUMBER,
	    .id = FIRST_ID,
	};
	return binding && page->fetch ? ERROR_NONE : context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
}

static enum error set_number(struct context *context, struct page *page, int64_t number)
{
	page->number = arena_integer(context->arena, number).data;
	return page->number ? ERROR_NONE : context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
}

enum error page_read(struct context *context, const char *binding, int64_t limit, struct text cursor, struct page *page)
{
	enum error error = begin(context, binding, limit, page);
	if (error != ERROR_NONE || !cursor.data)
		return error;
	struct cursor_key *key = arena_alloc(context->arena, sizeof(*key));
	if (!key)
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	if (!cursor_decode(context->arena, page->binding, cursor, key))
		return context_fail(context, ERROR_INVALID_CURSOR, NULL);
	page->created_at = key->created_at;
	page->id = key->id.text;
	return set_number(context, page, key->number);
}

enum error page_read_by_number(struct context *context, const char *binding, int64_t limit, struct text cursor,
			       struct page *page)
{
	enum error error = begin(context, binding, limit, page);
	if (error != ERROR_NONE || !cursor.data)
		return error;
	int64_t number;
	if (!cursor_decode_number(context->arena, page->binding, cursor, &number))
		return context_fail(context, ERROR_INVALID_CURSOR, NULL);
	return set_number(context, page, number);
}
