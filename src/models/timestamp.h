/* Times as they go out: what PostgreSQL wrote, as RFC 3339. */
#ifndef EVENTFLOW_MODELS_TIMESTAMP_H
#define EVENTFLOW_MODELS_TIMESTAMP_H

#include "core/json_writer.h"
#include "core/text.h"

/* Writes the member; null for data == NULL. A time that cannot be read makes the writer fail: it is a fault of ours. */
void timestamp_write(struct json_writer *json, const char *name, struct text timestamp);

#endif
