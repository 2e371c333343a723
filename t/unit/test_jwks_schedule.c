/* auth/jwks_schedule: when keys are fetched and when they end, over hours that nobody waits for. */
#include <criterion/criterion.h>

#include "auth/jwks_schedule.h"

enum { SECOND = 1000, START = 5000 * SECOND };

static struct jwks_schedule schedule;

static void prepare(void)
{
	jwks_schedule_init(&schedule);
}

TestSuite(jwks_schedule, .init = prepare);

static void succeed_at(int64_t now)
{
	cr_assert(jwks_schedule_fetch_is_due(&schedule, now), "due at %lld", (long long)now);
	jwks_schedule_began(&schedule, now);
	jwks_schedule_succeeded(&schedule, now);
}

static void fail_at(int64_t now)
{
	cr_assert(jwks_schedule_fetch_is_due(&schedule, now), "due at %lld", (long long)now);
	jwks_schedule_began(&schedule, now);
	jwks_schedule_failed(&schedule, now);
}

/* Nothing is to be done a moment before. */
static void expect_next(int64_t expected)
{
	cr_expect_eq(jwks_schedule_next(&schedule), expected, "next: %lld", (long long)jwks_schedule_next(&schedule));
	cr_expect_not(jwks_schedule_fetch_is_due(&schedule, expected - 1), "not yet");
}

Test(jwks_schedule, begins_at_once)
{
	cr_expect(jwks_schedule_fetch_is_due(&schedule, START), "due");
	cr_expect_not(jwks_schedule_keys_have_ended(&schedule, INT64_MAX - 1), "there are no keys");
}

Test(jwks_schedule, fetches_again_within_ten_minutes)
{
	for (int64_t now = START; now < START + 6000 * SECOND; now += 590 * SECOND) {
		succeed_at(now);
		expect_next(now + 590 * SECOND);
	}
}

Test(jwks_schedule, without_keys_it_tries_again_sooner_at_first)
{
	static const int pauses[] = {1, 2, 4, 8, 16, 30, 30, 30};
	int64_t now = START;
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < sizeof(pauses) / sizeof(*pauses); i++) {
			fail_at(now);
			now += pauses[i] * SECOND;
			expect_next(now);
		}
		succeed_at(now);
		jwks_schedule_drop(&schedule); /* and all over again */
	}
}

Test(jwks_schedule, keys_are_kept_for_an_hour)
{
	succeed_at(START);
	int64_t now = START + 590 * SECOND;
	for (; now < START + 3600 * SECOND; now += 30 * SECOND) {
		cr_expect_not(jwks_schedule_keys_have_ended(&schedule, now), "kept");
		fail_at(now);
	}
	expect_next(START + 3600 * SECOND);
	cr_expect_not(jwks_schedule_keys_have_ended(&schedule, START + 3600 * SECOND - 1), "kept");
	cr_expect(jwks_schedule_keys_have_ended(&schedule, START + 3600 * SECOND), "ended");
	jwks_schedule_drop(&schedule);
	cr_expect_not(jwks_schedule_keys_have_ended(&schedule, INT64_MAX - 1), "only once");
	cr_expect(jwks_schedule_fetch_is_due(&schedule, START + 3600 * SECOND), "and is asked for at once");
}

Test(jwks_schedule, a_success_gives_another_hour)
{
	succeed_at(START);
	fail_at(START + 590 * SECOND);
	succeed_at(START + 620 * SECOND);
	cr_expect_not(jwks_schedule_keys_have_ended(&schedule, START + 4219 * SECOND), "kept");
	cr_expect(jwks_schedule_keys_have_ended(&schedule, START + 4220 * SECOND), "ended");
}

Test(jwks_schedule, an_unknown_kid_brings_one_fetch_in_half_a_minute)
{
	succeed_at(START);
	jwks_schedule_want(&schedule);
	succeed_at(START + 1 * SECOND);
	for (int i = 0; i < 100; i++)
		jwks_schedule_want(&schedule);
	expect_next(START + 31 * SECOND);
	fail_at(START + 31 * SECOND);
	jwks_schedule_want(&schedule);
	expect_next(START + 61 * SECOND); /* with the one that the failure brings */
	succeed_at(START + 61 * SECOND);
	expect_next(START + 651 * SECOND); /* one fetch served both */
}

Test(jwks_schedule, a_regular_fetch_counts_as_well)
{
	succeed_at(START);
	succeed_at(START + 590 * SECOND);
	jwks_schedule_want(&schedule);
	expect_next(START + 620 * SECOND);
}
