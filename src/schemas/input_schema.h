/* Descriptors of requests, which the compiler in src/openapi writes as constant tables and the validator reads. */
#ifndef EVENTFLOW_SCHEMAS_INPUT_SCHEMA_H
#define EVENTFLOW_SCHEMAS_INPUT_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a boolean that may be absent is in an input struct. */
enum optional_boolean { OPTIONAL_ABSENT, OPTIONAL_FALSE, OPTIONAL_TRUE };

/* The member of the input struct that each becomes. */
enum input_type {
	INPUT_TEXT,          /* struct text; data == NULL: absent or null */
	INPUT_UUID,          /* struct uuid */
	INPUT_OPTIONAL_UUID, /* struct optional_uuid */
	INPUT_INTEGER,       /* int64_t */
	INPUT_BOOLEAN,       /* enum optional_boolean */
	INPUT_ENUM,          /* an enum, from 0; the number of names: absent */
	INPUT_ARRAY,         /* a pointer to structs, and a size_t */
	INPUT_OBJECT,        /* struct text with the object's JSON, and its declared members beside it */
};

/* The characters that a text may be of, one bit for each byte. */
struct input_class {
	uint32_t bits[8];
};

struct input_object;

struct input_field {
	const char *name;
	const char *expectation; /* "must be text of 1 to 200 characters" */
	enum input_type type;
	bool is_required;
	bool is_nullable;
	bool is_trimmed;                      /* ASCII white space at the ends does not count and is taken away */
	size_t offset;                        /* in the input struct (or in the item of an array) */
	size_t count_offset;                  /* INPUT_ARRAY: of the number of items */
	int64_t minimum;                      /* code points of a text, or an integer's value */
	int64_t maximum;                      /* likewise; bytes of an object's JSON */
	int64_t default_value;                /* INPUT_INTEGER */
	const struct input_class *characters; /* INPUT_TEXT; NULL: any */
	const char *const *names;             /* INPUT_ENUM */
	int name_count;
	const struct input_object *item; /* INPUT_ARRAY: each item; INPUT_OBJECT: the declared members */
};

struct input_object {
	const struct input_field *fields;
	size_t field_count;
	size_t size;  /* of the struct that an item becomes */
	bool is_open; /* members that are not declared are allowed */
};

struct input_schema {
	const struct input_object *path; /* in the order of the template */
	const struct input_object *query;
	const struct input_object *body;
	bool has_body;
	bool body_is_required;
};

#endif
