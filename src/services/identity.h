/* Identity: logging in, and what a caller is told about themselves. */
#ifndef EVENTFLOW_SERVICES_IDENTITY_H
#define EVENTFLOW_SERVICES_IDENTITY_H

#include "core/context.h"
#include "core/error.h"
#include "db/row.h"
#include "models/caller.h"
#include "schemas/operations.h"

/* A login that succeeded. */
struct login {
	struct text access_token;
	int64_t expires_in; /* seconds */
	int64_t expires_at; /* seconds since the epoch */
	struct user user;
};

/* The local issuer's login. ERROR_INVALID_CREDENTIALS for a wrong email and a wrong password alike;
 * ERROR_PROFILE_INACTIVE only to somebody who knows the password; ERROR_LOGIN_BUSY. */
enum error identity_login(struct context *context, const struct auth_login_input *input, struct login *login);

/* The caller with the task types that they may work on (TASK_TYPE_COLUMNS; all of them for an admin) and their
 * memberships (event id, event name, created_at). */
struct profile {
	struct caller caller;
	struct rows task_types;
	struct rows memberships;
};

enum error identity_profile(struct context *context, struct profile *profile);

#endif
