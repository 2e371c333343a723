#include "reference.h"

#include <jansson.h>
#include <string.h>

static json_t *inner(const struct reference *value)
{
	return (json_t *)(uintptr_t)value;
}

static struct reference *outer(json_t *value)
{
	return (struct reference *)value;
}

struct reference *reference_parse(struct text json)
{
	json_error_t error;
	return outer(json_loadb(json.data, json.length, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error));
}

void reference_free(struct reference *value)
{
	json_decref(inner(value));
}

enum reference_type reference_type(const struct reference *value)
{
	switch (json_typeof(inner(value))) {
	case JSON_TRUE:
	case JSON_FALSE:
		return REFERENCE_BOOLEAN;
	case JSON_INTEGER:
		return REFERENCE_INTEGER;
	case JSON_REAL:
		return REFERENCE_REAL;
	case JSON_STRING:
		return REFERENCE_STRING;
	case JSON_ARRAY:
		return REFERENCE_ARRAY;
	case JSON_OBJECT:
		return REFERENCE_OBJECT;
	case JSON_NULL:
		break;
	}
	return REFERENCE_NULL;
}

bool reference_boolean(const struct reference *value)
{
	return json_is_true(inner(value));
}

int64_t reference_integer(const struct reference *value)
{
	return json_integer_value(inner(value));
}

double reference_real(const struct reference *value)
{
	return json_real_value(inner(value));
}

struct text reference_string(const struct reference *value)
{
	return (struct text){json_string_value(inner(value)), json_string_length(inner(value))};
}

size_t reference_count(const struct reference *value)
{
	return json_is_array(inner(value)) ? json_array_size(inner(value)) : json_object_size(inner(value));
}

const struct reference *reference_element(const struct reference *array, size_t index)
{
	return outer(json_array_get(inner(array), index));
}

const struct reference *reference_member(const struct reference *object, const char *name)
{
	/* json_object_get is a function of json-c too */
	return outer(json_object_getn(inner(object), name, strlen(name)));
}
