#include "schemas/validator.h"

#include <json-c/json.h>
#include <string.h>

#include "core/json_reader.h"
#include "schemas/field.h"
#include "schemas/query.h"

static enum error read_path(struct context *context, const struct operation_match *match, void *input)
{
	const struct input_object *path = match->operation->schema->path;
	for (size_t i = 0; i < path->field_count; i++) {
		struct uuid *uuid = (struct uuid *)((char *)input + path->fields[i].offset);
		if (!uuid_parse(match->path_values[i], uuid))
			return context_fail(context, ERROR_NOT_FOUND, NULL);
	}
	return ERROR_NONE;
}

/* "application/json", whatever parameters follow. */
static bool is_json(struct text content_type)
{
	size_t length = 0;
	while (length < content_type.length && content_type.data[length] != ';')
		length++;
	return text_is_ignoring_case(text_trim((struct text){content_type.data, length}), "application/json");
}

/* A body that is compressed, say, is refused: what it unfolds to has no limit. */
static bool is_encoded(struct text content_encoding)
{
	return content_encoding.data && !text_is_ignoring_case(content_encoding, "identity");
}

static enum error read_members(struct context *context, const struct input_object *body, struct json_object *json,
			       void *input)
{
	if (!json_object_is_type(json, json_type_object))
		return context_fail(context, ERROR_INVALID_JSON, "it must be an object");
	return field_read_object(context, body, json, "", input);
}

static enum error read_json(struct context *context, const struct input_object *body, void *input)
{
	struct json_object *json = NULL;
	size_t position;
	enum json_fault fault = json_read(context->request->body, &json, &position);
	if (fault == JSON_MEMORY)
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	if (fault != JSON_OK)
		return context_fail_format(context, ERROR_INVALID_JSON, "%s (at byte %zu)", json_fault_message(fault),
					   position);
	enum error error = read_members(context, body, json, input);
	json_object_put(json);
	return error;
}

static enum error read_body(struct context *context, const struct input_schema *schema, void *input)
{
	const struct http_request *request = context->request;
	if (!schema->has_body)
		return ERROR_NONE;
	if (request->body_fault != ERROR_NONE)
		return context_fail(context, request->body_fault, NULL);
	if (request->body.length == 0 && !schema->body_is_required)
		return ERROR_NONE;
	if (request->body.length == 0 && !request->content_type.data)
		return context_fail(context, ERROR_INVALID_JSON, "it is empty");
	if (!is_json(request->content_type) || is_encoded(request->content_encoding))
		return context_fail(context, ERROR_UNSUPPORTED_MEDIA_TYPE, NULL);
	if (request->body.length == 0)
		return context_fail(context, ERROR_INVALID_JSON, "it is empty");
	return read_json(context, schema->body, input);
}

enum error input_read(struct context *context, const struct operation_match *match, const void **input)
{
	const struct input_schema *schema = match->operation->schema;
	void *memory = arena_alloc(context->arena, match->operation->input_size);
	if (!memory)
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	enum error error = read_path(context, match, memory);
	if (error == ERROR_NONE)
		error = query_read(context, schema->query, memory);
	if (error == ERROR_NONE)
		error = read_body(context, schema, memory);
	*input = memory;
	return error;
}
