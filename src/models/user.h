/* A user: a person's profile. */
#ifndef EVENTFLOW_MODELS_USER_H
#define EVENTFLOW_MODELS_USER_H

#include <stdbool.h>

#include "core/json_writer.h"
#include "core/text.h"
#include "core/uuid.h"
#include "db/row.h"

/* The columns of user_from_row, of eventflow.users as u. */
#define USER_COLUMNS "u.id, u.name, u.email, u.user_type_id, u.avatar_url, u.is_active, u.created_at, u.updated_at"

/* Behind an event's id: whether the user u is a member of it. The database keeps the ids of these at hand. */
#define IN_EVENTS_OF_USER " = ANY (u.event_ids)"

struct user {
	struct uuid id;
	struct text name;
	struct text email;
	struct uuid user_type_id;
	struct text avatar_url; /* may be null */
	bool is_active;
	struct text created_at;
	struct text updated_at;
};

struct user user_from_row(struct row *row);
void user_write(struct json_writer *json, const struct user *user);

#endif
