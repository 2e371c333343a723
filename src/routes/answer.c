#include "routes/answer.h"

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

/* The next entity tag of a list, without W/ and white space; moves *list behind it. */
static struct text next_tag(struct text *list)
{
	size_t end = 0;
	while (end < list->length && list->data[end] != ',')
		end++;
	struct text tag = text_trim((struct text){list->data, end});
	size_t step = end < list->length ? end + 1 : end;
	list->data += step;
	list->length -= step;
	if (text_starts_with(tag, "W/"))
		tag = (struct text){tag.data + 2, tag.length - 2};
	return tag;
}

bool answer_is_known(struct context *context)
{
	struct http_response *response = context->response;
	struct text list = context->request->if_none_match;
	if (!response->etag.data)
		return false;
	while (list.length > 0) {
		struct text tag = next_tag(&list);
		if (!text_equal(tag, response->etag) && !text_is(tag, "*"))
			continue;
		json_writer_reset(&response->body);
		response->status = 304;
		response->content_type = (struct text){0};
		return true;
	}
	return false;
}
