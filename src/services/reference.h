/* Reference lists: user types, task types, eligibility mappings and workflow templates, from the worker's cache as long
 * as the caller's row says that they are current. */
#ifndef EVENTFLOW_SERVICES_REFERENCE_H
#define EVENTFLOW_SERVICES_REFERENCE_H

#include <stdint.h>

#include "core/context.h"
#include "core/error.h"
#include "db/row.h"
#include "models/page.h"

enum reference_resource {
	REFERENCE_USER_TYPES,
	REFERENCE_TASK_TYPES,
	REFERENCE_ELIGIBILITY_MAPPINGS,
	REFERENCE_WORKFLOW_TEMPLATES,
	REFERENCE__MAX,
};

/* What was read of a resource: rows of its COLUMNS; nodes and edges belong to workflow templates. */
struct reference_rows {
	struct rows rows;
	struct rows nodes;
	struct rows edges;
};

/* Writes a finished body of the rows into the response, and says where the next page begins. */
typedef enum error (*reference_write)(struct context *context, const struct page *page,
				      const struct reference_rows *rows, struct text *next_cursor);

/* What was found or made; the body is in the response. */
struct reference_answer {
	const char *tag;         /* its entity tag; NULL when memory is short */
	struct text next_cursor; /* data == NULL on the last page */
};

/* Leaves the finished body in the response. The caller's row is read in one round trip; a list that is not remembered,
 * or is older than that row says, costs a second. */
enum error reference_read(struct context *context, enum reference_resource resource, int64_t limit, struct text cursor,
			  reference_write write, struct reference_answer *answer);

#endif
