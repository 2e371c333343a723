#include "models/caller.h"

struct caller caller_from_row(struct row *row)
{
	struct caller caller = {0};
	caller.user = user_from_row(row);
	caller.type = user_type_from_row(row);
	caller.reference_version = row_integer(row);
	caller.event_exists = !row_is_null(row);
	if (caller.event_exists)
		caller.event_version = row_integer(row);
	else
		row->column++;
	caller.is_member = row_boolean(row);
	return caller;
}
