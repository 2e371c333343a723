#include "services/change.h"

#include <inttypes.h>

#include "crud/transition.h"

static const char *const kind_names[] = {"created", "state", "assignee"};

void change_begin(struct change *change, struct transaction *transaction, const struct uuid *event_id,
		  const char *expected_version)
{
	struct arena *arena = transaction->context->arena;
	*change = (struct change){
	    .transaction = transaction,
	    .event_id = event_id,
	    .expected_version = expected_version,
	    .task_ids = array_new(arena),
	    .numbers = array_new(arena),
	    .kinds = array_new(arena),
	    .from_states = array_new(arena),
	    .to_states = array_new(arena),
	    .from_assignee_ids = array_new(arena),
	    .to_assignee_ids = array_new(arena),
	    .actor_ids = array_new(arena),
	    .reasons = array_new(arena),
	};
}

static void add_uuid(struct array *array, const struct uuid *uuid)
{
	array_add_text(array, uuid ? text_from_string(uuid->text) : (struct text){0});
}

static void add_state(struct array *array, enum task_state state)
{
	array_add_text(array, text_from_string(state == TASK_STATE__MAX ? NULL : task_state_names[state]));
}

void change_add(struct change *change, const struct change_entry *entry)
{
	if (!change->first_task_id) {
		change->first_task_id = entry->task_id;
		change->first_number = entry->number;
	}
	add_uuid(change->task_ids, entry->task_id);
	array_add_integer(change->numbers, entry->number);
	array_add_text(change->kinds, text_from_string(kind_names[entry->kind]));
	add_state(change->from_states, entry->from_state);
	add_state(change->to_states, entry->to_state);
	add_uuid(change->from_assignee_ids, entry->from_assignee_id);
	add_uuid(change->to_assignee_ids, entry->to_assignee_id);
	add_uuid(change->actor_ids, entry->actor_id);
	array_add_text(change->reasons, entry->reason);
}

/* An array without a literal was cut short by the arena's end. */
static bool are_whole(const struct new_transitions *transitions)
{
	return transitions->task_ids && transitions->numbers && transitions->kinds && transitions->from_states &&
	       transitions->to_states && transitions->from_assignee_ids && transitions->to_assignee_ids &&
	       transitions->actor_ids && transitions->reasons;
}

/* The raised version and the transitions, as the last statement before COMMIT. */
static enum error queue_transitions(struct change *change)
{
	struct context *context = change->transaction->context;
	struct new_transitions transitions = {
	    .task_ids = array_literal(change->task_ids),
	    .numbers = array_literal(change->numbers),
	    .kinds = array_literal(change->kinds),
	    .from_states = array_literal(change->from_states),
	    .to_states = array_literal(change->to_states),
	    .from_assignee_ids = array_literal(change->from_assignee_ids),
	    .to_assignee_ids = array_literal(change->to_assignee_ids),
	    .actor_ids = array_literal(change->actor_ids),
	    .reasons = array_literal(change->reasons),
	};
	if (!are_whole(&transitions))
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	transition_create_queue(context->database, change->event_id, change->expected_version,
				context->response->request_id, &transitions);
	return ERROR_NONE;
}

enum error change_commit(struct change *change, const void *result)
{
	struct context *context = change->transaction->context;
	struct proof proof = {PROOF_TRANSITION,
			      {change->event_id->text, change->first_task_id->text,
			       arena_format(context->arena, "%" PRId64, change->first_number),
			       change->transaction->time},
			      change->held_id ? change->held_id->text : NULL,
			      false};
	if (!proof.key[2])
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	enum error error = transaction_answer(change->transaction, result);
	if (error == ERROR_NONE)
		error = queue_transitions(change);
	return error == ERROR_NONE ? transaction_commit(change->transaction, &proof) : error;
}
