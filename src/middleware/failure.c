#include "middleware/failure.h"

#include "core/error.h"

enum { RETRY_AFTER = 1 /* seconds */ };

static const char *message_of(struct context *context)
{
	const struct failure *failure = &context->failure;
	if (failure->fault_count > 0)
		return failure->faults[0].message;
	const char *message = error_message(context->arena, failure->error, failure->subject);
	return message ? message : error_entry(ERROR_OUT_OF_MEMORY)->message;
}

static void write_details(struct json_writer *json, const struct failure *failure)
{
	json_name(json, "details");
	json_begin_array(json);
	for (size_t i = 0; i < failure->fault_count; i++) {
		const struct fault *fault = &failure->faults[i];
		json_begin_object(json);
		json_name(json, fault->place);
		json_string(json, fault->name);
		json_name(json, "code");
		json_string(json, error_entry(fault->error)->code);
		json_name(json, "message");
		json_string(json, fault->message);
		json_end_object(json);
	}
	json_end_array(json);
}

static void write_envelope(struct context *context, const struct error_entry *entry)
{
	struct json_writer *json = &context->response->body;
	json_writer_reset(json);
	json_begin_object(json);
	json_name(json, "ok");
	json_boolean(json, false);
	json_name(json, "error");
	json_string(json, message_of(context));
	json_name(json, "code");
	json_string(json, entry->code);
	json_name(json, "request_id");
	json_string(json, context->response->request_id);
	if (context->failure.fault_count > 0)
		write_details(json, &context->failure);
	json_end_object(json);
}

/* Whether the same request may well succeed in a moment. */
static bool is_passing(int status)
{
	return status == 409 || status == 429 || status == 503;
}

void failure_write(struct context *context)
{
	struct http_response *response = context->response;
	const struct error_entry *entry = error_entry(context->failure.error);
	response->status = entry->status;
	response->content_type = HTTP_JSON;
	response->etag = (struct text){0};
	response->cache_control = (struct text){0};
	response->link = (struct text){0};
	response->authenticate = entry->status == 401;
	response->retry_after = is_passing(entry->status) ? RETRY_AFTER : 0;
	write_envelope(context, entry);
}
