#include "auth/jwks_schedule.h"

static const int64_t NEVER = INT64_MAX;

void jwks_schedule_init(struct jwks_schedule *schedule)
{
	*schedule = (struct jwks_schedule){.next_refetch = INT64_MIN};
	jwks_schedule_drop(schedule);
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t fetch_time(const struct jwks_schedule *schedule)
{
	return earlier(schedule->next_fetch, schedule->is_refetch_wanted ? schedule->next_refetch : NEVER);
}

int64_t jwks_schedule_next(const struct jwks_schedule *schedule)
{
	return earlier(fetch_time(schedule), schedule->keys_end);
}

bool jwks_schedule_fetch_is_due(const struct jwks_schedule *schedule, int64_t now)
{
	return now >= fetch_time(schedule);
}

bool jwks_schedule_keys_have_ended(const struct jwks_schedule *schedule, int64_t now)
{
	return now >= schedule->keys_end;
}

/* The very first fetch leaves the one for an unknown `kid` free: a key that is new since the start is found at once. */
void jwks_schedule_began(struct jwks_schedule *schedule, int64_t now)
{
	if (schedule->has_begun)
		schedule->next_refetch = now + JWKS_REFETCH_INTERVAL;
	schedule->has_begun = true;
	schedule->is_refetch_wanted = false;
}

/* The keys are as old as the question. */
void jwks_schedule_succeeded(struct jwks_schedule *schedule, int64_t began_at)
{
	schedule->next_fetch = began_at + JWKS_LIFETIME;
	schedule->keys_end = began_at + JWKS_STALE_MAX;
	schedule->retry_after = JWKS_RETRY_MIN;
}

/* Without keys nobody is served, so it is tried again sooner at first. */
void jwks_schedule_failed(struct jwks_schedule *schedule, int64_t now)
{
	if (schedule->keys_end == NEVER) {
		schedule->next_fetch = now + schedule->retry_after;
		schedule->retry_after = earlier(2 * schedule->retry_after, JWKS_REFETCH_INTERVAL);
	} else {
		schedule->next_fetch = now + JWKS_REFETCH_INTERVAL;
	}
}

void jwks_schedule_want(struct jwks_schedule *schedule)
{
	schedule->is_refetch_wanted = true;
}

void jwks_schedule_drop(struct jwks_schedule *schedule)
{
	schedule->next_fetch = INT64_MIN;
	schedule->keys_end = NEVER;
	schedule->retry_after = JWKS_RETRY_MIN;
}
