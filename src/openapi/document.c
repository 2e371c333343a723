/* The document: its references, and its operations. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "openapi/specification.h"

static bool is_true(struct json_object *object, const char *name)
{
	return json_object_get_boolean(get(object, name));
}

static void read_parameter(struct specification *specification, const char *place, struct json_object *value,
			   struct operation_entry *operation)
{
	struct json_object *parameter = resolve(specification, place, value);
	const char *name = get_string(place, parameter, "name");
	const char *where = get_string(place, parameter, "in");
	char here[512];
	snprintf(here, sizeof(here), "%.200s, parameter %.200s", place, name);
	if (strcmp(where, "header") == 0)
		return; /* for clients to read; the transport knows its headers */
	if (strcmp(where, "path") != 0 && strcmp(where, "query") != 0)
		fail(here, "parameters in %s are not implemented", where);
	struct object *owner = strcmp(where, "path") == 0 ? operation->path_values : operation->query;
	read_field(specification, here, name, get(parameter, "schema"), is_true(parameter, "required"), owner);
}

/* The path values are matched by position, so they must stand in the order of the template. */
static void check_path(const char *place, const struct operation_entry *operation)
{
	size_t index = 0;
	for (const char *at = strchr(operation->path, '{'); at; at = strchr(at + 1, '{')) {
		const struct object *values = operation->path_values;
		size_t length = strcspn(at + 1, "}");
		if (index == values->field_count || strlen(values->fields[index].wire_name) != length ||
		    strncmp(values->fields[index].wire_name, at + 1, length) != 0)
			fail(place, "the path's parameters are not declared in the order of the path");
		if (values->fields[index].type != INPUT_UUID)
			fail(place, "a path parameter must be a required string of format uuid");
		index++;
	}
	if (index != operation->path_values->field_count)
		fail(place, "a path parameter is declared that the path does not have");
}

static struct object *new_object(void)
{
	struct object *object = calloc(1, sizeof(*object));
	if (!object)
		fail("memory", "there is not enough");
	return object;
}

static void read_body(struct specification *specification, const char *place, struct json_object *value,
		      struct operation_entry *operation)
{
	struct json_object *body = resolve(specification, place, value);
	struct json_object *media = get(get(body, "content"), "application/json");
	if (!media)
		fail(place, "a request body must be application/json");
	operation->has_body = true;
	operation->body_is_required = is_true(body, "required");
	struct json_object *schema = resolve(specification, place, get(media, "schema"));
	operation->body = read_object(specification, place, schema);
	if (operation->body->is_open)
		fail(place, "a request body must say additionalProperties: false");
}

static void check_unique(const struct specification *specification, const char *place, const char *id)
{
	for (size_t i = 0; i < specification->operation_count; i++) {
		if (strcmp(specification->operations[i].id, id) == 0)
			fail(place, "the operationId %s is used twice", id);
	}
}

static void read_operation(struct specification *specification, const char *path, const char *method,
			   struct json_object *value)
{
	char place[256];
	snprintf(place, sizeof(place), "%s %s", method, path);
	if (is_true(value, "x-served-by-web-server"))
		return;
	const char *id = get_string(place, value, "operationId");
	check_unique(specification, place, id);
	if (specification->operation_count == OPERATIONS_MAX)
		fail(place, "there are more than %d operations", OPERATIONS_MAX);
	struct operation_entry *operation = &specification->operations[specification->operation_count++];
	struct json_object *security = get(value, "security");
	struct json_object *parameters = get(value, "parameters");
	*operation = (struct operation_entry){
	    .method = method, .path = path, .id = id, .path_values = new_object(), .query = new_object()};
	operation->is_public = security && json_object_array_length(security) == 0;
	for (size_t i = 0; parameters && i < json_object_array_length(parameters); i++)
		read_parameter(specification, place, json_object_array_get_idx(parameters, i), operation);
	check_path(place, operation);
	if (get(value, "requestBody"))
		read_body(specification, place, get(value, "requestBody"), operation);
	else
		operation->body = new_object();
}

static void read_path(struct specification *specification, const char *path, struct json_object *value)
{
	static const struct {
		const char *member;
		const char *method;
	} methods[] = {{"get", "GET"}, {"post", "POST"}, {"put", "PUT"}, {"patch", "PATCH"}, {"delete", "DELETE"}};
	size_t first = specification->operation_count;
	char allow[64] = "";
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		if (!get(value, methods[i].member))
			continue;
		read_operation(specification, path, methods[i].method, get(value, methods[i].member));
		strncat(allow, methods[i].method, sizeof(allow) - strlen(allow) - 1);
		strncat(allow, i == 0 ? ", HEAD, " : ", ", sizeof(allow) - strlen(allow) - 1);
	}
	strncat(allow, "OPTIONS", sizeof(allow) - strlen(allow) - 1);
	for (size_t i = first; i < specification->operation_count; i++)
		snprintf(specification->operations[i].allow, sizeof(specification->operations[i].allow), "%s", allow);
}

/* The codes of the document and of the catalogue are the same, in the same order. */
static void check_error_codes(const struct specification *specification)
{
	static const char *const place = "components.schemas.ErrorCode";
	struct json_object *schemas = get(get(specification->document, "components"), "schemas");
	struct json_object *codes = get(get(schemas, "ErrorCode"), "enum");
	if (!codes)
		fail(place, "it is missing");
	for (int error = ERROR_NONE + 1; error < ERROR__MAX; error++) {
		const char *code = error_entry((enum error)error)->code;
		struct json_object *listed = json_object_array_get_idx(codes, (size_t)error - 1);
		if (!listed || strcmp(json_object_get_string(listed), code) != 0)
			fail(place, "%s of the error catalogue is missing, or not in its place", code);
	}
	if (json_object_array_length(codes) != (size_t)ERROR__MAX - 1)
		fail(place, "it has codes that are not in the error catalogue");
}

void read_specification(struct specification *specification, struct json_object *document)
{
	specification->document = document;
	check_error_codes(specification);
	struct json_object *paths = get(document, "paths");
	if (!paths)
		fail("paths", "it is missing");
	json_object_object_foreach(paths, path, value)
	{
		read_path(specification, path, value);
	}
}
