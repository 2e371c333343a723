#include "services/change.h"

#include "crud/transition.h"

static const char *const kind_names[] = {"created", "state", "assignee"};

void change_begin(struct change *change, struct transaction *transaction, const struct uuid *event_id,
		  const char *expected_version)
{
	*change =
	    (struct change){.transaction = transaction, .event_id = event_id, .expected_version = expected_version};
}

static const char *state_name(enum task_state state)
{
	return state == TASK_STATE__MAX ? NULL : task_state_names[state];
}

static void make_arrays(struct change *change)
{
	struct arena *arena = change->transaction->context->arena;
	change->task_ids = array_new(arena);
	change->numbers = array_new(arena);
	change->kinds = array_new(arena);
	change->from_states = array_new(arena);
	change->to_states = array_new(arena);
	change->from_assignee_ids = array_new(arena);
	change->to_assignee_ids = array_new(arena);
	change->actor_ids = array_new(arena);
	change->reasons = array_new(arena);
}

static void add_uuid(struct array *array, const struct uuid *uuid)
{
	array_add_text(array, uuid ? text_from_string(uuid->text) : (struct text){0});
}

static void add_to_arrays(struct change *change, const struct change_entry *entry)
{
	add_uuid(change->task_ids, entry->task_id);
	array_add_integer(change->numbers, entry->number);
	array_add_text(change->kinds, text_from_string(kind_names[entry->kind]));
	array_add_text(change->from_states, text_from_string(state_name(entry->from_state)));
	array_add_text(change->to_states, text_from_string(state_name(entry->to_state)));
	add_uuid(change->from_assignee_ids, entry->from_assignee_id);
	add_uuid(change->to_assignee_ids, entry->to_assignee_id);
	add_uuid(change->actor_ids, entry->actor_id);
	array_add_text(change->reasons, entry->reason);
}

void change_add(struct change *change, const struct change_entry *entry)
{
	change->count++;
	if (change->count == 1) {
		change->first = *entry;
		return;
	}
	if (change->count == 2) {
		make_arrays(change);
		add_to_arrays(change, &change->first);
	}
	add_to_arrays(change, entry);
}

static const char *uuid_text(const struct uuid *uuid)
{
	return uuid ? uuid->text : NULL;
}

/* False when memory is short, as below. */
static bool describe_one(struct arena *arena, const struct change_entry *entry, struct new_transitions *transitions)
{
	*transitions = (struct new_transitions){
	    .is_one = true,
	    .task_ids = entry->task_id->text,
	    .numbers = arena_integer(arena, entry->number).data,
	    .kinds = kind_names[entry->kind],
	    .from_states = state_name(entry->from_state),
	    .to_states = state_name(entry->to_state),
	    .from_assignee_ids = uuid_text(entry->from_assignee_id),
	    .to_assignee_ids = uuid_text(entry->to_assignee_id),
	    .actor_ids = uuid_text(entry->actor_id),
	    .reasons = entry->reason.data ? arena_copy(arena, entry->reason) : NULL,
	};
	return transitions->numbers && (transitions->reasons || !entry->reason.data);
}

/* An array without a literal was cut short by the arena's end. */
static bool describe_many(const struct change *change, struct new_transitions *transitions)
{
	*transitions = (struct new_transitions){
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
	return transitions->task_ids && transitions->numbers && transitions->kinds && transitions->from_states &&
	       transitions->to_states && transitions->from_assignee_ids && transitions->to_assignee_ids &&
	       transitions->actor_ids && transitions->reasons;
}

/* The raised version and the transitions, as the last statement before COMMIT. */
static enum error queue_transitions(struct change *change)
{
	struct context *context = change->transaction->context;
	struct new_transitions transitions;
	bool is_whole = change->count == 1 ? describe_one(context->arena, &change->first, &transitions)
					   : describe_many(change, &transitions);
	if (!is_whole)
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	transition_create_queue(context->database, change->event_id, change->expected_version,
				context->response->request_id, &transitions);
	return ERROR_NONE;
}

enum error change_commit(struct change *change, const void *result)
{
	struct context *context = change->transaction->context;
	struct proof proof = {PROOF_TRANSITION,
			      {change->event_id->text, change->first.task_id->text,
			       arena_integer(context->arena, change->first.number).data, change->transaction->time},
			      change->held_id ? change->held_id->text : NULL,
			      false};
	if (!proof.key[2])
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	enum error error = transaction_answer(change->transaction, result);
	if (error == ERROR_NONE)
		error = queue_transitions(change);
	return error == ERROR_NONE ? transaction_commit(change->transaction, &proof) : error;
}
