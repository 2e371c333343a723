/* The envelope of a page: rows until it is full, then the cursor of the next page. */
#ifndef EVENTFLOW_ROUTES_LIST_H
#define EVENTFLOW_ROUTES_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "core/context.h"
#include "core/cursor.h"
#include "core/error.h"
#include "core/json_writer.h"
#include "db/row.h"
#include "models/page.h"
#include "services/list_memory.h"

enum { LIST_BODY_MAX = 4 * 1024 * 1024 };

struct list {
	struct context *context;
	struct json_writer *json;
	const struct page *page;
	struct rows rows;
	int written;
	bool is_full;
	bool failed;
	struct json_mark mark;
	struct cursor_key last;
	struct text last_created_at; /* as PostgreSQL writes it */
	bool is_by_number;
};

void list_begin(struct list *list, struct context *context, const struct page *page, struct rows rows);

/* The next row to write; false when the page is full or the rows are at their end. */
bool list_next(struct list *list, struct row *row);

/* The row is written; this is its keyset position. A row that would make the page too large is taken back. */
void list_keep(struct list *list, const struct row *row, struct text created_at, int64_t number, const struct uuid *id);

/* The same for a list ordered by a number alone. */
void list_keep_number(struct list *list, const struct row *row, int64_t number);

/* Ends the envelope with next_cursor, NULL on the last page. ERROR_INTERNAL for a row that could not be read. */
enum error list_end(struct list *list, struct text *next_cursor);

/* Sets the header Link to the next page, if there is one. */
enum error list_link(struct context *context, struct text next_cursor);

/* Both. */
enum error list_finish(struct list *list);

/* The same, and the worker remembers the answer as that of this version of the event. */
enum error list_finish_remembered(struct list *list, const struct list_memory *memory, int64_t version);

/* Answers with what is remembered of this version, and says in *is_recalled whether there was anything. */
enum error list_recall(struct context *context, struct list_memory *memory, int64_t version, bool *is_recalled);

#endif
