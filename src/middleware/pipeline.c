#include "middleware/pipeline.h"

#include <time.h>

#include "core/log.h"
#include "db/batch.h"
#include "middleware/access_log.h"
#include "middleware/authentication.h"
#include "middleware/cors.h"
#include "middleware/failure.h"
#include "middleware/method.h"
#include "middleware/request_id.h"
#include "schemas/operation.h"
#include "schemas/validator.h"

/* Finds the operation. OPTIONS is answered here: there is then no error, and no operation. */
static enum error route(struct context *context, struct operation_match *match)
{
	const struct http_request *request = context->request;
	if (request->fault != ERROR_NONE)
		return context_fail(context, request->fault, NULL);
	*match = operation_find(request->method, request->path);
	if (!match->allow)
		return context_fail(context, ERROR_NOT_FOUND, NULL);
	if (match->operation) {
		context->operation = match->operation->id;
		return ERROR_NONE;
	}
	return method_answer(context, match->allow);
}

static enum error read_and_handle(struct context *context, const struct operation_match *match)
{
	const void *input;
	enum error error = input_read(context, match, &input);
	return error == ERROR_NONE ? match->operation->handle(context, input) : error;
}

/* A request that is refused before its caller was read is refused for that only if the caller may ask at all: a token
 * without a profile goes first. */
static enum error prefer_profile(struct context *context, const struct operation *operation, enum error error)
{
	bool is_caller_known = context->user_id.text[0] != '\0';
	int status = error_entry(error)->status;
	if (operation->is_public || is_caller_known || status == 401 || status >= 500)
		return error;
	struct failure failure = context->failure;
	enum error unknown = authentication_require_profile(context);
	if (unknown != ERROR_NONE)
		return unknown;
	context->failure = failure;
	return error;
}

static enum error handle(struct context *context)
{
	struct operation_match match = {0};
	enum error error = route(context, &match);
	if (error != ERROR_NONE || !match.operation)
		return error;
	if (!match.operation->is_public)
		error = authentication_check(context);
	if (error == ERROR_NONE)
		error = read_and_handle(context, &match);
	return error == ERROR_NONE ? ERROR_NONE : prefer_profile(context, match.operation, error);
}

void pipeline_handle(struct context *context)
{
	struct timespec start;
	clock_gettime(CLOCK_MONOTONIC, &start);
	batch_begin_request(context->database, context->request->since);
	request_id_choose(context);
	context->response->head = text_is(context->request->method, "HEAD");
	cors_allow(context);
	if (handle(context) != ERROR_NONE)
		failure_write(context);
	batch_end_request(context->database);
	access_log_write(context, &start);
}
