#include "fcgi/worker.h"

#include <stdlib.h>

#include "db/database.h"
#include "fcgi/server.h"
#include "middleware/pipeline.h"

struct worker *worker_new(struct application *application)
{
	struct worker *worker = calloc(1, sizeof(*worker));
	if (!worker)
		return NULL;
	worker->application = application;
	worker->arena = arena_new(SERVER_ARENA_MAX);
	worker->database = database_new(&application->config, application->outage);
	json_writer_init(&worker->response.body, HTTP_RESPONSE_MAX);
	if (!worker->arena || !worker->database) {
		worker_free(worker);
		return NULL;
	}
	return worker;
}

void worker_free(struct worker *worker)
{
	if (!worker)
		return;
	database_free(worker->database);
	arena_free(worker->arena);
	json_writer_free(&worker->response.body);
	free(worker);
}

void worker_handle(struct worker *worker, int64_t since)
{
	worker->request.since = since;
	struct context context = {
	    .application = worker->application,
	    .arena = worker->arena,
	    .database = worker->database,
	    .request = &worker->request,
	    .response = &worker->response,
	};
	pipeline_handle(&context);
}

void worker_reset(struct worker *worker)
{
	struct json_writer body = worker->response.body;
	json_writer_reset(&body);
	worker->response = (struct http_response){.body = body};
	worker->request = (struct http_request){0};
	arena_reset(worker->arena);
}
