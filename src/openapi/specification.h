/* What the compiler knows of a specification: its operations, and the structs and fields of their requests. */
#ifndef EVENTFLOW_OPENAPI_SPECIFICATION_H
#define EVENTFLOW_OPENAPI_SPECIFICATION_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schemas/input_schema.h"

enum { NAME_MAX_LENGTH = 96, FIELDS_MAX = 32, OPERATIONS_MAX = 64, OBJECTS_MAX = 64, ENUMS_MAX = 16 };

struct object;

struct field {
	char wire_name[NAME_MAX_LENGTH]; /* as in the specification */
	char name[NAME_MAX_LENGTH];      /* as in C */
	char expectation[256];
	enum input_type type;
	bool is_required;
	bool is_nullable;
	bool is_trimmed;
	int64_t minimum;
	int64_t maximum;
	int64_t default_value;
	const char *pattern; /* NULL: none */
	const struct enumeration *enumeration;
	struct object *item;
};

struct object {
	char name[NAME_MAX_LENGTH]; /* of its struct; "" where the fields belong to an operation's own */
	struct field fields[FIELDS_MAX];
	size_t field_count;
	bool is_open;
};

struct enumeration {
	char name[NAME_MAX_LENGTH]; /* "task_state" */
	struct json_object *values;
};

struct operation_entry {
	const char *method;
	const char *path;
	const char *id;
	bool is_public;
	bool has_body;
	bool body_is_required;
	char allow[64];
	struct object *path_values;
	struct object *query;
	struct object *body;
};

struct specification {
	struct json_object *document;
	struct operation_entry operations[OPERATIONS_MAX];
	size_t operation_count;
	struct object *objects[OBJECTS_MAX]; /* structs of array items, in the order in which they must be declared */
	size_t object_count;
	struct enumeration enumerations[ENUMS_MAX];
	size_t enumeration_count;
};

/* Ends the compiler with a message that names the place in the document. */
__attribute__((noreturn, format(printf, 2, 3))) void fail(const char *place, const char *format, ...);

/* Follows "$ref" within the document. */
struct json_object *resolve(const struct specification *specification, const char *place, struct json_object *value);

/* The member of an object, or NULL. */
struct json_object *get(struct json_object *object, const char *name);

/* A member that must be there and be a string. */
const char *get_string(const char *place, struct json_object *object, const char *name);

/* "taskId", "TaskState" and "task-state" become "task_id", "task_state" and "task_state". */
void snake_case(const char *name, char result[NAME_MAX_LENGTH]);

/* A schema of type object becomes a struct; a keyword that is not implemented ends the compiler. */
struct object *read_object(struct specification *specification, const char *place, struct json_object *schema);

/* One parameter or property. */
void read_field(struct specification *specification, const char *place, const char *name, struct json_object *schema,
		bool is_required, struct object *owner);

/* The whole document. */
void read_specification(struct specification *specification, struct json_object *document);

/* Writes operations.h and operations.c into the directory. */
void write_specification(const struct specification *specification, const char *directory);

#endif
