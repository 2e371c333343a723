/* A row of a result and its columns, read in order: what a model is made of. Texts live until the request ends. */
#ifndef EVENTFLOW_DB_ROW_H
#define EVENTFLOW_DB_ROW_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/text.h"
#include "core/uuid.h"

struct rows {
	const PGresult *result;
	int count;
};

/* Each row_* function below takes the next column. A column of another type than the statement promises is a fault of
 * ours; the row then says failed, and the value is zero. */
struct row {
	const PGresult *result;
	int number;
	int column;
	bool failed;
};

struct row row_of(struct rows rows, int number);

/* data == NULL for SQL's NULL; NUL-terminated otherwise. */
struct text row_text(struct row *row);
struct uuid row_uuid(struct row *row);
struct optional_uuid row_optional_uuid(struct row *row);
int64_t row_integer(struct row *row);
bool row_boolean(struct row *row);
bool row_is_null(const struct row *row);

#endif
