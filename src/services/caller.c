#include "services/caller.h"

#include <string.h>

#include "cache/cache.h"
#include "crud/caller.h"
#include "services/list_memory.h"

enum { LIST_ATTEMPTS_MAX = 3 };

enum error caller_admit(struct context *context, const struct row *row, const struct caller *caller)
{
	if (row->failed)
		return context_fail(context, ERROR_INTERNAL, NULL);
	context->user_id = caller->id;
	return caller->is_active ? ERROR_NONE : context_fail(context, ERROR_PROFILE_INACTIVE, NULL);
}

/* Leaves the row at what was read together with the caller. */
static enum error take_row(struct context *context, int result, struct row *row, struct caller *caller)
{
	struct rows rows = batch_rows(context->database, result);
	if (rows.count == 0)
		return context_fail(context, ERROR_PROFILE_NOT_FOUND, NULL);
	*row = row_of(rows, 0);
	*caller = caller_from_row(row, &context->subject);
	return ERROR_NONE;
}

enum error caller_take(struct context *context, int result, struct caller *caller)
{
	struct row row;
	enum error error = take_row(context, result, &row, caller);
	if (error != ERROR_NONE)
		return error;
	caller_complete(&row, caller);
	return caller_admit(context, &row, caller);
}

enum error caller_read(struct context *context, const struct uuid *event_id, struct caller *caller)
{
	int result = caller_queue(context->database, &context->subject, event_id);
	enum error error = batch_run(context->database);
	if (error != ERROR_NONE)
		return context_fail(context, error, NULL);
	return caller_take(context, result, caller);
}

enum error caller_read_with_reference_version(struct context *context, struct caller *caller, int64_t *version)
{
	struct row row;
	int result = caller_queue_with_reference_version(context->database, &context->subject);
	enum error error = batch_run(context->database);
	if (error != ERROR_NONE)
		return context_fail(context, error, NULL);
	error = take_row(context, result, &row, caller);
	if (error != ERROR_NONE)
		return error;
	*version = row_integer(&row);
	return caller_admit(context, &row, caller);
}

static struct authority authority_of(const struct caller *caller)
{
	struct authority authority;
	memset(&authority, 0, sizeof(authority)); /* padding too: authorities are compared as bytes */
	authority.is_admin = caller->rights.is_admin;
	authority.is_customer = caller->rights.is_customer;
	authority.takes = authorization_takes(&caller->rights);
	authority.user_type_id = caller->rights.user_type_id;
	return authority;
}

static bool authority_recall(struct context *context, struct authority *authority)
{
	struct text key = text_from_string(context->subject.text);
	const struct cache_entry *entry = cache_acquire(context->application->authorities, key, 0);
	if (!entry)
		return false;
	memcpy(authority, entry->value.data, sizeof(*authority));
	cache_release(context->application->authorities, entry);
	return true;
}

static void authority_remember(struct context *context, const struct authority *authority)
{
	cache_store(context->application->authorities, text_from_string(context->subject.text), 0,
		    (struct text){(const char *)authority, sizeof(*authority)});
}

/* Reads the caller and, unless it is spared, the list for what the caller is expected to be. */
static enum error read_once(struct context *context, const struct uuid *event_id, list_queue queue, void *list,
			    const struct authority *expected, struct caller *caller)
{
	int result = caller_queue(context->database, &context->subject, event_id);
	if (expected)
		queue(context, expected, list);
	enum error error = batch_run(context->database);
	if (error != ERROR_NONE)
		return context_fail(context, error, NULL);
	return caller_take(context, result, caller);
}

enum error caller_read_with_list(struct context *context, const struct uuid *event_id, list_queue queue, void *list,
				 struct list_memory *memory, struct caller *caller)
{
	struct authority expected;
	bool expects = authority_recall(context, &expected);
	for (int attempt = 0; attempt < LIST_ATTEMPTS_MAX; attempt++) {
		if (memory && expects)
			list_memory_find(memory, context, &expected);
		bool is_spared = attempt == 0 && memory && expects && list_memory_promises(memory, context);
		enum error error =
		    read_once(context, event_id, queue, list, expects && !is_spared ? &expected : NULL, caller);
		if (error != ERROR_NONE)
			return error;
		struct authority actual = authority_of(caller);
		bool is_expected = expects && memcmp(&expected, &actual, sizeof(actual)) == 0;
		if (is_expected && is_spared)
			memory->is_spared = list_memory_suffices(memory, context, caller);
		if (is_expected && (!is_spared || memory->is_spared))
			return ERROR_NONE;
		if (!is_expected)
			authority_remember(context, &actual);
		expected = actual;
		expects = true;
	}
	return context_fail(context, ERROR_DATABASE_BUSY, NULL);
}

enum error caller_require_event(struct context *context, const struct caller *caller, enum event_named named,
				const struct uuid *event_id)
{
	enum error error = authorize_event(caller, named);
	return error == ERROR_NONE ? ERROR_NONE : context_fail(context, error, event_id->text);
}

enum error caller_require_permission(struct context *context, const struct caller *caller, enum permission permission)
{
	enum error error = authorize_permission(caller, permission);
	return error == ERROR_NONE ? ERROR_NONE : context_fail(context, error, permission_names[permission]);
}
