/* A user type: what kind of user somebody is, and what that kind may do. */
#ifndef EVENTFLOW_MODELS_USER_TYPE_H
#define EVENTFLOW_MODELS_USER_TYPE_H

#include <stdbool.h>

#include "core/json_writer.h"
#include "core/text.h"
#include "core/uuid.h"
#include "db/row.h"

/* The columns of user_type_from_row, of eventflow.user_types as y. */
#define USER_TYPE_COLUMNS                                                                                   \
	"y.id, y.name, y.access_level = 'admin', y.is_customer, y.can_view, y.can_take, y.can_move_state, " \
	"y.can_assign,"                                                                                     \
	" y.created_at, y.updated_at"

struct permissions {
	bool view;
	bool take;
	bool move_state;
	bool assign;
};

struct user_type {
	struct uuid id;
	struct text name;
	bool is_admin;
	bool is_customer;
	struct permissions permissions;
	struct text created_at;
	struct text updated_at;
};

struct user_type user_type_from_row(struct row *row);
void user_type_write(struct json_writer *json, const struct user_type *type);
void permissions_write(struct json_writer *json, const struct permissions *permissions);

#endif
