#include "core/json_tree.h"

#include <stdlib.h>
#include <string.h>

#include "core/json_reader.h"
#include "core/json_string.h"

struct builder {
	const char *at;
	const char *end;
	struct json_object *root;
	struct json_object *open[JSON_DEPTH_MAX]; /* the objects and arrays around the next value */
	unsigned int depth;
	char *name;    /* of the next value, in an object */
	char *scratch; /* room for a name and a string: the text itself is not shorter than both */
	char *free;    /* where the room is free */
};

/* Copies the string whose opening quote is next, unescaped and with a NUL behind it, and moves behind its end. */
static struct text take_string(struct builder *builder)
{
	struct json_unescaper unescaper = {.at = builder->at + 1};
	char *start = builder->free;
	int byte;
	while ((byte = json_unescaper_next(&unescaper)) >= 0)
		*builder->free++ = (char)byte;
	struct text string = {start, (size_t)(builder->free - start)};
	*builder->free++ = '\0';
	builder->at = unescaper.at + 1;
	return string;
}

static struct json_object *new_string(struct builder *builder)
{
	struct text string = take_string(builder);
	return json_object_new_string_len(string.data, (int)string.length);
}

static struct json_object *new_number(struct builder *builder)
{
	char *start = builder->free;
	bool is_integer = true;
	while (builder->at < builder->end && strchr("+-.eE0123456789", *builder->at) && *builder->at != '\0') {
		is_integer &= !strchr(".eE", *builder->at);
		*builder->free++ = *builder->at++;
	}
	*builder->free++ = '\0';
	return is_integer ? json_object_new_int64(strtoll(start, NULL, 10))
			  : json_object_new_double_s(strtod(start, NULL), start);
}

/* *value stays NULL for null. */
static bool new_scalar(struct builder *builder, struct json_object **value)
{
	switch (*builder->at) {
	case 'n':
		builder->at += 4;
		*value = NULL;
		return true;
	case 't':
		builder->at += 4;
		*value = json_object_new_boolean(1);
		break;
	case 'f':
		builder->at += 5;
		*value = json_object_new_boolean(0);
		break;
	case '"':
		*value = new_string(builder);
		break;
	default:
		*value = new_number(builder);
	}
	return *value != NULL;
}

/* Puts a value where it belongs; false when memory is short, and then the value is gone. */
static bool attach(struct builder *builder, struct json_object *value)
{
	struct json_object *around = builder->depth > 0 ? builder->open[builder->depth - 1] : NULL;
	int failed = 0;
	if (!around)
		builder->root = value;
	else if (json_object_is_type(around, json_type_array))
		failed = json_object_array_add(around, value);
	else
		failed = json_object_object_add_ex(around, builder->name, value, JSON_C_OBJECT_ADD_KEY_IS_NEW);
	if (failed)
		json_object_put(value);
	builder->free = builder->scratch; /* neither the name nor the string is wanted any more */
	return !failed;
}

static bool add_nesting(struct builder *builder)
{
	struct json_object *value = *builder->at++ == '{' ? json_object_new_object() : json_object_new_array();
	if (!value || !attach(builder, value))
		return false;
	builder->open[builder->depth++] = value;
	return true;
}

static bool add_scalar(struct builder *builder)
{
	struct json_object *value;
	return new_scalar(builder, &value) && attach(builder, value);
}

/* Whether the string that is next is the name of a member: then a colon follows it. */
static bool take_name(struct builder *builder)
{
	struct json_object *around = builder->depth > 0 ? builder->open[builder->depth - 1] : NULL;
	if (builder->free != builder->scratch || !json_object_is_type(around, json_type_object))
		return false;
	builder->name = builder->free;
	take_string(builder);
	return true;
}

/* One token of a text that is known to be right: what stands between values needs no look. */
static bool add_token(struct builder *builder)
{
	switch (*builder->at) {
	case ' ':
	case '\t':
	case '\n':
	case '\r':
	case ',':
	case ':':
		builder->at++;
		return true;
	case '{':
	case '[':
		return add_nesting(builder);
	case '}':
	case ']':
		builder->at++;
		builder->depth--;
		return true;
	case '"':
		return take_name(builder) || add_scalar(builder);
	default:
		return add_scalar(builder);
	}
}

bool json_tree_build(struct text json, struct json_object **value)
{
	struct builder builder = {.at = json.data, .end = json.data + json.length};
	builder.scratch = malloc(json.length + 2); /* a NUL takes the place of a quote; a number alone has none */
	builder.free = builder.scratch;
	bool built = builder.scratch != NULL;
	while (built && builder.at < builder.end)
		built = add_token(&builder);
	free(builder.scratch);
	if (!built) {
		json_object_put(builder.root);
		builder.root = NULL;
	}
	*value = builder.root;
	return built;
}
