#include "crud/event.h"

#include <stddef.h>

#include "models/event.h"

#define EVENT_PAGE \
	" AND (e.created_at, e.id) > ($2::timestamptz, $3::uuid) ORDER BY e.created_at, e.id LIMIT $4::bigint"

static const struct statement event_list_all = {
    "event_list_all",
    "SELECT " EVENT_COLUMNS " FROM eventflow.events e WHERE $1::uuid IS NULL" EVENT_PAGE,
    4,
};

static const struct statement event_list_memberships = {
    "event_list_memberships",
    "SELECT " EVENT_COLUMNS " FROM eventflow.event_members m JOIN eventflow.events e ON e.id = m.event_id"
    " WHERE m.user_id = $1::uuid" EVENT_PAGE,
    4,
};

int event_list_queue(struct database *database, const struct uuid *member_id, const struct page *page)
{
	const char *parameters[] = {member_id ? member_id->text : NULL, page->created_at, page->id, page->fetch};
	return batch_add(database, member_id ? &event_list_memberships : &event_list_all, parameters);
}
