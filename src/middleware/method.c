#include "middleware/method.h"

#include "core/text.h"

static const char *const http_methods[] = {"GET",     "HEAD",    "POST",  "PUT",  "DELETE",
					   "CONNECT", "OPTIONS", "TRACE", "PATCH"};

static const char *known_method(struct text method)
{
	for (size_t i = 0; i < sizeof(http_methods) / sizeof(*http_methods); i++) {
		if (text_is(method, http_methods[i]))
			return http_methods[i];
	}
	return NULL;
}

enum error method_answer(struct context *context, const char *allow)
{
	struct http_response *response = context->response;
	const char *method = known_method(context->request->method);
	if (!method)
		return context_fail(context, ERROR_METHOD_NOT_IMPLEMENTED, "in the request");
	response->allow = text_from_string(allow);
	if (!text_is(context->request->method, "OPTIONS"))
		return context_fail(context, ERROR_METHOD_NOT_ALLOWED, method);
	response->status = 204;
	response->preflight = response->allowed_origin.data && context->request->access_control_request_method.data;
	return ERROR_NONE;
}
