/* A page of a list: where it begins and how long it is, as parameters of its statement. */
#ifndef EVENTFLOW_MODELS_PAGE_H
#define EVENTFLOW_MODELS_PAGE_H

#include <stdint.h>

#include "core/text.h"

/* Everything lives as long as the request. */
struct page {
	struct text binding; /* the operation and its filter, to which the page's cursors are bound */
	int64_t limit;
	const char *fetch;      /* limit + 1: one row more tells whether there is another page */
	const char *created_at; /* the keyset position behind which the page begins: "-infinity" for the first page */
	const char *number;     /* a task's rank, or a transition's number */
	const char *id;
};

#endif
