#include "middleware/cors.h"

void cors_allow(struct context *context)
{
	const struct config *config = &context->application->config;
	struct text origin = context->request->origin;
	for (size_t i = 0; origin.data && i < config->cors_origin_count; i++) {
		if (text_equal(origin, config->cors_origins[i]))
			context->response->allowed_origin = config->cors_origins[i];
	}
}
