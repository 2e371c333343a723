/* What a login or a refresh gives: tokens, and whom they belong to. */
#ifndef EVENTFLOW_MODELS_LOGIN_H
#define EVENTFLOW_MODELS_LOGIN_H

#include <stdint.h>

#include "core/json_writer.h"
#include "core/text.h"
#include "models/user.h"

struct login {
	struct text access_token;
	struct text refresh_token;
	int64_t expires_in; /* seconds */
	int64_t expires_at; /* seconds since the epoch */
	struct user user;
};

void login_write(struct json_writer *json, const struct login *login);

#endif
