#include "models/caller.h"

enum { EVENT_COLUMNS = 2 };

static void read_event(struct row *row, struct caller *caller)
{
	caller->event_exists = !row_is_null(row);
	if (caller->event_exists)
		caller->event_version = row_integer(row);
	else
		row->column++;
	caller->is_member = row_boolean(row);
}

struct caller caller_from_row(struct row *row, const struct uuid *id)
{
	struct caller caller = {.id = *id};
	caller.is_active = row_boolean(row);
	caller.rights = rights_from_row(row);
	return caller;
}

void caller_complete(struct row *row, struct caller *caller)
{
	int columns = PQnfields(row->result);
	if (columns - row->column >= EVENT_COLUMNS)
		read_event(row, caller);
	if (row->column < columns)
		caller->read_at = row_text(row).data;
}
