/* One committed change of an event: the transitions that tell of it, the raised version, and COMMIT, in one batch. */
#ifndef EVENTFLOW_SERVICES_CHANGE_H
#define EVENTFLOW_SERVICES_CHANGE_H

#include "core/context.h"
#include "core/error.h"
#include "db/array.h"
#include "models/task.h"
#include "services/transaction.h"

enum transition_kind { TRANSITION_CREATED, TRANSITION_STATE, TRANSITION_ASSIGNEE };

/* What one transition tells; what it points to must stay as it is until change_commit. */
struct change_entry {
	const struct uuid *task_id;
	int64_t number;
	enum transition_kind kind;
	enum task_state from_state; /* TASK_STATE__MAX: none (created) */
	enum task_state to_state;
	const struct uuid *from_assignee_id; /* NULL: nobody, or not what this transition tells of */
	const struct uuid *to_assignee_id;
	const struct uuid *actor_id; /* NULL: the engine */
	struct text reason;          /* data == NULL: none */
};

struct change {
	struct transaction *transaction;
	const struct uuid *event_id;
	const char *expected_version;
	const struct uuid *held_id; /* by proof_hold_queue, for a change that makes its tasks; NULL: none */
	int count;
	struct change_entry first; /* it proves all of them */
	/* all of them, once there is a second one */
	struct array *task_ids;
	struct array *numbers;
	struct array *kinds;
	struct array *from_states;
	struct array *to_states;
	struct array *from_assignee_ids;
	struct array *to_assignee_ids;
	struct array *actor_ids;
	struct array *reasons;
};

/* expected_version as in event_version_expected. */
void change_begin(struct change *change, struct transaction *transaction, const struct uuid *event_id,
		  const char *expected_version);
void change_add(struct change *change, const struct change_entry *entry);

/* Writes the answer from result, and runs what was queued before, then the event's new version with the transitions,
 * then COMMIT, in one round trip. ERROR_NONE means that it is committed. There must be a transition. */
enum error change_commit(struct change *change, const void *result);

#endif
