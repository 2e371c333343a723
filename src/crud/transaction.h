/* SQL: the time of a transaction. */
#ifndef EVENTFLOW_CRUD_TRANSACTION_H
#define EVENTFLOW_CRUD_TRANSACTION_H

#include "db/batch.h"

/* One row of the transaction's time, which is that of all that it writes. */
int transaction_time_queue(struct database *database);

#endif
