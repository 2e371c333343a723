/* When the key set of an issuer is fetched, and how long its keys are good. All times are milliseconds of one clock
 * that never goes back; nothing here looks at a clock. */
#ifndef EVENTFLOW_AUTH_JWKS_SCHEDULE_H
#define EVENTFLOW_AUTH_JWKS_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

enum {
	JWKS_LIFETIME = 590 * 1000,   /* then they are fetched again: a key that is gone is refused within 10 minutes */
	JWKS_STALE_MAX = 3600 * 1000, /* so long they are kept when that fails */
	JWKS_REFETCH_INTERVAL = 30 * 1000, /* an unknown `kid` brings no more than one fetch in this time */
	JWKS_RETRY_MIN = 1000, /* the first time that a fetch is tried again while there are no keys at all */
};

struct jwks_schedule {
	int64_t next_fetch;
	int64_t next_refetch; /* the earliest time for a fetch because of an unknown `kid` */
	int64_t keys_end;     /* INT64_MAX: there are none that could end */
	int64_t retry_after;  /* after the next fetch that fails while there are no keys */
	bool is_refetch_wanted;
	bool has_begun; /* a first fetch */
};

/* Due at once, with no keys. */
void jwks_schedule_init(struct jwks_schedule *schedule);

/* The next time at which there is something to do: a fetch, or the end of the keys. */
int64_t jwks_schedule_next(const struct jwks_schedule *schedule);

bool jwks_schedule_fetch_is_due(const struct jwks_schedule *schedule, int64_t now);

bool jwks_schedule_keys_have_ended(const struct jwks_schedule *schedule, int64_t now);

/* A fetch begins: it serves every wish so far. */
void jwks_schedule_began(struct jwks_schedule *schedule, int64_t now);

/* The fetch that began at that time has brought keys (or the news that there are none). */
void jwks_schedule_succeeded(struct jwks_schedule *schedule, int64_t began_at);

void jwks_schedule_failed(struct jwks_schedule *schedule, int64_t now);

/* Somebody showed an unknown `kid`. */
void jwks_schedule_want(struct jwks_schedule *schedule);

/* The keys are gone, by their age or by order, and a fetch is due at once. */
void jwks_schedule_drop(struct jwks_schedule *schedule);

#endif
