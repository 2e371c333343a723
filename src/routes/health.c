/* Routes of the tag "health". */
#include "services/health.h"

#include "core/schema_version.h"
#include "routes/answer.h"
#include "schemas/operations.h"

enum error route_health_live(struct context *context, const struct health_live_input *input)
{
	(void)input;
	struct json_writer *json = answer_begin(context);
	json_begin_object(json);
	json_name(json, "status");
	json_string(json, "up");
	json_end_object(json);
	return answer_end(context);
}

enum error route_health_ready(struct context *context, const struct health_ready_input *input)
{
	(void)input;
	enum error error = health_check(context);
	if (error != ERROR_NONE)
		return error;
	struct json_writer *json = answer_begin(context);
	json_begin_object(json);
	json_name(json, "status");
	json_string(json, "ready");
	json_name(json, "schema_version");
	json_integer(json, SCHEMA_VERSION);
	json_end_object(json);
	return answer_end(context);
}
