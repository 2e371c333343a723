/* A user type: what kind of user somebody is, and what that kind may do. */
#ifndef EVENTFLOW_MODELS_USER_TYPE_H
#define EVENTFLOW_MODELS_USER_TYPE_H

#include <stdbool.h>

#include "core/json_writer.h"
#include "core/text.h"
#include "core/uuid.h"
#include "db/row.h"

/* The columns of rights_from_row, of eventflow.users as u: the database gives a user the rights of the type. */
#define USER_RIGHTS_COLUMNS "u.user_type_id, u.rights"

/* The columns of user_type_from_row, of eventflow.user_types as y. */
#define USER_TYPE_COLUMNS "y.id, y.rights, y.name, y.created_at, y.updated_at"

struct permissions {
	bool view;
	bool take;
	bool move_state;
	bool assign;
};

/* The bits of the column "rights" (sql/deploy/rights_at_hand.sql). */
enum {
	RIGHT_VIEW = 1 << 0,
	RIGHT_TAKE = 1 << 1,
	RIGHT_MOVE_STATE = 1 << 2,
	RIGHT_ASSIGN = 1 << 3,
	RIGHT_OF_CUSTOMER = 1 << 4,
	RIGHT_OF_ADMIN = 1 << 5,
};

/* What decides about a user of the type. */
struct rights {
	struct uuid user_type_id;
	int64_t bits; /* all that follows */
	bool is_admin;
	bool is_customer;
	struct permissions permissions;
};

struct user_type {
	struct rights rights;
	struct text name;
	struct text created_at;
	struct text updated_at;
};

struct rights rights_from_row(struct row *row);
struct user_type user_type_from_row(struct row *row);
void user_type_write(struct json_writer *json, const struct user_type *type);
void permissions_write(struct json_writer *json, const struct permissions *permissions);

#endif
