#include "request_context.h"

#include "fuzz.h"

struct context *request_context(const struct http_request *request)
{
	static struct context context;
	context = (struct context){.arena = fuzz_arena(), .request = request};
	return &context;
}

void request_context_check_failure(struct context *context, enum error error)
{
	HOLDS(error == context->failure.error, "the error is the one that was recorded");
	HOLDS(error_entry(error)->status < 500, "the client is at fault: %s", error_entry(error)->code);
	struct text message = text_from_string(error_message(context->arena, error, context->failure.subject));
	HOLDS(message.data && text_is_utf8(message), "the message is text");
}
