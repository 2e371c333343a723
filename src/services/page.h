/* Pages of lists from the parameters limit and cursor. */
#ifndef EVENTFLOW_SERVICES_PAGE_H
#define EVENTFLOW_SERVICES_PAGE_H

#include <stdint.h>

#include "core/context.h"
#include "core/error.h"
#include "core/text.h"
#include "db/row.h"
#include "models/caller.h"
#include "models/page.h"

/* The rows of a page; one more than its limit if there is another page. */
struct row_page {
	struct page page;
	struct rows rows;
	struct caller caller;
};

/* A page ordered by created_at, (for tasks) rank, and id. binding names operation and filter; NULL means that memory
 * was too short to make it. cursor.data is NULL for the first page. ERROR_INVALID_CURSOR, ERROR_OUT_OF_MEMORY. */
enum error page_read(struct context *context, const char *binding, int64_t limit, struct text cursor,
		     struct page *page);

/* The same for a list ordered by a number. */
enum error page_read_by_number(struct context *context, const char *binding, int64_t limit, struct text cursor,
			       struct page *page);

#endif
