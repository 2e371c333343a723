#include "models/user.h"

#include "models/timestamp.h"

struct user user_from_row(struct row *row)
{
	struct user user;
	user.id = row_uuid(row);
	user.name = row_text(row);
	user.email = row_text(row);
	user.user_type_id = row_uuid(row);
	user.avatar_url = row_text(row);
	user.is_active = row_boolean(row);
	user.created_at = row_text(row);
	user.updated_at = row_text(row);
	return user;
}

void user_write(struct json_writer *json, const struct user *user)
{
	json_begin_object(json);
	json_name(json, "id");
	json_string(json, user->id.text);
	json_name(json, "name");
	json_text(json, user->name);
	json_name(json, "email");
	json_text(json, user->email);
	json_name(json, "user_type_id");
	json_string(json, user->user_type_id.text);
	json_name(json, "avatar_url");
	json_text(json, user->avatar_url);
	json_name(json, "is_active");
	json_boolean(json, user->is_active);
	timestamp_write(json, "created_at", user->created_at);
	timestamp_write(json, "updated_at", user->updated_at);
	json_end_object(json);
}
