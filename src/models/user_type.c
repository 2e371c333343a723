#include "models/user_type.h"

#include "models/timestamp.h"

struct rights rights_from_row(struct row *row)
{
	struct rights rights;
	rights.user_type_id = row_uuid(row);
	int64_t bits = rights.bits = row_integer(row);
	rights.is_admin = bits & RIGHT_OF_ADMIN;
	rights.is_customer = bits & RIGHT_OF_CUSTOMER;
	rights.permissions.view = bits & RIGHT_VIEW;
	rights.permissions.take = bits & RIGHT_TAKE;
	rights.permissions.move_state = bits & RIGHT_MOVE_STATE;
	rights.permissions.assign = bits & RIGHT_ASSIGN;
	return rights;
}

struct user_type user_type_from_row(struct row *row)
{
	struct user_type type;
	type.rights = rights_from_row(row);
	type.name = row_text(row);
	type.created_at = row_text(row);
	type.updated_at = row_text(row);
	return type;
}

void permissions_write(struct json_writer *json, const struct permissions *permissions)
{
	json_begin_object(json);
	json_name(json, "view");
	json_boolean(json, permissions->view);
	json_name(json, "take");
	json_boolean(json, permissions->take);
	json_name(json, "move_state");
	json_boolean(json, permissions->move_state);
	json_name(json, "assign");
	json_boolean(json, permissions->assign);
	json_end_object(json);
}

void user_type_write(struct json_writer *json, const struct user_type *type)
{
	json_begin_object(json);
	json_name(json, "id");
	json_string(json, type->rights.user_type_id.text);
	json_name(json, "name");
	json_text(json, type->name);
	json_name(json, "access_level");
	json_string(json, type->rights.is_admin ? "admin" : "regular");
	json_name(json, "is_customer");
	json_boolean(json, type->rights.is_customer);
	json_name(json, "permissions");
	permissions_write(json, &type->rights.permissions);
	timestamp_write(json, "created_at", type->created_at);
	timestamp_write(json, "updated_at", type->updated_at);
	json_end_object(json);
}
