/* Schemas of requests: every keyword is known, or ends the compiler. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "openapi/specification.h"

static const char *const KEYWORDS[] = {"type",    "format",    "properties", "required",    "additionalProperties",
				       "enum",    "minLength", "maxLength",  "minimum",     "maximum",
				       "default", "items",     "pattern",    "description", "title",
				       "example", "examples",  "deprecated", "x-max-bytes", "x-trim"};

static void check_keywords(const char *place, struct json_object *schema)
{
	json_object_object_foreach(schema, keyword, value)
	{
		bool is_known = false;
		(void)value;
		for (size_t i = 0; i < sizeof(KEYWORDS) / sizeof(*KEYWORDS); i++)
			is_known = is_known || strcmp(keyword, KEYWORDS[i]) == 0;
		if (!is_known)
			fail(place, "the keyword %s is not implemented", keyword);
	}
}

/* The type without "null". */
static const char *type_of(const char *place, struct json_object *schema, bool *is_nullable)
{
	struct json_object *type = get(schema, "type");
	*is_nullable = false;
	if (json_object_is_type(type, json_type_string))
		return json_object_get_string(type);
	if (!json_object_is_type(type, json_type_array) || json_object_array_length(type) != 2 ||
	    strcmp(json_object_get_string(json_object_array_get_idx(type, 1)), "null") != 0)
		fail(place, "type must be a name, or a name and \"null\"");
	*is_nullable = true;
	return json_object_get_string(json_object_array_get_idx(type, 0));
}

static int64_t number_or(struct json_object *schema, const char *keyword, int64_t otherwise)
{
	struct json_object *value = get(schema, keyword);
	return value ? json_object_get_int64(value) : otherwise;
}

static const struct enumeration *find_enumeration(struct specification *specification, const char *place,
						  struct json_object *reference, struct json_object *values)
{
	if (!reference)
		fail(place, "an enum must be a schema of its own, so that it has a name");
	const char *name = strrchr(json_object_get_string(reference), '/') + 1;
	char snake[NAME_MAX_LENGTH];
	snake_case(name, snake);
	for (size_t i = 0; i < specification->enumeration_count; i++) {
		if (strcmp(specification->enumerations[i].name, snake) == 0)
			return &specification->enumerations[i];
	}
	if (specification->enumeration_count == ENUMS_MAX)
		fail(place, "there are more than %d enums", ENUMS_MAX);
	struct enumeration *added = &specification->enumerations[specification->enumeration_count++];
	memcpy(added->name, snake, sizeof(snake));
	added->values = values;
	return added;
}

static void expect_enum(struct field *field)
{
	struct json_object *values = field->enumeration->values;
	size_t used = (size_t)snprintf(field->expectation, sizeof(field->expectation), "must be one of ");
	for (size_t i = 0; i < json_object_array_length(values); i++)
		used +=
		    (size_t)snprintf(field->expectation + used, sizeof(field->expectation) - used, "%s%s",
				     i > 0 ? ", " : "", json_object_get_string(json_object_array_get_idx(values, i)));
}

/* "]{m,n}$", the end of a pattern. */
static bool read_bounds(const char *text, long long *minimum, long long *maximum)
{
	char *end;
	if (!text || strncmp(text, "]{", 2) != 0)
		return false;
	*minimum = strtoll(text + 2, &end, 10);
	if (*end != ',')
		return false;
	*maximum = strtoll(end + 1, &end, 10);
	return strcmp(end, "}$") == 0;
}

/* "^[class]{m,n}$" is the one form of pattern: it becomes a class of characters and a length. */
static void read_pattern(const char *place, struct json_object *schema, struct field *field)
{
	const char *pattern = json_object_get_string(get(schema, "pattern"));
	long long minimum;
	long long maximum;
	if (!pattern)
		return;
	const char *close = strchr(pattern, ']');
	if (strncmp(pattern, "^[", 2) != 0 || !read_bounds(close, &minimum, &maximum))
		fail(place, "a pattern must be of the form ^[class]{m,n}$");
	field->pattern = pattern;
	field->minimum = minimum;
	field->maximum = maximum;
	snprintf(field->expectation, sizeof(field->expectation), "must be %lld to %lld characters of %.*s", minimum,
		 maximum, (int)(close - pattern), pattern + 1);
}

static void read_string(struct specification *specification, const char *place, struct json_object *reference,
			struct json_object *schema, struct field *field)
{
	struct json_object *format = get(schema, "format");
	if (get(schema, "enum")) {
		field->type = INPUT_ENUM;
		field->enumeration = find_enumeration(specification, place, reference, get(schema, "enum"));
		expect_enum(field);
		return;
	}
	if (format) {
		if (strcmp(json_object_get_string(format), "uuid") != 0)
			fail(place, "the format %s is not implemented", json_object_get_string(format));
		field->type = field->is_required && !field->is_nullable ? INPUT_UUID : INPUT_OPTIONAL_UUID;
		snprintf(field->expectation, sizeof(field->expectation), "must be a UUID%s",
			 field->is_nullable ? " or null" : "");
		return;
	}
	field->type = INPUT_TEXT;
	field->minimum = number_or(schema, "minLength", 0);
	field->maximum = number_or(schema, "maxLength", -1);
	field->is_trimmed = json_object_get_boolean(get(schema, "x-trim"));
	snprintf(field->expectation, sizeof(field->expectation), "must be text of %lld to %lld characters",
		 (long long)field->minimum, (long long)field->maximum);
	read_pattern(place, schema, field);
	if (field->maximum < 0)
		fail(place, "a string needs maxLength, pattern, format or enum");
}

static void read_integer(const char *place, struct json_object *schema, struct field *field)
{
	if (!get(schema, "minimum") || !get(schema, "maximum"))
		fail(place, "an integer needs minimum and maximum");
	if (!field->is_required && !get(schema, "default"))
		fail(place, "an integer must be required or have a default");
	field->type = INPUT_INTEGER;
	field->minimum = number_or(schema, "minimum", 0);
	field->maximum = number_or(schema, "maximum", 0);
	field->default_value = number_or(schema, "default", 0);
	snprintf(field->expectation, sizeof(field->expectation), "must be an integer from %lld to %lld",
		 (long long)field->minimum, (long long)field->maximum);
}

/* An item's struct is named after its schema. */
static void read_array(struct specification *specification, const char *place, struct json_object *schema,
		       struct field *field)
{
	struct json_object *items = get(schema, "items");
	struct json_object *reference = get(items, "$ref");
	if (!reference)
		fail(place, "the items of an array must be a schema of their own, so that they have a name");
	field->type = INPUT_ARRAY;
	field->item = read_object(specification, place, resolve(specification, place, items));
	snake_case(strrchr(json_object_get_string(reference), '/') + 1, field->item->name);
	snprintf(field->expectation, sizeof(field->expectation), "must be an array");
	if (specification->object_count == OBJECTS_MAX)
		fail(place, "there are more than %d kinds of items", OBJECTS_MAX);
	specification->objects[specification->object_count++] = field->item;
}

static void read_open_object(struct specification *specification, const char *place, struct json_object *schema,
			     struct field *field)
{
	field->type = INPUT_OBJECT;
	field->maximum = number_or(schema, "x-max-bytes", -1);
	field->item = read_object(specification, place, schema);
	if (!field->item->is_open || field->maximum < 0)
		fail(place, "an object inside a request must have additionalProperties: true and x-max-bytes");
	snprintf(field->expectation, sizeof(field->expectation), "must be an object of at most %lld bytes",
		 (long long)field->maximum);
}

void read_field(struct specification *specification, const char *place, const char *name, struct json_object *schema,
		bool is_required, struct object *owner)
{
	struct json_object *reference = get(schema, "$ref");
	struct json_object *resolved = resolve(specification, place, schema);
	if (!resolved)
		fail(place, "it has no schema");
	if (owner->field_count == FIELDS_MAX)
		fail(place, "there are more than %d fields", FIELDS_MAX);
	struct field *field = &owner->fields[owner->field_count++];
	check_keywords(place, resolved);
	snprintf(field->wire_name, sizeof(field->wire_name), "%s", name);
	snake_case(name, field->name);
	field->is_required = is_required;
	const char *type = type_of(place, resolved, &field->is_nullable);
	if (strcmp(type, "string") == 0) {
		read_string(specification, place, reference, resolved, field);
	} else if (strcmp(type, "integer") == 0) {
		read_integer(place, resolved, field);
	} else if (strcmp(type, "boolean") == 0) {
		field->type = INPUT_BOOLEAN;
		snprintf(field->expectation, sizeof(field->expectation), "must be true or false");
	} else if (strcmp(type, "array") == 0) {
		read_array(specification, place, resolved, field);
	} else if (strcmp(type, "object") == 0) {
		read_open_object(specification, place, resolved, field);
	} else {
		fail(place, "the type %s is not implemented", type);
	}
}

static bool is_listed(struct json_object *required, const char *name)
{
	for (size_t i = 0; required && i < json_object_array_length(required); i++) {
		if (strcmp(json_object_get_string(json_object_array_get_idx(required, i)), name) == 0)
			return true;
	}
	return false;
}

struct object *read_object(struct specification *specification, const char *place, struct json_object *schema)
{
	bool is_nullable;
	struct object *object = calloc(1, sizeof(*object));
	if (!object)
		fail("memory", "there is not enough");
	check_keywords(place, schema);
	if (strcmp(type_of(place, schema, &is_nullable), "object") != 0)
		fail(place, "it must be of the type object");
	struct json_object *additional = get(schema, "additionalProperties");
	object->is_open = !additional || json_object_get_boolean(additional);
	struct json_object *properties = get(schema, "properties");
	if (!properties)
		return object;
	json_object_object_foreach(properties, name, value)
	{
		char here[512];
		snprintf(here, sizeof(here), "%.200s, %.200s", place, name);
		read_field(specification, here, name, value, is_listed(get(schema, "required"), name), object);
	}
	return object;
}
