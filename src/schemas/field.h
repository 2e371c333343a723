/* One field of a request: from JSON, or from the text of a parameter, into its place in the input struct. */
#ifndef EVENTFLOW_SCHEMAS_FIELD_H
#define EVENTFLOW_SCHEMAS_FIELD_H

#include <json-c/json.h>
#include <stdbool.h>

#include "core/context.h"
#include "core/error.h"
#include "core/text.h"
#include "schemas/input_schema.h"

/* Reads a JSON object's members into the struct at target; prefix names where the object stands ("", "nodes[3]."). */
enum error field_read_object(struct context *context, const struct input_object *object, struct json_object *json,
			     const char *prefix, void *target);

/* Sets what an absent field is. */
void field_set_absent(const struct input_field *field, void *target);

/* Reads the text of a parameter (decoded, in the arena). False if it is not what the field expects. */
bool field_read_text(const struct input_field *field, struct text text, void *target);

#endif
