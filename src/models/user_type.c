#include "models/user_type.h"

#include "models/timestamp.h"

struct user_type user_type_from_row(struct row *row)
{
	struct user_type type;
	type.id = row_uuid(row);
	type.name = row_text(row);
	type.is_admin = row_boolean(row);
	type.is_customer = row_boolean(row);
	type.permissions.view = row_boolean(row);
	type.permissions.take = row_boolean(row);
	type.permissions.move_state = row_boolean(row);
	type.permissions.assign = row_boolean(row);
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
	json_string(json, type->id.text);
	json_name(json, "name");
	json_text(json, type->name);
	json_name(json, "access_level");
	json_string(json, type->is_admin ? "admin" : "regular");
	json_name(json, "is_customer");
	json_boolean(json, type->is_customer);
	json_name(json, "permissions");
	permissions_write(json, &type->permissions);
	timestamp_write(json, "created_at", type->created_at);
	timestamp_write(json, "updated_at", type->updated_at);
	json_end_object(json);
}
