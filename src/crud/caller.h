/* SQL: the caller's row, which every request reads. */
#ifndef EVENTFLOW_CRUD_CALLER_H
#define EVENTFLOW_CRUD_CALLER_H

#include "core/uuid.h"
#include "db/batch.h"

/* One row of CALLER_COLUMNS, and of CALLER_EVENT_COLUMNS unless event_id is NULL; or none. */
int caller_queue(struct database *database, const struct uuid *user_id, const struct uuid *event_id);

#endif
