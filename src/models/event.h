/* An event: what the team works for, and the unit of scope. */
#ifndef EVENTFLOW_MODELS_EVENT_H
#define EVENTFLOW_MODELS_EVENT_H

#include <stdint.h>

#include "core/json_writer.h"
#include "core/text.h"
#include "core/uuid.h"
#include "db/row.h"

/* The columns of event_from_row, of eventflow.events as e. */
#define EVENT_COLUMNS "e.id, e.name, e.description, e.version, e.created_at, e.updated_at"

struct event {
	struct uuid id;
	struct text name;
	struct text description;
	int64_t version;
	struct text created_at;
	struct text updated_at;
};

struct event event_from_row(struct row *row);
void event_write(struct json_writer *json, const struct event *event);

#endif
