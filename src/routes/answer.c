#include "routes/answer.h"

#include "core/entity_tag.h"

struct json_writer *answer_begin(struct context *context)
{
	struct json_writer *json = &context->response->body;
	json_begin_object(json);
	json_name(json, "ok");
	json_boolean(json, true);
	json_name(json, "data");
	return json;
}

enum error answer_end(struct context *context)
{
	json_end_object(&context->response->body);
	return answer_finished(context);
}

enum error answer_finished(struct context *context)
{
	struct http_response *response = context->response;
	if (response->body.failed)
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	response->status = 200;
	response->content_type = HTTP_JSON;
	return ERROR_NONE;
}

enum error answer_nothing(struct context *context)
{
	context->response->status = 204;
	return ERROR_NONE;
}

enum error answer_tag(struct context *context, const char *tag)
{
	if (!tag)
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	context->response->etag = text_from_string(tag);
	context->response->cache_control = TEXT("private, no-cache");
	return ERROR_NONE;
}

bool answer_is_known(struct context *context)
{
	struct http_response *response = context->response;
	if (!response->etag.data || !entity_tag_is_listed(context->request->if_none_match, response->etag))
		return false;
	json_writer_reset(&response->body);
	response->status = 304;
	response->content_type = (struct text){0};
	return true;
}
