#include "services/repeat.h"

#include "core/encoding.h"
#include "crud/idempotency.h"
#include "db/batch.h"

enum { KEY_LENGTH_MAX = 128, HEX_SIZE = 2 * SHA256_SIZE + 1 };

static bool is_key(struct text text)
{
	if (text.length == 0 || text.length > KEY_LENGTH_MAX)
		return false;
	for (size_t i = 0; i < text.length; i++) {
		if (text.data[i] < ' ' || text.data[i] > '~')
			return false;
	}
	return true;
}

static bool hash(struct text text, char hex[HEX_SIZE])
{
	uint8_t digest[SHA256_SIZE];
	if (!sha256(text, digest))
		return false;
	hex_encode(digest, SHA256_SIZE, hex);
	return true;
}

/* As a literal of bytea; NULL when memory is short. The parts cannot run into each other: those that may hold anything
 * are hashed by themselves. */
static const char *fingerprint_of(struct context *context)
{
	const struct http_request *request = context->request;
	char if_match[HEX_SIZE] = "-";
	char body[HEX_SIZE];
	char whole[HEX_SIZE];
	if ((request->if_match.data && !hash(request->if_match, if_match)) || !hash(request->body, body))
		return NULL;
	const char *parts =
	    arena_format(context->arena, "%.*s %.*s %s %s", (int)request->method.length, request->method.data,
			 (int)request->path.length, request->path.data, if_match, body);
	if (!parts || !hash(text_from_string(parts), whole))
		return NULL;
	return arena_format(context->arena, "\\x%s", whole);
}

enum error repeat_read(struct context *context, struct repeat *repeat)
{
	struct text key = context->request->idempotency_key;
	*repeat = (struct repeat){0};
	if (!key.data)
		return ERROR_NONE;
	if (!is_key(key))
		return context_fail(context, ERROR_INVALID_IDEMPOTENCY_KEY, NULL);
	repeat->key = arena_copy(context->arena, key);
	repeat->fingerprint = fingerprint_of(context);
	return repeat->key && repeat->fingerprint ? ERROR_NONE : context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
}

void repeat_queue(struct context *context, struct repeat *repeat)
{
	if (!repeat->key || repeat->is_in_flight)
		return;
	idempotency_take_queue(context->database, &context->subject, repeat->key);
	repeat->result = idempotency_find_queue(context->database, &context->subject, repeat->key, repeat->fingerprint);
}

enum error repeat_take(struct context *context, struct repeat *repeat)
{
	if (!repeat->key || repeat->is_in_flight)
		return ERROR_NONE;
	struct rows rows = batch_rows(context->database, repeat->result);
	repeat->is_known = rows.count > 0;
	if (!repeat->is_known)
		return ERROR_NONE;
	struct row row = row_of(rows, 0);
	repeat->is_same = row_boolean(&row);
	repeat->answer = row_text(&row);
	return row.failed ? context_fail(context, ERROR_INTERNAL, NULL) : ERROR_NONE;
}

enum error repeat_answer(struct context *context, const struct repeat *repeat)
{
	struct http_response *response = context->response;
	json_raw(&response->body, repeat->answer);
	if (response->body.failed)
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	response->status = 200;
	response->content_type = HTTP_JSON;
	return ERROR_NONE;
}

enum error repeat_require_new(struct context *context, const struct repeat *repeat)
{
	if (repeat->is_in_flight)
		return context_fail(context, ERROR_REQUEST_IN_FLIGHT, NULL);
	return repeat->is_known ? context_fail(context, ERROR_IDEMPOTENCY_KEY_REUSED, NULL) : ERROR_NONE;
}

enum error repeat_keep_queue(struct context *context, const struct repeat *repeat)
{
	if (!repeat->key)
		return ERROR_NONE;
	const char *answer = json_writer_string(&context->response->body);
	if (!answer)
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	idempotency_keep_queue(context->database, &context->subject, repeat->key, repeat->fingerprint, answer);
	return ERROR_NONE;
}
