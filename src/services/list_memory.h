/* What a worker remembers of the lists of an event: finished bodies, each for one version of the event. The caller's
 * row brings the version that holds now, so that nothing stale is ever given. */
#ifndef EVENTFLOW_SERVICES_LIST_MEMORY_H
#define EVENTFLOW_SERVICES_LIST_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/context.h"
#include "services/caller.h"

struct cache_entry;

/* One list that is asked for. Whoever has begun it ends it. */
struct list_memory {
	const char *name; /* the operation, filter, limit and cursor; NULL: this list is not to be remembered */
	struct text key;  /* the name, and whether tasks in TODO are hidden */
	const struct cache_entry *entry; /* what is remembered under the key, of whatever version */
	bool is_spared;                  /* the list was not read: what is remembered holds, or the client has it */
};

/* binding: the operation and its filter, or NULL when the list is not to be remembered, or memory is short. */
void list_memory_begin(struct list_memory *memory, struct context *context, const char *binding, int64_t limit,
		       struct text cursor);

/* Looks up what is remembered for a caller of this authority. */
void list_memory_find(struct list_memory *memory, struct context *context, const struct authority *authority);

/* Whether it is likely enough that the list need not be read to ask the caller's row alone first. */
bool list_memory_promises(const struct list_memory *memory, const struct context *context);

/* Whether, as the caller's row says, the list indeed need not be read. */
bool list_memory_suffices(const struct list_memory *memory, struct context *context, const struct caller *caller);

/* Leaves the finished body in the response, if one is remembered that holds for this version. next_cursor (data == NULL
 * on the last page) lives as long as the request. */
bool list_memory_recall(struct list_memory *memory, struct context *context, int64_t version, struct text *next_cursor);

/* Remembers the finished body that is in the response, as what was read for this version or a later one. */
void list_memory_keep(const struct list_memory *memory, struct context *context, int64_t version,
		      struct text next_cursor);

void list_memory_end(struct list_memory *memory, struct context *context);

#endif
