/* What one thread owns: its arena, its database connection, and the buffers of a request and its response. */
#ifndef EVENTFLOW_FCGI_WORKER_H
#define EVENTFLOW_FCGI_WORKER_H

#include <stdint.h>

#include "core/context.h"
#include "fcgi/record_reader.h"

struct worker {
	struct application *application;
	struct arena *arena;
	struct database *database;
	struct http_request request;
	struct http_response response;
	struct record_reader reader;
};

/* NULL when memory is short. */
struct worker *worker_new(struct application *application);

/* Takes NULL. */
void worker_free(struct worker *worker);

/* Answers worker->request in worker->response. since is when the request came, by clock_milliseconds: its time runs
 * from there. */
void worker_handle(struct worker *worker, int64_t since);

/* Forgets the request and its response. */
void worker_reset(struct worker *worker);

#endif
