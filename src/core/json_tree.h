/* Builds json-c's tree of a JSON text that was scanned. json-c's own parser (0.16) is not used: where memory is short
 * it takes a string for null, or crashes. */
#ifndef EVENTFLOW_CORE_JSON_TREE_H
#define EVENTFLOW_CORE_JSON_TREE_H

#include <json-c/json.h>
#include <stdbool.h>

#include "core/text.h"

/* False when memory is short. *value is the caller's (json_object_put); NULL after a failure, and for the text null. */
bool json_tree_build(struct text json, struct json_object **value);

#endif
