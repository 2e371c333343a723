/* Routes of the tag "auth". */
#include "models/task_type.h"
#include "models/timestamp.h"
#include "models/user_type.h"
#include "routes/answer.h"
#include "schemas/operations.h"
#include "services/identity.h"

static enum error answer_login(struct context *context, const struct login *login)
{
	login_write(answer_begin(context), login);
	return answer_end(context);
}

enum error route_auth_login(struct context *context, const struct auth_login_input *input)
{
	struct login login;
	enum error error = identity_login(context, input, &login);
	return error == ERROR_NONE ? answer_login(context, &login) : error;
}

enum error route_auth_refresh(struct context *context, const struct auth_refresh_input *input)
{
	struct login login;
	enum error error = identity_refresh(context, input, &login);
	return error == ERROR_NONE ? answer_login(context, &login) : error;
}

enum error route_auth_logout(struct context *context, const struct auth_logout_input *input)
{
	enum error error = identity_logout(context, input);
	return error == ERROR_NONE ? answer_nothing(context) : error;
}

static void write_task_types(struct json_writer *json, struct rows rows)
{
	json_begin_array(json);
	for (int i = 0; i < rows.count; i++) {
		struct row row = row_of(rows, i);
		struct task_type type = task_type_from_row(&row);
		task_type_write(json, &type);
	}
	json_end_array(json);
}

static void write_memberships(struct json_writer *json, struct rows rows)
{
	json_begin_array(json);
	for (int i = 0; i < rows.count; i++) {
		struct row row = row_of(rows, i);
		json_begin_object(json);
		json_name(json, "event_id");
		json_text(json, row_text(&row));
		json_name(json, "event_name");
		json_text(json, row_text(&row));
		timestamp_write(json, "created_at", row_text(&row));
		json_end_object(json);
	}
	json_end_array(json);
}

enum error route_auth_me(struct context *context, const struct auth_me_input *input)
{
	struct profile profile;
	(void)input;
	enum error error = identity_profile(context, &profile);
	if (error != ERROR_NONE)
		return error;
	struct json_writer *json = answer_begin(context);
	json_begin_object(json);
	json_name(json, "user");
	user_write(json, &profile.user);
	json_name(json, "user_type");
	user_type_write(json, &profile.type);
	json_name(json, "permissions");
	permissions_write(json, &profile.type.rights.permissions);
	json_name(json, "eligible_task_types");
	write_task_types(json, profile.task_types);
	json_name(json, "memberships");
	write_memberships(json, profile.memberships);
	json_end_object(json);
	return answer_end(context);
}
