#include "services/health.h"

#include "auth/keys.h"
#include "core/schema_version.h"
#include "crud/reference.h"

static enum error fail_version(struct context *context, int64_t version)
{
	if (version == 0)
		return context_fail(context, ERROR_NOT_READY, "the database has no schema version");
	return context_fail_format(context, ERROR_NOT_READY, "the database has schema version %lld, and %d is needed",
				   (long long)version, SCHEMA_VERSION);
}

enum error health_check(struct context *context)
{
	if (!keys_are_ready(context->application->keys))
		return context_fail(context, ERROR_NOT_READY, "no key to verify tokens with");
	int result = schema_version_queue(context->database);
	enum error error = batch_run(context->database);
	if (error == ERROR_SCHEMA_MISMATCH)
		return fail_version(context, batch_schema_version(context->database));
	if (error != ERROR_NONE)
		return context_fail(context, error, NULL);
	struct rows rows = batch_rows(context->database, result);
	struct row row = row_of(rows, 0);
	int64_t version = rows.count == 1 ? row_integer(&row) : 0;
	if (row.failed)
		return context_fail(context, ERROR_INTERNAL, NULL);
	return version == SCHEMA_VERSION ? ERROR_NONE : fail_version(context, version);
}
