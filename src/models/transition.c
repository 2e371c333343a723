#include "models/transition.h"

#include "models/timestamp.h"

struct transition transition_from_row(struct row *row)
{
	struct transition transition;
	transition.number = row_integer(row);
	transition.kind = row_text(row);
	transition.from_state = row_text(row);
	transition.to_state = row_text(row);
	transition.from_assignee_id = row_text(row);
	transition.to_assignee_id = row_text(row);
	transition.actor_id = row_text(row);
	transition.reason = row_text(row);
	transition.request_id = row_text(row);
	transition.event_version = row_integer(row);
	transition.created_at = row_text(row);
	return transition;
}

void transition_write(struct json_writer *json, const struct transition *transition)
{
	json_begin_object(json);
	json_name(json, "number");
	json_integer(json, transition->number);
	json_name(json, "kind");
	json_text(json, transition->kind);
	json_name(json, "from_state");
	json_text(json, transition->from_state);
	json_name(json, "to_state");
	json_text(json, transition->to_state);
	json_name(json, "from_assignee_id");
	json_text(json, transition->from_assignee_id);
	json_name(json, "to_assignee_id");
	json_text(json, transition->to_assignee_id);
	json_name(json, "actor_id");
	json_text(json, transition->actor_id);
	json_name(json, "reason");
	json_text(json, transition->reason);
	json_name(json, "request_id");
	json_text(json, transition->request_id);
	json_name(json, "event_version");
	json_integer(json, transition->event_version);
	timestamp_write(json, "created_at", transition->created_at);
	json_end_object(json);
}
