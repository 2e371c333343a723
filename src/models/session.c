#include "models/session.h"

struct session session_from_row(struct row *row)
{
	struct session session;
	session.id = row_uuid(row);
	session.began_at = row_integer(row);
	session.is_spent = row_boolean(row);
	session.is_expired = row_boolean(row);
	session.user = user_from_row(row);
	return session;
}
