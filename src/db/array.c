#include "db/array.h"

#include <stdbool.h>
#include <string.h>

enum { ARRAY_CAPACITY_MIN = 256 };

struct array {
	struct arena *arena;
	char *data;
	size_t length;
	size_t capacity;
	bool failed;
};

/* Makes room for size more bytes and the NUL at the end. */
static bool reserve(struct array *array, size_t size)
{
	if (array->failed)
		return false;
	if (array->length + size + 1 <= array->capacity)
		return true;
	size_t capacity = 2 * (array->capacity + size) + ARRAY_CAPACITY_MIN;
	char *data = arena_alloc(array->arena, capacity);
	if (!data) {
		array->failed = true;
		return false;
	}
	if (array->length > 0)
		memcpy(data, array->data, array->length);
	array->data = data;
	array->capacity = capacity;
	return true;
}

static void append(struct array *array, const char *bytes, size_t size)
{
	if (!reserve(array, size))
		return;
	memcpy(array->data + array->length, bytes, size);
	array->length += size;
}

static void append_separator(struct array *array)
{
	append(array, array->length == 0 ? "{" : ",", 1);
}

struct array *array_new(struct arena *arena)
{
	struct array *array = arena_alloc(arena, sizeof(*array));
	if (array)
		array->arena = arena;
	return array;
}

/* Always quoted, so that no text can be taken for NULL or for structure. */
void array_add_text(struct array *array, struct text text)
{
	if (!array)
		return;
	append_separator(array);
	if (!text.data) {
		append(array, "NULL", 4);
		return;
	}
	if (!reserve(array, 2 * text.length + 2))
		return;
	char *end = array->data + array->length;
	*end++ = '"';
	for (size_t i = 0; i < text.length; i++) {
		if (text.data[i] == '"' || text.data[i] == '\\')
			*end++ = '\\';
		*end++ = text.data[i];
	}
	*end++ = '"';
	array->length = (size_t)(end - array->data);
}

/* Unquoted, as PostgreSQL writes it. */
void array_add_uuid(struct array *array, const struct uuid *uuid)
{
	if (!array)
		return;
	append_separator(array);
	append(array, uuid->text, UUID_LENGTH);
}

void array_add_integer(struct array *array, int64_t value)
{
	if (!array)
		return;
	char digits[TEXT_INTEGER_SIZE];
	struct text text = text_from_integer(value, digits);
	append_separator(array);
	append(array, text.data, text.length);
}

const char *array_literal(struct array *array)
{
	if (!array)
		return NULL;
	append(array, array->length == 0 ? "{}" : "}", array->length == 0 ? 2 : 1);
	if (array->failed)
		return NULL;
	array->data[array->length] = '\0';
	return array->data;
}
