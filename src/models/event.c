#include "models/event.h"

#include "models/timestamp.h"

struct event event_from_row(struct row *row)
{
	struct event event;
	event.id = row_uuid(row);
	event.name = row_text(row);
	event.description = row_text(row);
	event.version = row_integer(row);
	event.created_at = row_text(row);
	event.updated_at = row_text(row);
	return event;
}

void event_write(struct json_writer *json, const struct event *event)
{
	json_begin_object(json);
	json_name(json, "id");
	json_string(json, event->id.text);
	json_name(json, "name");
	json_text(json, event->name);
	json_name(json, "description");
	json_text(json, event->description);
	json_name(json, "version");
	json_integer(json, event->version);
	timestamp_write(json, "created_at", event->created_at);
	timestamp_write(json, "updated_at", event->updated_at);
	json_end_object(json);
}
