#include "services/health.h"

#include "auth/keys.h"
#include "core/schema_version.h"
#include "crud/reference.h"

enum error health_check(struct context *context)
{
	if (!keys_are_ready(context->application->keys))
		return context_fail(context, ERROR_NOT_READY, "no key to verify tokens with");
	int result = schema_version_queue(context->database);
	enum error error = batch_run(context->database);
	if (error != ERROR_NONE)
		return context_fail(context, error, NULL);
	struct rows rows = batch_rows(context->database, result);
	if (rows.count != 1)
		return context_fail(context, ERROR_NOT_READY, "the database has no schema version");
	struct row row = row_of(rows, 0);
	int64_t version = row_integer(&row);
	if (row.failed || version != SCHEMA_VERSION)
		return context_fail_format(context, ERROR_NOT_READY,
					   "the database has schema version %lld, and %d is needed", (long long)version,
					   SCHEMA_VERSION);
	return ERROR_NONE;
}
