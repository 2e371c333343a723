/* The clock for waits, deadlines and ages: it never goes back, and nobody sets it. */
#ifndef EVENTFLOW_CORE_CLOCK_H
#define EVENTFLOW_CORE_CLOCK_H

#include <stdint.h>

/* Milliseconds of CLOCK_MONOTONIC. */
int64_t clock_milliseconds(void);

#endif
