/* SQL: events. */
#ifndef EVENTFLOW_CRUD_EVENT_H
#define EVENTFLOW_CRUD_EVENT_H

#include "core/uuid.h"
#include "db/batch.h"
#include "models/page.h"

/* Rows of EVENT_COLUMNS: the events of which the user is a member; all of them for NULL. */
int event_list_queue(struct database *database, const struct uuid *member_id, const struct page *page);

#endif
