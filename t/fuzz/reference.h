/* jansson, the JSON parser that ours is compared with, behind names that do not clash with those of json-c. */
#ifndef EVENTFLOW_FUZZ_REFERENCE_H
#define EVENTFLOW_FUZZ_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/text.h"

enum reference_type {
	REFERENCE_NULL,
	REFERENCE_BOOLEAN,
	REFERENCE_INTEGER,
	REFERENCE_REAL,
	REFERENCE_STRING,
	REFERENCE_ARRAY,
	REFERENCE_OBJECT,
};

struct reference;

/* One JSON text, as strictly as jansson can. NULL if it is refused; else the caller's to free. */
struct reference *reference_parse(struct text json);

/* Takes NULL. */
void reference_free(struct reference *value);

/* The functions below take a value of the fitting type. */
enum reference_type reference_type(const struct reference *value);
bool reference_boolean(const struct reference *value);
int64_t reference_integer(const struct reference *value);
double reference_real(const struct reference *value);
struct text reference_string(const struct reference *value);

/* The number of an array's elements or an object's members. */
size_t reference_count(const struct reference *value);
const struct reference *reference_element(const struct reference *array, size_t index);

/* NULL if there is no such member, or if the value is no object. */
const struct reference *reference_member(const struct reference *object, const char *name);

#endif
