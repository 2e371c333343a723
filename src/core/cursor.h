/* Opaque cursors: where a page of a list ended, bound to the list that it belongs to.
 *
 * A cursor is base64url of the position and a checksum over position and binding. The checksum tells a damaged or
 * foreign cursor from a good one; it keeps no secret, and a cursor opens nothing: every value of it is checked when it
 * is read. */
#ifndef EVENTFLOW_CORE_CURSOR_H
#define EVENTFLOW_CORE_CURSOR_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/text.h"
#include "core/timestamp.h"
#include "core/uuid.h"

/* The keyset position of a row: ordered by created_at, then number, then id. */
struct cursor_key {
	char created_at[TIMESTAMP_SIZE]; /* as timestamp_from_postgresql makes it */
	int64_t number;                  /* a task's rank; 0 in lists that have no such column */
	struct uuid id;
};

/* The binding names operation and filter; a cursor is good for the same binding alone. {NULL, 0} if memory is short. */
struct text cursor_encode(struct arena *arena, struct text binding, const struct cursor_key *key);

/* False for a damaged or foreign cursor, a time that does not exist, a number that is negative or beyond PostgreSQL's
 * integer, and short memory. What it accepts, PostgreSQL accepts as timestamptz, integer and uuid. */
bool cursor_decode(struct arena *arena, struct text binding, struct text cursor, struct cursor_key *key)
    __attribute__((warn_unused_result));

/* The same for a list whose whole position is a number. */
struct text cursor_encode_number(struct arena *arena, struct text binding, int64_t number);
bool cursor_decode_number(struct arena *arena, struct text binding, struct text cursor, int64_t *number)
    __attribute__((warn_unused_result));

#endif
