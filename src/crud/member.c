#include "crud/member.h"

#include "models/member.h"

static const struct statement member_list = {
    "member_list",
    "SELECT " MEMBER_COLUMNS " FROM eventflow.event_members m JOIN eventflow.users u ON u.id = m.user_id"
    " WHERE m.event_id = $1::uuid AND (m.created_at, m.user_id) > ($2::timestamptz, $3::uuid)"
    " ORDER BY m.created_at, m.user_id LIMIT $4::bigint",
    4,
};

int member_list_queue(struct database *database, const struct uuid *event_id, const struct page *page)
{
	const char *parameters[] = {event_id->text, page->created_at, page->id, page->fetch};
	return batch_add(database, &member_list, parameters);
}

static const struct statement membership_list = {
    "membership_list",
    "SELECT m.event_id, e.name, m.created_at FROM eventflow.event_members m"
    " JOIN eventflow.events e ON e.id = m.event_id WHERE m.user_id = $1::uuid ORDER BY m.created_at, m.event_id",
    1,
};

int membership_list_queue(struct database *database, const struct uuid *user_id)
{
	const char *parameters[] = {user_id->text};
	return batch_add(database, &membership_list, parameters);
}
