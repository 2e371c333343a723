/* JSON in: a strict RFC 8259 scanner, and json-c's tree of what it has accepted; json-c's own parser accepts what must
 * be refused. */
#ifndef EVENTFLOW_CORE_JSON_READER_H
#define EVENTFLOW_CORE_JSON_READER_H

#include <json-c/json.h>

#include "core/text.h"

/* What one text may hold, so that json-c needs at most 24 MiB for it. The largest workflow template, of 1,000 nodes and
 * 10,000 edges, has 35,005 values, 12,001 of them objects, and leaves 14 values for each node's metadata. */
enum {
	JSON_DEPTH_MAX = 16,
	JSON_VALUES_MAX = 48 * 1024,
	JSON_OBJECTS_MAX = 16 * 1024,
};

enum json_fault {
	JSON_OK,
	JSON_SYNTAX,         /* not a JSON text, or bytes behind it */
	JSON_UTF8,           /* bytes that are no UTF-8, or a byte order mark */
	JSON_SURROGATE,      /* \ud800 without its other half */
	JSON_NUL,            /* \u0000 */
	JSON_NUMBER,         /* an integer beyond int64_t, or a number beyond what a double holds */
	JSON_DEPTH,          /* nested deeper than it may be */
	JSON_VALUES,         /* more than JSON_VALUES_MAX values, or JSON_OBJECTS_MAX objects */
	JSON_DUPLICATE_NAME, /* an object that names a member twice (compared after unescaping) */
	JSON_MEMORY,
};

/* Scans one complete JSON text, without recursion and in time linear in its length (names of one object are compared by
 * hash). *position is the offset of the fault, in bytes. */
enum json_fault json_scan(struct text json, size_t *position);

/* Scans, then parses. *value is the caller's (json_object_put); NULL after a fault, and for the JSON text null. */
enum json_fault json_read(struct text json, struct json_object **value, size_t *position);

/* The same for a text that nests at most depth_max deep, which is at most JSON_DEPTH_MAX. */
enum json_fault json_read_within(struct text json, unsigned int depth_max, struct json_object **value,
				 size_t *position);

/* What a fault means, as the end of a sentence: "it is not valid UTF-8". */
const char *json_fault_message(enum json_fault fault);

#endif
