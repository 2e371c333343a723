/* The members of a JSON object that was read (json_reader.h). */
#ifndef EVENTFLOW_CORE_JSON_MEMBER_H
#define EVENTFLOW_CORE_JSON_MEMBER_H

#include <json-c/json.h>
#include <stdbool.h>

#include "core/text.h"

/* What a value holds if it is a string; else data == NULL. It lives as long as the value. */
struct text json_string_of(struct json_object *value);

/* The same of a member; data == NULL, too, if there is no such member. */
struct text json_string_member(struct json_object *object, const char *name);

/* Whether there is such a member, even if it is null. */
bool json_has_member(struct json_object *object, const char *name);

#endif
