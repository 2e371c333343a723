/* The output: operations.h (enums, request structs, handlers) and operations.c (descriptors, operation table). */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "openapi/specification.h"

static const char NOTICE[] = "/* Made by openapi-compile from htdocs/openapi.json; changes here are lost. */\n";

static void upper_case(const char *name, char result[NAME_MAX_LENGTH])
{
	size_t i = 0;
	for (; name[i]; i++)
		result[i] = (char)toupper((unsigned char)name[i]);
	result[i] = '\0';
}

static FILE *open_output(const char *directory, const char *name)
{
	char path[4096];
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	FILE *file = fopen(path, "w");
	if (!file)
		fail(path, "it cannot be written: %s", strerror(errno));
	fputs(NOTICE, file);
	return file;
}

static void close_output(FILE *file, const char *name)
{
	bool failed = ferror(file) != 0;
	if (fclose(file) != 0 || failed)
		fail(name, "it cannot be written: %s", strerror(errno));
}

static void write_enumeration(FILE *file, const struct enumeration *enumeration)
{
	char upper[NAME_MAX_LENGTH];
	upper_case(enumeration->name, upper);
	fprintf(file, "\nenum %s {\n", enumeration->name);
	for (size_t i = 0; i < json_object_array_length(enumeration->values); i++)
		fprintf(file, "\t%s_%s,\n", upper,
			json_object_get_string(json_object_array_get_idx(enumeration->values, i)));
	fprintf(file, "\t%s__MAX,\n};\n\nextern const char *const %s_names[];\n", upper, enumeration->name);
}

static void write_names(FILE *file, const struct enumeration *enumeration)
{
	fprintf(file, "\nconst char *const %s_names[] = {", enumeration->name);
	for (size_t i = 0; i < json_object_array_length(enumeration->values); i++)
		fprintf(file, "\"%s\", ", json_object_get_string(json_object_array_get_idx(enumeration->values, i)));
	fputs("NULL};\n", file);
}

/* prefix: what goes before a member's name, for the declared members of an object inside a request. */
static void write_member(FILE *file, const struct field *field, const char *prefix)
{
	switch (field->type) {
	case INPUT_TEXT:
		fprintf(file, "\tstruct text %s%s;\n", prefix, field->name);
		break;
	case INPUT_UUID:
		fprintf(file, "\tstruct uuid %s%s;\n", prefix, field->name);
		break;
	case INPUT_OPTIONAL_UUID:
		fprintf(file, "\tstruct optional_uuid %s%s;\n", prefix, field->name);
		break;
	case INPUT_INTEGER:
		fprintf(file, "\tint64_t %s%s;\n", prefix, field->name);
		break;
	case INPUT_BOOLEAN:
		fprintf(file, "\tenum optional_boolean %s%s;\n", prefix, field->name);
		break;
	case INPUT_ENUM:
		fprintf(file, "\tenum %s %s%s;\n", field->enumeration->name, prefix, field->name);
		break;
	case INPUT_ARRAY:
		fprintf(file, "\tsize_t %s%s_count;\n\tstruct %s_input *%s%s;\n", prefix, field->name,
			field->item->name, prefix, field->name);
		break;
	case INPUT_OBJECT:
		fprintf(file, "\tstruct text %s%s;\n", prefix, field->name);
		break;
	}
}

static void write_members(FILE *file, const struct object *object)
{
	for (size_t i = 0; i < object->field_count; i++) {
		const struct field *field = &object->fields[i];
		char prefix[NAME_MAX_LENGTH + 1];
		write_member(file, field, "");
		snprintf(prefix, sizeof(prefix), "%s_", field->name);
		for (size_t j = 0; field->type == INPUT_OBJECT && j < field->item->field_count; j++)
			write_member(file, &field->item->fields[j], prefix);
	}
}

static void write_input(FILE *file, const struct operation_entry *operation)
{
	fprintf(file, "\nstruct %s_input {\n", operation->id);
	write_members(file, operation->path_values);
	write_members(file, operation->query);
	write_members(file, operation->body);
	if (operation->path_values->field_count + operation->query->field_count + operation->body->field_count == 0)
		fputs("\tchar no_fields;\n", file);
	fprintf(file, "};\n\nenum error route_%s(struct context *context, const struct %s_input *input);\n",
		operation->id, operation->id);
}

static void write_header(const struct specification *specification, const char *directory)
{
	FILE *file = open_output(directory, "operations.h");
	fputs("#ifndef EVENTFLOW_SCHEMAS_OPERATIONS_H\n#define EVENTFLOW_SCHEMAS_OPERATIONS_H\n\n"
	      "#include <stddef.h>\n#include <stdint.h>\n\n#include \"core/context.h\"\n#include \"core/text.h\"\n"
	      "#include \"core/uuid.h\"\n#include \"schemas/input_schema.h\"\n",
	      file);
	for (size_t i = 0; i < specification->enumeration_count; i++)
		write_enumeration(file, &specification->enumerations[i]);
	for (size_t i = 0; i < specification->object_count; i++) {
		fprintf(file, "\nstruct %s_input {\n", specification->objects[i]->name);
		write_members(file, specification->objects[i]);
		fputs("};\n", file);
	}
	for (size_t i = 0; i < specification->operation_count; i++)
		write_input(file, &specification->operations[i]);
	fputs("\n#endif\n", file);
	close_output(file, "operations.h");
}

/* The bits of "^[class]{m,n}$". */
static void write_class(FILE *file, const char *table, const char *name, const char *pattern)
{
	uint32_t bits[8] = {0};
	for (const char *at = pattern + 2; *at != ']'; at++) {
		unsigned char first = (unsigned char)*at;
		unsigned char last = first;
		if (at[1] == '-' && at[2] != ']') {
			last = (unsigned char)at[2];
			at += 2;
		}
		for (unsigned int byte = first; byte <= last; byte++)
			bits[byte / 32] |= (uint32_t)1 << (byte % 32);
	}
	fprintf(file, "\nstatic const struct input_class %s_%s_class = {{", table, name);
	for (int i = 0; i < 8; i++)
		fprintf(file, "0x%08xu, ", bits[i]);
	fputs("}};\n", file);
}

static const char *const TYPE_NAMES[] = {"INPUT_TEXT",    "INPUT_UUID", "INPUT_OPTIONAL_UUID", "INPUT_INTEGER",
					 "INPUT_BOOLEAN", "INPUT_ENUM", "INPUT_ARRAY",         "INPUT_OBJECT"};

static void write_field(FILE *file, const struct field *field, const char *table, const char *structure,
			const char *prefix)
{
	fprintf(file, "\t{.name = \"%s\", .expectation = \"%s\", .type = %s, .offset = offsetof(struct %s, %s%s)",
		field->wire_name, field->expectation, TYPE_NAMES[field->type], structure, prefix, field->name);
	if (field->is_required)
		fputs(", .is_required = true", file);
	if (field->is_nullable)
		fputs(", .is_nullable = true", file);
	if (field->is_trimmed)
		fputs(", .is_trimmed = true", file);
	fprintf(file, ", .minimum = %lld, .maximum = %lld, .default_value = %lld", (long long)field->minimum,
		(long long)field->maximum, (long long)field->default_value);
	if (field->pattern)
		fprintf(file, ", .characters = &%s_%s_class", table, field->name);
	if (field->enumeration)
		fprintf(file, ", .names = %s_names, .name_count = %zu", field->enumeration->name,
			json_object_array_length(field->enumeration->values));
	if (field->type == INPUT_ARRAY)
		fprintf(file, ", .count_offset = offsetof(struct %s, %s%s_count)", structure, prefix, field->name);
	if (field->item)
		fprintf(file, ", .item = &%s_%s", table, field->name);
	fputs("},\n", file);
}

static void write_object(FILE *file, const struct object *object, const char *table, const char *structure,
			 const char *prefix);

/* What a field's descriptor points to must stand before it. The depth is the specification's: three at most. */
static void write_parts(FILE *file, const struct field *field, const char *table, const char *structure)
{
	char inner[2 * NAME_MAX_LENGTH];
	char other[NAME_MAX_LENGTH + 8];
	if (field->pattern)
		write_class(file, table, field->name, field->pattern);
	snprintf(inner, sizeof(inner), "%.90s_%.90s", table, field->name);
	if (field->type == INPUT_ARRAY) {
		snprintf(other, sizeof(other), "%s_input", field->item->name);
		write_object(file, field->item, inner, other, "");
	} else if (field->type == INPUT_OBJECT) {
		snprintf(other, sizeof(other), "%s_", field->name);
		write_object(file, field->item, inner, structure, other);
	}
}

static void write_object(FILE *file, const struct object *object, const char *table, const char *structure,
			 const char *prefix)
{
	for (size_t i = 0; i < object->field_count; i++)
		write_parts(file, &object->fields[i], table, structure);
	if (object->field_count > 0) {
		fprintf(file, "\nstatic const struct input_field %s_fields[] = {\n", table);
		for (size_t i = 0; i < object->field_count; i++)
			write_field(file, &object->fields[i], table, structure, prefix);
		fputs("};\n", file);
	}
	fprintf(file, "\nstatic const struct input_object %s = {", table);
	if (object->field_count > 0)
		fprintf(file, ".fields = %s_fields, ", table);
	fprintf(file, ".field_count = %zu, .size = sizeof(struct %s), .is_open = %s};\n", object->field_count,
		structure, object->is_open ? "true" : "false");
}

static void write_operation(FILE *file, const struct operation_entry *operation)
{
	const struct object *const objects[] = {operation->path_values, operation->query, operation->body};
	static const char *const names[] = {"path", "query", "body"};
	char table[NAME_MAX_LENGTH + 8];
	char structure[NAME_MAX_LENGTH + 8];
	snprintf(structure, sizeof(structure), "%.90s_input", operation->id);
	for (int i = 0; i < 3; i++) {
		snprintf(table, sizeof(table), "%.90s_%s", operation->id, names[i]);
		write_object(file, objects[i], table, structure, "");
	}
	fprintf(
	    file,
	    "\nstatic const struct input_schema %s_schema = {.path = &%s_path, .query = &%s_query, .body = &%s_body,"
	    " .has_body = %s, .body_is_required = %s};\n",
	    operation->id, operation->id, operation->id, operation->id, operation->has_body ? "true" : "false",
	    operation->body_is_required ? "true" : "false");
	fprintf(
	    file,
	    "\nstatic enum error handle_%s(struct context *context, const void *input)\n{\n\treturn route_%s(context,"
	    " input);\n}\n",
	    operation->id, operation->id);
}

static void write_row(FILE *file, const struct operation_entry *operation)
{
	fprintf(file,
		"\t{.method = \"%s\", .path = \"%s\", .id = \"%s\", .allow = \"%s\", .is_public = %s,\n"
		"\t .input_size = sizeof(struct %s_input), .schema = &%s_schema, .handle = handle_%s},\n",
		operation->method, operation->path, operation->id, operation->allow,
		operation->is_public ? "true" : "false", operation->id, operation->id, operation->id);
}

static void write_table(const struct specification *specification, const char *directory)
{
	FILE *file = open_output(directory, "operations.c");
	fputs("#include \"schemas/operations.h\"\n\n#include \"schemas/operation.h\"\n", file);
	for (size_t i = 0; i < specification->enumeration_count; i++)
		write_names(file, &specification->enumerations[i]);
	for (size_t i = 0; i < specification->operation_count; i++)
		write_operation(file, &specification->operations[i]);
	fputs("\nconst struct operation operations[] = {\n", file);
	for (size_t i = 0; i < specification->operation_count; i++)
		write_row(file, &specification->operations[i]);
	fputs("};\n\nconst size_t operation_count = sizeof(operations) / sizeof(*operations);\n", file);
	close_output(file, "operations.c");
}

void write_specification(const struct specification *specification, const char *directory)
{
	write_header(specification, directory);
	write_table(specification, directory);
}
