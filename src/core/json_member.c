#include "core/json_member.h"

struct text json_string_of(struct json_object *value)
{
	if (!json_object_is_type(value, json_type_string))
		return (struct text){NULL, 0};
	return (struct text){json_object_get_string(value), (size_t)json_object_get_string_len(value)};
}

struct text json_string_member(struct json_object *object, const char *name)
{
	struct json_object *value = NULL;
	json_object_object_get_ex(object, name, &value);
	return json_string_of(value);
}

bool json_has_member(struct json_object *object, const char *name)
{
	return json_object_object_get_ex(object, name, NULL);
}
