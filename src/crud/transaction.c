#include "crud/transaction.h"

#include <stddef.h>

static const struct statement transaction_time = {"transaction_time", "SELECT now()", 0};

int transaction_time_queue(struct database *database)
{
	return batch_add(database, &transaction_time, NULL);
}
