#include "models/login.h"

void login_write(struct json_writer *json, const struct login *login)
{
	json_begin_object(json);
	json_name(json, "access_token");
	json_text(json, login->access_token);
	json_name(json, "token_type");
	json_string(json, "bearer");
	json_name(json, "expires_in");
	json_integer(json, login->expires_in);
	json_name(json, "expires_at");
	json_integer(json, login->expires_at);
	json_name(json, "refresh_token");
	json_text(json, login->refresh_token);
	json_name(json, "user");
	user_write(json, &login->user);
	json_end_object(json);
}
