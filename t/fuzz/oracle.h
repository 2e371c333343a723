/* What a request's schema takes, decided a second time by other means than src/schemas, and what a struct that was read
 * by it must then hold. */
#ifndef EVENTFLOW_FUZZ_ORACLE_H
#define EVENTFLOW_FUZZ_ORACLE_H

#include <stdbool.h>

#include "core/text.h"
#include "reference.h"
#include "schemas/input_schema.h"

/* Whether the field takes the text (a JSON string's, or a parameter's after decoding). */
bool oracle_takes_text(const struct input_field *field, struct text text);

/* Whether an object's members are what the schema asks for. */
bool oracle_takes_object(const struct input_object *object, const struct reference *json);

/* Whether the query, as sent, is what the schema asks for. */
bool oracle_takes_query(const struct input_object *query, struct text text);

/* Ends the run if a struct holds in any of the object's fields what the field does not allow. */
void oracle_check_struct(const struct input_object *object, const void *input);

#endif
