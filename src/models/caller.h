/* The caller: the user who makes the request, as the tables say at this moment. */
#ifndef EVENTFLOW_MODELS_CALLER_H
#define EVENTFLOW_MODELS_CALLER_H

#include <stdbool.h>
#include <stdint.h>

#include "db/row.h"
#include "models/user_type.h"

/* The columns of caller_from_row, of eventflow.users as u. They are what decides, and nothing else. */
#define CALLER_COLUMNS "u.is_active, " USER_RIGHTS_COLUMNS

struct caller {
	struct uuid id; /* not of the row, which was asked for by it */
	bool is_active;
	struct rights rights;
	bool event_exists; /* false, as the next two, where the request names none */
	int64_t event_version;
	bool is_member;
	const char *read_at; /* the time of the transaction that has read it; NULL where that was not asked for */
};

/* The caller of this id, from CALLER_COLUMNS. */
struct caller caller_from_row(struct row *row, const struct uuid *id);

/* The next columns, if there are any: an event's version (NULL: there is no such event) and whether the caller is a
 * member of it; and now(), or that alone. */
void caller_complete(struct row *row, struct caller *caller);

#endif
