/* Times as text: what PostgreSQL writes, and what goes out (RFC 3339 in UTC, always with microseconds). */
#ifndef EVENTFLOW_CORE_TIMESTAMP_H
#define EVENTFLOW_CORE_TIMESTAMP_H

#include <stdbool.h>

#include "core/text.h"

enum {
	TIMESTAMP_LENGTH = 27, /* of "2026-11-24T12:09:59.123000Z" */
	TIMESTAMP_SIZE = TIMESTAMP_LENGTH + 1,
};

/* "2026-11-24 12:09:59.123+00", PostgreSQL's ISO output in UTC with no or up to six digits of fraction, becomes
 * "2026-11-24T12:09:59.123000Z". False for anything else: another offset, infinity, a year of more than four digits. */
bool timestamp_from_postgresql(struct text timestamp, char formatted[TIMESTAMP_SIZE])
    __attribute__((warn_unused_result));

/* Whether the text is of exactly the form that timestamp_from_postgresql makes, and a time that exists. */
bool timestamp_is_valid(struct text timestamp) __attribute__((warn_unused_result));

#endif
