/* SQL: the caller's row, which every request reads. */
#ifndef EVENTFLOW_CRUD_CALLER_H
#define EVENTFLOW_CRUD_CALLER_H

#include "core/uuid.h"
#include "db/batch.h"

/* One row for caller_from_row, or none; with what it says of the event, unless event_id is NULL. */
int caller_queue(struct database *database, const struct uuid *user_id, const struct uuid *event_id);

/* The same with the time of the transaction, for one that changes something. */
int caller_queue_with_time(struct database *database, const struct uuid *user_id, const struct uuid *event_id);

/* One row of caller_from_row and the version of the reference data, or none. */
int caller_queue_with_reference_version(struct database *database, const struct uuid *user_id);

#endif
