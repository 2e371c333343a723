#include "schemas/query.h"

#include "schemas/field.h"

enum { PARAMETERS_MAX = 32, SHOWN_NAME_MAX = 64 };

static int hex_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return -1;
}

/* The decoded text, in the arena; false for a broken escape, U+0000 or bytes that are no UTF-8. */
static bool decode(struct text encoded, char *out, struct text *decoded)
{
	size_t length = 0;
	for (size_t i = 0; i < encoded.length; i++) {
		char byte = encoded.data[i];
		if (byte == '+') {
			byte = ' ';
		} else if (byte == '%') {
			int high = i + 2 < encoded.length ? hex_value(encoded.data[i + 1]) : -1;
			int low = i + 2 < encoded.length ? hex_value(encoded.data[i + 2]) : -1;
			if (high < 0 || low < 0)
				return false;
			byte = (char)(high * 16 + low);
			i += 2;
		}
		if (byte == '\0')
			return false;
		out[length++] = byte;
	}
	out[length] = '\0';
	*decoded = (struct text){out, length};
	return text_is_utf8(*decoded);
}

/* A parameter is shown by its name, unless that cannot be. */
static enum error fail_named(struct context *context, enum error error, struct text name)
{
	int length = (int)(name.length > SHOWN_NAME_MAX ? SHOWN_NAME_MAX : name.length);
	if (length == 0)
		return context_fail(context, error, "without a name");
	if (!text_is_utf8((struct text){name.data, (size_t)length}))
		return context_fail(context, error, "whose name is not UTF-8");
	return context_fail_format(context, error, "%.*s", length, name.data);
}

static const struct input_field *find_field(const struct input_object *query, struct text name, size_t *index)
{
	for (*index = 0; *index < query->field_count; (*index)++) {
		if (text_is(name, query->fields[*index].name))
			return &query->fields[*index];
	}
	return NULL;
}

static enum error read_parameter(struct context *context, const struct input_object *query, struct text pair,
				 uint32_t *seen, void *input)
{
	size_t name_length = 0;
	size_t index;
	struct text value;
	while (name_length < pair.length && pair.data[name_length] != '=')
		name_length++;
	struct text name = {pair.data, name_length};
	const struct input_field *field = find_field(query, name, &index);
	if (!field)
		return fail_named(context, ERROR_UNKNOWN_PARAMETER, name);
	if (*seen >> index & 1u)
		return fail_named(context, ERROR_REPEATED_PARAMETER, name);
	*seen |= (uint32_t)1 << index;
	char *buffer = arena_alloc(context->arena, pair.length + 1);
	if (!buffer)
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	if (name_length == pair.length ||
	    !decode((struct text){pair.data + name_length + 1, pair.length - name_length - 1}, buffer, &value) ||
	    value.length == 0 || !field_read_text(field, value, input))
		return context_fail_format(context, ERROR_INVALID_PARAMETER, "%s %s", field->name, field->expectation);
	return ERROR_NONE;
}

static enum error require_all(struct context *context, const struct input_object *query, uint32_t seen)
{
	for (size_t i = 0; i < query->field_count; i++) {
		if (query->fields[i].is_required && !(seen >> i & 1u))
			return context_fail(context, ERROR_MISSING_PARAMETER, query->fields[i].name);
	}
	return ERROR_NONE;
}

enum error query_read(struct context *context, const struct input_object *query, void *input)
{
	struct text text = context->request->query;
	uint32_t seen = 0;
	_Static_assert(PARAMETERS_MAX <= 32, "seen has a bit for each parameter");
	for (size_t i = 0; i < query->field_count; i++)
		field_set_absent(&query->fields[i], input);
	/* behind an '&' at the end stands a parameter too, without a name */
	for (size_t start = 0; text.length > 0 && start <= text.length;) {
		size_t end = start;
		while (end < text.length && text.data[end] != '&')
			end++;
		enum error error =
		    read_parameter(context, query, (struct text){text.data + start, end - start}, &seen, input);
		if (error != ERROR_NONE)
			return error;
		start = end + 1;
	}
	return require_all(context, query, seen);
}
