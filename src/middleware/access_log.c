#include "middleware/access_log.h"

#include "core/log.h"
#include "db/batch.h"

static double milliseconds_since(const struct timespec *start)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - start->tv_sec) * 1e3 + (double)(now.tv_nsec - start->tv_nsec) / 1e6;
}

void access_log_write(const struct context *context, const struct timespec *start)
{
	const struct http_response *response = context->response;
	enum log_level level = response->status >= 500 ? LOG_ERROR : LOG_INFO;
	if (!log_enabled(level))
		return;
	log_write(level, "access",
		  "request_id=%s user=%s operation=%s status=%d code=%s duration_ms=%.2f round_trips=%d statements=%d",
		  response->request_id, context->user_id.text[0] ? context->user_id.text : "-",
		  context->operation ? context->operation : "-", response->status,
		  context->failure.error == ERROR_NONE ? "-" : error_entry(context->failure.error)->code,
		  milliseconds_since(start), batch_round_trips(context->database), batch_statements(context->database));
}
