/* The caller: the user who makes the request, as the tables say at this moment. */
#ifndef EVENTFLOW_MODELS_CALLER_H
#define EVENTFLOW_MODELS_CALLER_H

#include <stdbool.h>
#include <stdint.h>

#include "db/row.h"
#include "models/user.h"
#include "models/user_type.h"

/* The columns of caller_from_row: the user as u, the type as y, reference_version as r, and of the event that the
 * request names, if any, its version and the caller's membership as e and m. */
#define CALLER_COLUMNS USER_COLUMNS ", " USER_TYPE_COLUMNS ", r.version, e.version, m.user_id IS NOT NULL"

struct caller {
	struct user user;
	struct user_type type;
	int64_t reference_version;
	bool event_exists;
	int64_t event_version;
	bool is_member;
};

struct caller caller_from_row(struct row *row);

#endif
