/* Identity: logging in, and what a caller is told about themselves. */
#ifndef EVENTFLOW_SERVICES_IDENTITY_H
#define EVENTFLOW_SERVICES_IDENTITY_H

#include "core/context.h"
#include "core/error.h"
#include "db/row.h"
#include "models/login.h"
#include "models/user.h"
#include "models/user_type.h"
#include "schemas/operations.h"

/* Asks Supabase Auth where it is configured, else the local issuer. ERROR_INVALID_CREDENTIALS for a wrong email and a
 * wrong password alike; ERROR_PROFILE_INACTIVE only to somebody who knows the password; ERROR_LOGIN_BUSY. */
enum error identity_login(struct context *context, const struct auth_login_input *input, struct login *login);

/* New tokens for a refresh token, which is used up. */
enum error identity_refresh(struct context *context, const struct auth_refresh_input *input, struct login *login);

/* Ends one session of the caller, or all of them; access tokens live to their `exp`. */
enum error identity_logout(struct context *context, const struct auth_logout_input *input);

/* The caller's user and user type, with the task types that they may work on (TASK_TYPE_COLUMNS; all of them for an
 * admin) and their memberships (event id, event name, created_at). */
struct profile {
	struct user user;
	struct user_type type;
	struct rows task_types;
	struct rows memberships;
};

enum error identity_profile(struct context *context, struct profile *profile);

#endif
