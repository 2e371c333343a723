/* The caller: the user who makes the request, as the tables say at this moment. */
#ifndef EVENTFLOW_MODELS_CALLER_H
#define EVENTFLOW_MODELS_CALLER_H

#include <stdbool.h>
#include <stdint.h>

#include "db/row.h"
#include "models/user_type.h"

/* The columns of caller_from_row: of the user as u, the type as y, and reference_version as r. They are what decides,
 * and nothing else: every request reads them. */
#define CALLER_COLUMNS "u.id, u.is_active, " RIGHTS_COLUMNS ", r.version, now()"

struct caller {
	struct uuid id;
	bool is_active;
	struct rights rights;
	int64_t reference_version;
	const char *read_at; /* the time of the transaction that has read it */
	bool event_exists;   /* false, as the next two, where the request names none */
	int64_t event_version;
	bool is_member;
};

/* A row of CALLER_COLUMNS, and perhaps an event's version (NULL: there is no such event) and whether the caller is a
 * member of it. */
struct caller caller_from_row(struct row *row);

#endif
