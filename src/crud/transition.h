/* SQL: the audit trail, and with it the last statement of every change. */
#ifndef EVENTFLOW_CRUD_TRANSITION_H
#define EVENTFLOW_CRUD_TRANSITION_H

#include <stdbool.h>

#include "core/uuid.h"
#include "db/batch.h"
#include "models/page.h"

/* Rows of TRANSITION_COLUMNS of the task, after page->number. */
int transition_list_queue(struct database *database, const struct uuid *task_id, const struct page *page);

/* The rows to write: the values of one (NULL for SQL's NULL), or arrays with one element for each. */
struct new_transitions {
	bool is_one;
	const char *task_ids;
	const char *numbers;
	const char *kinds;
	const char *from_states;
	const char *to_states;
	const char *from_assignee_ids;
	const char *to_assignee_ids;
	const char *actor_ids;
	const char *reasons;
};

/* Raises the event's version and writes the transitions with it; it must be the last statement before COMMIT, so that
 * the event's row is locked for as short as can be. expected_version (NULL: none) makes it fail with
 * ERROR_VERSION_MISMATCH if the event has another one. */
void transition_create_queue(struct database *database, const struct uuid *event_id, const char *expected_version,
			     const char *request_id, const struct new_transitions *transitions);

#endif
