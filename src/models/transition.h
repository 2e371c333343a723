/* A transition: one row of the append-only audit trail of a task. */
#ifndef EVENTFLOW_MODELS_TRANSITION_H
#define EVENTFLOW_MODELS_TRANSITION_H

#include <stdint.h>

#include "core/json_writer.h"
#include "core/text.h"
#include "core/uuid.h"
#include "db/row.h"

/* The columns of transition_from_row, of eventflow.task_transitions as a. */
#define TRANSITION_COLUMNS                                                                                        \
	"a.number, a.kind, a.from_state, a.to_state, a.from_assignee_id, a.to_assignee_id, a.actor_id, a.reason," \
	" a.request_id, a.event_version, a.created_at"

struct transition {
	int64_t number;
	struct text kind; /* "created", "state" or "assignee" */
	struct text from_state;
	struct text to_state;
	struct text from_assignee_id;
	struct text to_assignee_id;
	struct text actor_id; /* null: the engine */
	struct text reason;
	struct text request_id;
	int64_t event_version;
	struct text created_at;
};

struct transition transition_from_row(struct row *row);
void transition_write(struct json_writer *json, const struct transition *transition);

#endif
