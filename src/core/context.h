/* What one request carries through the layers: passed in, never global. */
#ifndef EVENTFLOW_CORE_CONTEXT_H
#define EVENTFLOW_CORE_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"
#include "core/config.h"
#include "core/error.h"
#include "core/http.h"
#include "core/uuid.h"

struct cache;
struct database;
struct keys;
struct login_gate;
struct outage;

/* What all threads of the worker process share: made by main, read by all. */
struct application {
	struct config config;
	struct keys *keys;
	struct cache *references;  /* finished answers of reference lists */
	struct cache *lists;       /* finished answers of events' lists */
	struct cache *authorities; /* what each caller was last seen to be: a guess that every request checks */
	struct cache *tokens;      /* claims of tokens that were verified */
	struct login_gate *login_gate;
	struct outage *outage; /* what the threads know of the database's absence */
};

/* One fault of several, for the answer's details. */
struct fault {
	const char *place; /* "field", "node" or "edge" */
	const char *name;
	enum error error;
	const char *message;
};

/* What went wrong; filled by context_fail. */
struct failure {
	enum error error;
	const char *subject;  /* for the message's %s; may be NULL */
	struct fault *faults; /* each of them, where there may be more than one */
	size_t fault_count;
};

struct context {
	struct application *application;
	struct arena *arena;
	struct database *database;
	const struct http_request *request;
	struct http_response *response;
	struct failure failure;
	struct uuid subject;   /* the token's `sub`; valid where the operation is not public */
	struct uuid user_id;   /* as subject once the caller's profile was read, for the log */
	const char *operation; /* operation id, for the log */
};

/* Records the failure and returns error, so that a caller can write `return context_fail(…)`. The subject must live as
 * long as the request. */
enum error context_fail(struct context *context, enum error error, const char *subject);

/* The same, with the subject made as by sprintf; ERROR_OUT_OF_MEMORY, recorded and returned, when there is no room for
 * it. */
enum error context_fail_format(struct context *context, enum error error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Records several faults, the first of which gives the failure its code and message. */
enum error context_fail_faults(struct context *context, struct fault *faults, size_t count);

#endif
