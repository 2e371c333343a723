#include "oracle.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "core/json_reader.h"
#include "core/uuid.h"
#include "fuzz.h"

static bool is_uuid(struct text text)
{
	static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	if (text.length != sizeof(shape) - 1)
		return false;
	for (size_t i = 0; i < text.length; i++) {
		if (shape[i] == '-' ? text.data[i] != '-' : !isxdigit((unsigned char)text.data[i]))
			return false;
	}
	return true;
}

static bool is_canonical(const struct uuid *uuid)
{
	struct text text = {uuid->text, strnlen(uuid->text, sizeof(uuid->text))};
	for (size_t i = 0; i < text.length; i++) {
		if (isupper((unsigned char)text.data[i]))
			return false;
	}
	return is_uuid(text);
}

static bool is_white(char byte)
{
	return byte != '\0' && strchr(" \t\n\v\f\r", byte);
}

/* Counted from the first bytes of sequences. */
static int64_t count_characters(struct text text)
{
	int64_t count = 0;
	for (size_t i = 0; i < text.length; i++)
		count += (signed char)text.data[i] >= -64;
	return count;
}

static bool is_of_class(const struct input_class *characters, struct text text)
{
	for (size_t i = 0; characters && i < text.length; i++) {
		unsigned int byte = (unsigned char)text.data[i];
		if ((characters->bits[byte >> 5] & 1u << (byte & 31u)) == 0)
			return false;
	}
	return true;
}

static bool takes_plain_text(const struct input_field *field, struct text text)
{
	size_t from = 0;
	size_t to = text.length;
	while (field->is_trimmed && from < to && is_white(text.data[from]))
		from++;
	while (field->is_trimmed && from < to && is_white(text.data[to - 1]))
		to--;
	struct text trimmed = {text.data + from, to - from};
	int64_t count = count_characters(trimmed);
	return count >= field->minimum && count <= field->maximum && is_of_class(field->characters, trimmed);
}

static bool takes_integer_text(const struct input_field *field, struct text text)
{
	char digits[20];
	if (text.length == 0 || text.length > 18)
		return false;
	memcpy(digits, text.data, text.length);
	digits[text.length] = '\0';
	if (strspn(digits, "0123456789") != text.length)
		return false;
	long long value = strtoll(digits, NULL, 10);
	return value >= field->minimum && value <= field->maximum;
}

static bool takes_name(const struct input_field *field, struct text text)
{
	for (int i = 0; i < field->name_count; i++) {
		if (strlen(field->names[i]) == text.length && memcmp(field->names[i], text.data, text.length) == 0)
			return true;
	}
	return false;
}

bool oracle_takes_text(const struct input_field *field, struct text text)
{
	switch (field->type) {
	case INPUT_TEXT:
		return takes_plain_text(field, text);
	case INPUT_UUID:
	case INPUT_OPTIONAL_UUID:
		return is_uuid(text);
	case INPUT_ENUM:
		return takes_name(field, text);
	case INPUT_INTEGER:
		return takes_integer_text(field, text);
	case INPUT_BOOLEAN:
		return text_is(text, "true") || text_is(text, "false");
	case INPUT_ARRAY:
	case INPUT_OBJECT:
		break;
	}
	return false;
}

/* The schema is a tree of constant depth, and so is this recursion. */
static bool takes_value(const struct input_field *field, const struct reference *json)
{
	enum reference_type type = reference_type(json);
	switch (field->type) {
	case INPUT_TEXT:
	case INPUT_UUID:
	case INPUT_OPTIONAL_UUID:
	case INPUT_ENUM:
		return type == REFERENCE_STRING && oracle_takes_text(field, reference_string(json));
	case INPUT_INTEGER:
		return type == REFERENCE_INTEGER && reference_integer(json) >= field->minimum &&
		       reference_integer(json) <= field->maximum;
	case INPUT_BOOLEAN:
		return type == REFERENCE_BOOLEAN;
	case INPUT_OBJECT:
		return type == REFERENCE_OBJECT && oracle_takes_object(field->item, json);
	case INPUT_ARRAY:
		break;
	}
	for (size_t i = 0; type == REFERENCE_ARRAY && i < reference_count(json); i++) {
		const struct reference *element = reference_element(json, i);
		if (reference_type(element) != REFERENCE_OBJECT || !oracle_takes_object(field->item, element))
			return false;
	}
	return type == REFERENCE_ARRAY;
}

bool oracle_takes_object(const struct input_object *object, const struct reference *json)
{
	size_t known = 0;
	for (size_t i = 0; i < object->field_count; i++) {
		const struct input_field *field = &object->fields[i];
		const struct reference *member = reference_member(json, field->name);
		if (!member && field->is_required)
			return false;
		if (!member)
			continue;
		known++;
		bool is_null = reference_type(member) == REFERENCE_NULL;
		if (is_null ? !field->is_nullable : !takes_value(field, member))
			return false;
	}
	return object->is_open || known == reference_count(json);
}

/* Decodes into decoded, which has room for all of it; -1 if it cannot be. */
static ssize_t decode_value(struct text encoded, char *decoded)
{
	ssize_t length = 0;
	for (size_t i = 0; i < encoded.length; i++) {
		char byte = encoded.data[i] == '+' ? ' ' : encoded.data[i];
		if (byte == '%') {
			char digits[3] = {0};
			if (encoded.length - i < 3)
				return -1;
			memcpy(digits, encoded.data + i + 1, 2);
			if (!isxdigit((unsigned char)digits[0]) || !isxdigit((unsigned char)digits[1]))
				return -1;
			byte = (char)strtol(digits, NULL, 16);
			i += 2;
		}
		if (byte == '\0')
			return -1;
		decoded[length++] = byte;
	}
	return length;
}

/* The C library's own opinion (fuzz.c has set a UTF-8 locale), which knows no end of Unicode. */
static bool is_utf8(const char *bytes, size_t length)
{
	mbstate_t state = {0};
	while (length > 0) {
		wchar_t character;
		size_t taken = mbrtowc(&character, bytes, length, &state);
		if (taken == 0 || taken > length || character > 0x10FFFF)
			return false;
		bytes += taken;
		length -= taken;
	}
	return true;
}

static bool takes_pair(const struct input_object *query, struct text pair, bool *seen)
{
	struct text value = pair;
	struct text name = fuzz_take(&value, '=');
	char decoded[8192];
	if (name.length == pair.length || value.length == 0 || value.length > sizeof(decoded))
		return false;
	ssize_t length = decode_value(value, decoded);
	if (length <= 0 || !is_utf8(decoded, (size_t)length))
		return false;
	for (size_t i = 0; i < query->field_count; i++) {
		const struct input_field *field = &query->fields[i];
		if (!text_is(name, field->name))
			continue;
		if (seen[i])
			return false;
		seen[i] = true;
		return oracle_takes_text(field, (struct text){decoded, (size_t)length});
	}
	return false;
}

bool oracle_takes_query(const struct input_object *query, struct text text)
{
	bool seen[32] = {false};
	while (text.length > 0) {
		bool is_last = !memchr(text.data, '&', text.length);
		if (!takes_pair(query, fuzz_take(&text, '&'), seen) || (!is_last && text.length == 0))
			return false;
	}
	for (size_t i = 0; i < query->field_count; i++) {
		if (query->fields[i].is_required && !seen[i])
			return false;
	}
	return true;
}

static void check_text(const struct input_field *field, struct text text)
{
	if (!text.data) {
		HOLDS(!field->is_required || field->is_nullable, "%s is there", field->name);
		return;
	}
	HOLDS(is_utf8(text.data, text.length), "%s is UTF-8", field->name);
	HOLDS(takes_plain_text(field, text), "%s is of the right length and characters", field->name);
	HOLDS(!field->is_trimmed || (!is_white(text.data[0]) && !is_white(text.data[text.length - 1])), "%s is trimmed",
	      field->name);
}

static void check_items(const struct input_field *field, const void *items, size_t count)
{
	HOLDS(items, "%s has items", field->name);
	for (size_t i = 0; i < count; i++)
		oracle_check_struct(field->item, (const char *)items + i * field->item->size);
}

static void check_open_object(const struct input_field *field, struct text text, const void *input)
{
	size_t position;
	if (!text.data)
		return;
	HOLDS(json_scan(text, &position) == JSON_OK, "%s is JSON", field->name);
	HOLDS((int64_t)text.length <= field->maximum, "%s is not too long", field->name);
	oracle_check_struct(field->item, input);
}

static void check_field(const struct input_field *field, const void *input)
{
	const void *member = (const char *)input + field->offset;
	const struct optional_uuid *optional = member;
	switch (field->type) {
	case INPUT_TEXT:
		check_text(field, *(const struct text *)member);
		break;
	case INPUT_UUID:
		HOLDS(is_canonical(member), "%s is a canonical UUID", field->name);
		break;
	case INPUT_OPTIONAL_UUID:
		HOLDS(!optional->present || is_canonical(&optional->value), "%s is a canonical UUID", field->name);
		break;
	case INPUT_INTEGER:
		HOLDS(*(const int64_t *)member == field->default_value ||
			  (*(const int64_t *)member >= field->minimum && *(const int64_t *)member <= field->maximum),
		      "%s is in its range", field->name);
		break;
	case INPUT_BOOLEAN:
		HOLDS(*(const unsigned int *)member <= OPTIONAL_TRUE, "%s is a boolean", field->name);
		break;
	case INPUT_ENUM:
		HOLDS(*(const int *)member >= 0 && *(const int *)member < field->name_count + !field->is_required,
		      "%s is one of its names", field->name);
		break;
	case INPUT_ARRAY:
		check_items(field, *(void *const *)member,
			    *(const size_t *)(const void *)((const char *)input + field->count_offset));
		break;
	case INPUT_OBJECT:
		check_open_object(field, *(const struct text *)member, input);
		break;
	}
}

void oracle_check_struct(const struct input_object *object, const void *input)
{
	for (size_t i = 0; i < object->field_count; i++)
		check_field(&object->fields[i], input);
}
