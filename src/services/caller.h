/* The caller's row of each request: who it is, and what was read together with it. */
#ifndef EVENTFLOW_SERVICES_CALLER_H
#define EVENTFLOW_SERVICES_CALLER_H

#include "core/context.h"
#include "core/error.h"
#include "models/caller.h"
#include "services/authorization.h"

/* Refuses a caller who is not active (401), or was not read from the row as it was promised. */
enum error caller_admit(struct context *context, const struct row *row, const struct caller *caller);

/* Takes the caller from a result of caller_queue; refuses one without a profile or with an inactive one (401). */
enum error caller_take(struct context *context, int result, struct caller *caller);

/* Reads the caller alone, in one round trip. event_id may be NULL. */
enum error caller_read(struct context *context, const struct uuid *event_id, struct caller *caller);

/* Reads the caller and the version of the reference data. */
enum error caller_read_with_reference_version(struct context *context, struct caller *caller, int64_t *version);

/* What a list's statements depend on. */
struct authority {
	bool is_admin;
	bool is_customer;
	bool takes;
	struct uuid user_type_id;
};

/* Queues the statements of a list for a caller of this authority. */
typedef void (*list_queue)(struct context *context, const struct authority *authority, void *list);

struct list_memory;

/* Reads the caller and, in the same round trip, a list whose statements depend on what the caller is. The worker
 * remembers what each caller was last seen to be and queues for that; the caller's row, read in the same batch,
 * confirms it, or the list is read again for what the row says. So the answer is always for the authority that the
 * tables hold. event_id may be NULL. A list that is likely to be remembered (memory; NULL: never) is only read if the
 * caller's row says that it is not: memory->is_spared tells. */
enum error caller_read_with_list(struct context *context, const struct uuid *event_id, list_queue queue, void *list,
				 struct list_memory *memory, struct caller *caller);

/* The three questions as answers: records what refuses, with its subject. */
enum error caller_require_event(struct context *context, const struct caller *caller, enum event_named named,
				const struct uuid *event_id);
enum error caller_require_permission(struct context *context, const struct caller *caller, enum permission permission);

#endif
