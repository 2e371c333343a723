/* Routes of the tag "events". */
#include <inttypes.h>

#include "core/encoding.h"
#include "models/event.h"
#include "models/member.h"
#include "routes/answer.h"
#include "routes/list.h"
#include "schemas/operations.h"
#include "services/event.h"

enum { TAG_BYTES = 8 };

enum error route_event_list(struct context *context, const struct event_list_input *input)
{
	struct row_page page;
	struct list list;
	struct row row;
	enum error error = event_list(context, input, &page);
	if (error != ERROR_NONE)
		return error;
	list_begin(&list, context, &page.page, page.rows);
	while (list_next(&list, &row)) {
		struct event event = event_from_row(&row);
		event_write(list.json, &event);
		list_keep(&list, &row, event.created_at, 0, &event.id);
	}
	return list_finish(&list);
}

/* Members show their users, who change without the event: the tag is a hash of the body itself. */
static const char *tag_of_body(struct context *context, int64_t version)
{
	const struct json_writer *body = &context->response->body;
	uint8_t digest[SHA256_SIZE];
	char hex[2 * TAG_BYTES + 1];
	if (!sha256((struct text){body->data, body->length}, digest))
		return NULL;
	hex_encode(digest, TAG_BYTES, hex);
	return arena_format(context->arena, "\"%" PRId64 "-%s\"", version, hex);
}

enum error route_member_list(struct context *context, const struct member_list_input *input)
{
	struct row_page page;
	struct list list;
	struct row row;
	enum error error = member_list(context, input, &page);
	if (error != ERROR_NONE)
		return error;
	list_begin(&list, context, &page.page, page.rows);
	while (list_next(&list, &row)) {
		struct member member = member_from_row(&row);
		member_write(list.json, &member);
		list_keep(&list, &row, member.created_at, 0, &member.user.id);
	}
	error = list_finish(&list);
	if (error == ERROR_NONE)
		error = answer_tag(context, tag_of_body(context, page.caller.event_version));
	if (error == ERROR_NONE)
		answer_is_known(context);
	return error;
}
