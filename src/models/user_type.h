/* A user type: what kind of user somebody is, and what that kind may do. */
#ifndef EVENTFLOW_MODELS_USER_TYPE_H
#define EVENTFLOW_MODELS_USER_TYPE_H

#include <stdbool.h>

#include "core/json_writer.h"
#include "core/text.h"
#include "core/uuid.h"
#include "db/row.h"

/* The columns of rights_from_row, of eventflow.user_types as y. */
#define RIGHTS_COLUMNS                                                                              \
	"y.id, y.access_level = 'admin', y.is_customer, y.can_view, y.can_take, y.can_move_state, " \
	"y.can_assign"

/* The columns of user_type_from_row, of the same. */
#define USER_TYPE_COLUMNS RIGHTS_COLUMNS ", y.name, y.created_at, y.updated_at"

struct permissions {
	bool view;
	bool take;
	bool move_state;
	bool assign;
};

/* What decides about a user of the type. */
struct rights {
	struct uuid user_type_id;
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
