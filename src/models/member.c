#include "models/member.h"

#include "models/timestamp.h"

struct member member_from_row(struct row *row)
{
	struct member member;
	member.event_id = row_uuid(row);
	member.created_at = row_text(row);
	member.user = user_from_row(row);
	return member;
}

void member_write(struct json_writer *json, const struct member *member)
{
	json_begin_object(json);
	json_name(json, "id"); /* within its event a membership is known by its user */
	json_string(json, member->user.id.text);
	json_name(json, "event_id");
	json_string(json, member->event_id.text);
	json_name(json, "user_id");
	json_string(json, member->user.id.text);
	timestamp_write(json, "created_at", member->created_at);
	json_name(json, "user");
	user_write(json, &member->user);
	json_end_object(json);
}
