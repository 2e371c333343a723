/* A refresh token of the local issuer, with the session that it belongs to and the session's user. */
#ifndef EVENTFLOW_MODELS_SESSION_H
#define EVENTFLOW_MODELS_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/uuid.h"
#include "db/row.h"
#include "models/user.h"

/* The columns of session_from_row: the token as t, its session as s, the user as u. */
#define SESSION_COLUMNS                                                                                         \
	"s.id, floor(extract(epoch FROM s.created_at))::bigint, t.spent_at IS NOT NULL, t.expires_at <= now()," \
	" " USER_COLUMNS

struct session {
	struct uuid id;
	int64_t began_at; /* seconds since the epoch: when the user gave the password */
	bool is_spent;    /* the token was used before */
	bool is_expired;  /* the token was not used in time */
	struct user user;
};

struct session session_from_row(struct row *row);

#endif
