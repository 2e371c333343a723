/* A member: a user who belongs to an event. */
#ifndef EVENTFLOW_MODELS_MEMBER_H
#define EVENTFLOW_MODELS_MEMBER_H

#include "core/json_writer.h"
#include "core/text.h"
#include "core/uuid.h"
#include "db/row.h"
#include "models/user.h"

/* The columns of member_from_row, of eventflow.event_members as m and its user as u. */
#define MEMBER_COLUMNS "m.event_id, m.created_at, " USER_COLUMNS

struct member {
	struct uuid event_id;
	struct text created_at;
	struct user user;
};

struct member member_from_row(struct row *row);
void member_write(struct json_writer *json, const struct member *member);

#endif
