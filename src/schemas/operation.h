/* One row of the operation table, which the compiler in src/openapi makes of htdocs/openapi.json. */
#ifndef EVENTFLOW_SCHEMAS_OPERATION_H
#define EVENTFLOW_SCHEMAS_OPERATION_H

#include <stdbool.h>
#include <stddef.h>

#include "core/context.h"
#include "core/error.h"
#include "core/text.h"

struct input_schema;

struct operation {
	const char *method;
	const char *path;  /* the template: "/api/tasks/{taskId}/pick" */
	const char *id;    /* "task_pick" */
	const char *allow; /* all methods that the path takes: "GET, HEAD, OPTIONS" */
	bool is_public;    /* no token is asked for */
	size_t input_size; /* of struct <id>_input */
	const struct input_schema *schema;
	enum error (*handle)(struct context *context, const void *input);
};

/* Made by the compiler: sorted by path, then method. */
extern const struct operation operations[];
extern const size_t operation_count;

enum { OPERATION_PATH_VALUES_MAX = 4 };

/* Where a path led. */
struct operation_match {
	const struct operation *operation; /* NULL: path or method did not match */
	const char *allow; /* the methods that the path takes, for 405 and OPTIONS; NULL: unknown path */
	struct text path_values[OPERATION_PATH_VALUES_MAX]; /* in the order of the template */
};

/* Finds the operation for a method (HEAD is GET) and a path as sent. A path with a byte outside [A-Za-z0-9/_-], with
 * "//", or with a '/' at its end matches nothing. A segment that stands for a parameter matches any
 * non-empty text; whether it is a UUID is the validator's question. */
struct operation_match operation_find(struct text method, struct text path);

#endif
