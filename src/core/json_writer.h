/* JSON out: an append-only writer into one growable buffer with a ceiling. It never fails in the middle: the first
 * shortage is remembered, everything after it is dropped, and the end asks once. Commas are its own business. */
#ifndef EVENTFLOW_CORE_JSON_WRITER_H
#define EVENTFLOW_CORE_JSON_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/text.h"
#include "core/uuid.h"

struct json_writer {
	char *data;
	size_t length;
	size_t capacity;
	size_t ceiling;
	bool failed;
	bool comma_due;
};

/* Nothing is allocated before the first byte. */
void json_writer_init(struct json_writer *writer, size_t ceiling);

/* Forgets what was written and any failure; keeps the buffer. */
void json_writer_reset(struct json_writer *writer);

void json_writer_free(struct json_writer *writer);

void json_begin_object(struct json_writer *writer);
void json_end_object(struct json_writer *writer);
void json_begin_array(struct json_writer *writer);
void json_end_array(struct json_writer *writer);

/* A member's name; its value must be the next call. The name is our own and is not escaped. */
void json_name_text(struct json_writer *writer, struct text name);

/* The same, for a literal, whose length the compiler knows. */
static inline void json_name(struct json_writer *writer, const char *name)
{
	json_name_text(writer, (struct text){name, strlen(name)});
}

/* Escaped as RFC 8259, section 7, asks; null for data == NULL. The text must be valid UTF-8. */
void json_text(struct json_writer *writer, struct text text);

/* As json_text, for a NUL-terminated string or NULL. */
void json_string(struct json_writer *writer, const char *string);

/* A string that is known to hold nothing that must be escaped, as times do not. */
void json_plain(struct json_writer *writer, struct text text);

void json_uuid(struct json_writer *writer, const struct uuid *uuid);

void json_integer(struct json_writer *writer, int64_t value);
void json_boolean(struct json_writer *writer, bool value);
void json_null(struct json_writer *writer);

/* One finished JSON value, as it is. */
void json_raw(struct json_writer *writer, struct text value);

/* What was written, NUL-terminated; it lives until more is written. NULL when the writer has failed. */
const char *json_writer_string(struct json_writer *writer);

/* Where the writer stands, to be able to take back what comes after. */
struct json_mark {
	size_t length;
	bool comma_due;
};

struct json_mark json_mark(const struct json_writer *writer);
void json_rewind(struct json_writer *writer, struct json_mark mark);

#endif
