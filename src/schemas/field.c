#include "schemas/field.h"

#include <stdio.h>
#include <string.h>

#include "core/uuid.h"

enum { SHOWN_NAME_MAX = 64, PREFIX_MAX = 160 };

static void *member(void *target, size_t offset)
{
	return (char *)target + offset;
}

void field_set_absent(const struct input_field *field, void *target)
{
	/* the input begins as zeros: only these are not zero when absent */
	if (field->type == INPUT_INTEGER)
		*(int64_t *)member(target, field->offset) = field->default_value;
	else if (field->type == INPUT_ENUM)
		*(int *)member(target, field->offset) = field->name_count;
}

static bool has_only(const struct input_class *characters, struct text text)
{
	for (size_t i = 0; i < text.length; i++) {
		unsigned char byte = (unsigned char)text.data[i];
		if (!(characters->bits[byte / 32] >> (byte % 32) & 1u))
			return false;
	}
	return true;
}

static bool set_text(const struct input_field *field, struct text text, void *target)
{
	if (field->is_trimmed)
		text = text_trim(text);
	int64_t length = (int64_t)text_code_points(text);
	if (length < field->minimum || length > field->maximum)
		return false;
	if (field->characters && !has_only(field->characters, text))
		return false;
	*(struct text *)member(target, field->offset) = text;
	return true;
}

static bool set_uuid(const struct input_field *field, struct text text, void *target)
{
	if (field->type == INPUT_UUID)
		return uuid_parse(text, member(target, field->offset));
	struct optional_uuid *uuid = member(target, field->offset);
	uuid->present = true;
	return uuid_parse(text, &uuid->value);
}

static bool set_enum(const struct input_field *field, struct text text, void *target)
{
	for (int i = 0; i < field->name_count; i++) {
		if (text_is(text, field->names[i])) {
			*(int *)member(target, field->offset) = i;
			return true;
		}
	}
	return false;
}

static bool set_integer(const struct input_field *field, int64_t value, void *target)
{
	*(int64_t *)member(target, field->offset) = value;
	return value >= field->minimum && value <= field->maximum;
}

static void set_boolean(const struct input_field *field, bool value, void *target)
{
	*(enum optional_boolean *)member(target, field->offset) = value ? OPTIONAL_TRUE : OPTIONAL_FALSE;
}

/* Decimal digits alone, at most as many as can be no overflow. */
static bool parse_digits(struct text text, int64_t *value)
{
	*value = 0;
	if (text.length == 0 || text.length > 18)
		return false;
	for (size_t i = 0; i < text.length; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		*value = *value * 10 + (text.data[i] - '0');
	}
	return true;
}

bool field_read_text(const struct input_field *field, struct text text, void *target)
{
	int64_t integer;
	switch (field->type) {
	case INPUT_TEXT:
		return set_text(field, text, target);
	case INPUT_UUID:
	case INPUT_OPTIONAL_UUID:
		return set_uuid(field, text, target);
	case INPUT_ENUM:
		return set_enum(field, text, target);
	case INPUT_INTEGER:
		return parse_digits(text, &integer) && set_integer(field, integer, target);
	case INPUT_BOOLEAN:
		set_boolean(field, text_is(text, "true"), target);
		return text_is(text, "true") || text_is(text, "false");
	case INPUT_ARRAY:
	case INPUT_OBJECT:
		break;
	}
	return false;
}

static enum error fail_expectation(struct context *context, const struct input_field *field, const char *prefix)
{
	return context_fail_format(context, ERROR_INVALID_FIELD, "%s%s %s", prefix, field->name, field->expectation);
}

/* A copy in the arena, because the JSON is released before the input is used. */
static enum error copy_string(struct context *context, struct json_object *json, struct text *text)
{
	text->length = (size_t)json_object_get_string_len(json);
	text->data = arena_copy(context->arena, (struct text){json_object_get_string(json), text->length});
	return text->data ? ERROR_NONE : context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
}

static enum error read_string(struct context *context, const struct input_field *field, struct json_object *json,
			      const char *prefix, void *target)
{
	struct text text;
	if (!json_object_is_type(json, json_type_string))
		return fail_expectation(context, field, prefix);
	enum error error = copy_string(context, json, &text);
	if (error != ERROR_NONE)
		return error;
	return field_read_text(field, text, target) ? ERROR_NONE : fail_expectation(context, field, prefix);
}

static enum error read_open_object(struct context *context, const struct input_field *field, struct json_object *json,
				   const char *prefix, void *target)
{
	char inner[PREFIX_MAX];
	size_t length;
	if (!json_object_is_type(json, json_type_object))
		return fail_expectation(context, field, prefix);
	const char *serialized = json_object_to_json_string_length(json, JSON_C_TO_STRING_PLAIN, &length);
	if (!serialized)
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	if ((int64_t)length > field->maximum)
		return fail_expectation(context, field, prefix);
	struct text *text = member(target, field->offset);
	text->length = length;
	text->data = arena_copy(context->arena, (struct text){serialized, length});
	if (!text->data)
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	snprintf(inner, sizeof(inner), "%s%s.", prefix, field->name);
	return field_read_object(context, field->item, json, inner, target);
}

static enum error read_array(struct context *context, const struct input_field *field, struct json_object *json,
			     const char *prefix, void *target)
{
	char inner[PREFIX_MAX];
	if (!json_object_is_type(json, json_type_array))
		return fail_expectation(context, field, prefix);
	size_t count = json_object_array_length(json);
	char *items = arena_calloc(context->arena, count + 1, field->item->size);
	if (!items)
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	for (size_t i = 0; i < count; i++) {
		struct json_object *item = json_object_array_get_idx(json, i);
		if (!json_object_is_type(item, json_type_object))
			return context_fail_format(context, ERROR_INVALID_FIELD, "%s%s[%zu] must be an object", prefix,
						   field->name, i);
		snprintf(inner, sizeof(inner), "%s%s[%zu].", prefix, field->name, i);
		enum error error = field_read_object(context, field->item, item, inner, items + i * field->item->size);
		if (error != ERROR_NONE)
			return error;
	}
	*(void **)member(target, field->offset) = items;
	*(size_t *)member(target, field->count_offset) = count;
	return ERROR_NONE;
}

static enum error read_value(struct context *context, const struct input_field *field, struct json_object *json,
			     const char *prefix, void *target)
{
	switch (field->type) {
	case INPUT_TEXT:
	case INPUT_UUID:
	case INPUT_OPTIONAL_UUID:
	case INPUT_ENUM:
		return read_string(context, field, json, prefix, target);
	case INPUT_INTEGER:
		if (json_object_is_type(json, json_type_int) && set_integer(field, json_object_get_int64(json), target))
			return ERROR_NONE;
		break;
	case INPUT_BOOLEAN:
		if (!json_object_is_type(json, json_type_boolean))
			break;
		set_boolean(field, json_object_get_boolean(json), target);
		return ERROR_NONE;
	case INPUT_ARRAY:
		return read_array(context, field, json, prefix, target);
	case INPUT_OBJECT:
		return read_open_object(context, field, json, prefix, target);
	}
	return fail_expectation(context, field, prefix);
}

static enum error read_member(struct context *context, const struct input_field *field, struct json_object *object,
			      const char *prefix, void *target)
{
	struct json_object *json;
	field_set_absent(field, target);
	if (!json_object_object_get_ex(object, field->name, &json)) {
		if (field->is_required)
			return context_fail_format(context, ERROR_MISSING_FIELD, "%s%s", prefix, field->name);
		return ERROR_NONE;
	}
	if (!json)
		return field->is_nullable ? ERROR_NONE : fail_expectation(context, field, prefix);
	return read_value(context, field, json, prefix, target);
}

static bool is_declared(const struct input_object *object, const char *name)
{
	for (size_t i = 0; i < object->field_count; i++) {
		if (strcmp(object->fields[i].name, name) == 0)
			return true;
	}
	return false;
}

/* A client's name is shown no longer than this, cut between characters. */
static int shown_length(const char *name)
{
	size_t length = strlen(name);
	if (length <= SHOWN_NAME_MAX)
		return (int)length;
	length = SHOWN_NAME_MAX;
	while (((unsigned char)name[length] & 0xC0) == 0x80)
		length--;
	return (int)length;
}

enum error field_read_object(struct context *context, const struct input_object *object, struct json_object *json,
			     const char *prefix, void *target)
{
	for (size_t i = 0; i < object->field_count; i++) {
		enum error error = read_member(context, &object->fields[i], json, prefix, target);
		if (error != ERROR_NONE)
			return error;
	}
	if (object->is_open)
		return ERROR_NONE;
	struct json_object_iterator at = json_object_iter_begin(json);
	struct json_object_iterator end = json_object_iter_end(json);
	for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at)) {
		const char *name = json_object_iter_peek_name(&at);
		if (!is_declared(object, name))
			return context_fail_format(context, ERROR_UNKNOWN_FIELD, "%s%.*s", prefix, shown_length(name),
						   name);
	}
	return ERROR_NONE;
}
