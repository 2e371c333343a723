/* SQL: the members of events. */
#ifndef EVENTFLOW_CRUD_MEMBER_H
#define EVENTFLOW_CRUD_MEMBER_H

#include "core/uuid.h"
#include "db/batch.h"
#include "models/page.h"

/* Rows of MEMBER_COLUMNS. */
int member_list_queue(struct database *database, const struct uuid *event_id, const struct page *page);

/* The user's memberships: rows of (event id, event name, created_at). */
int membership_list_queue(struct database *database, const struct uuid *user_id);

#endif
