#include "crud/transition.h"

#include "models/transition.h"

static const struct statement transition_list = {
    "transition_list",
    "SELECT " TRANSITION_COLUMNS " FROM eventflow.tasks t"
    " JOIN eventflow.task_transitions a ON a.event_id = t.event_id AND a.task_id = t.id"
    " WHERE t.id = $1::uuid AND t.deleted_at IS NULL AND a.number > $2::integer ORDER BY a.number LIMIT $3::bigint",
    3,
};

int transition_list_queue(struct database *database, const struct uuid *task_id, const struct page *page)
{
	const char *parameters[] = {task_id->text, page->number, page->fetch};
	return batch_add(database, &transition_list, parameters);
}

#define TRANSITION_CREATE(transitions)                                                                                  \
	"WITH event AS (UPDATE eventflow.events SET version = version + 1, updated_at = now() WHERE id = $1::uuid"      \
	" AND ($2::bigint IS NULL OR eventflow.require_event_version(version, $2::bigint) IS NOT NULL) RETURNING"       \
	" version) INSERT INTO eventflow.task_transitions (event_id, event_version, request_id, task_id, number, kind," \
	" from_state, to_state, from_assignee_id, to_assignee_id, actor_id, reason)"                                    \
	" SELECT $1::uuid, event.version, $3, " transitions

/* Arrays cost as much as all the rest of the row. */
static const struct statement transition_create_one = {
    "transition_create_one",
    TRANSITION_CREATE("$4::uuid, $5::integer, $6, $7, $8, $9::uuid, $10::uuid, $11::uuid, $12 FROM event"),
    12,
};

static const struct statement transition_create = {
    "transition_create",
    TRANSITION_CREATE("n.* FROM event, unnest($4::uuid[], $5::integer[], $6::text[], $7::text[], $8::text[],"
		      " $9::uuid[], $10::uuid[], $11::uuid[], $12::text[]) AS n"),
    12,
};

void transition_create_queue(struct database *database, const struct uuid *event_id, const char *expected_version,
			     const char *request_id, const struct new_transitions *transitions)
{
	const char *parameters[] = {
	    event_id->text,
	    expected_version,
	    request_id,
	    transitions->task_ids,
	    transitions->numbers,
	    transitions->kinds,
	    transitions->from_states,
	    transitions->to_states,
	    transitions->from_assignee_ids,
	    transitions->to_assignee_ids,
	    transitions->actor_ids,
	    transitions->reasons,
	};
	batch_add(database, transitions->is_one ? &transition_create_one : &transition_create, parameters);
}
