/* The clocks: one for waits, deadlines and ages, which never goes back and which nobody sets; and the time of day. */
#ifndef EVENTFLOW_CORE_CLOCK_H
#define EVENTFLOW_CORE_CLOCK_H

#include <stdint.h>

/* Milliseconds of CLOCK_MONOTONIC. */
int64_t clock_milliseconds(void);

/* Seconds since 1970-01-01 00:00 UTC (RFC 7519's NumericDate). Not time(), which is some milliseconds late on Linux,
 * and so in the second before now and then. */
int64_t clock_unix_seconds(void);

#endif
