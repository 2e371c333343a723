/* Looking things up in the document, and ending with a message that names the place. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "openapi/specification.h"

void fail(const char *place, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	fprintf(stderr, "openapi-compile: %s: ", place);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	exit(1);
}

struct json_object *get(struct json_object *object, const char *name)
{
	struct json_object *value = NULL;
	json_object_object_get_ex(object, name, &value);
	return value;
}

const char *get_string(const char *place, struct json_object *object, const char *name)
{
	struct json_object *value = get(object, name);
	if (!json_object_is_type(value, json_type_string))
		fail(place, "the string %s is missing", name);
	return json_object_get_string(value);
}

struct json_object *resolve(const struct specification *specification, const char *place, struct json_object *value)
{
	struct json_object *reference = get(value, "$ref");
	if (!reference)
		return value;
	char path[256];
	snprintf(path, sizeof(path), "%s", json_object_get_string(reference));
	if (strncmp(path, "#/", 2) != 0)
		fail(place, "the reference %s does not point into this document", path);
	struct json_object *found = specification->document;
	char *rest = NULL;
	for (char *part = strtok_r(path + 2, "/", &rest); part && found; part = strtok_r(NULL, "/", &rest))
		found = get(found, part);
	if (!found)
		fail(place, "the reference %s leads nowhere", json_object_get_string(reference));
	return found;
}

void snake_case(const char *name, char result[NAME_MAX_LENGTH])
{
	size_t length = 0;
	for (const char *at = name; *at && length < NAME_MAX_LENGTH - 2; at++) {
		if (isupper((unsigned char)*at) && at != name)
			result[length++] = '_';
		result[length++] = (char)(isalnum((unsigned char)*at) ? tolower((unsigned char)*at) : '_');
	}
	result[length] = '\0';
}
