/* db/outage: one thread at a time asks for a database that is away, and not too often. */
#include <criterion/criterion.h>
#include <time.h>

#include "core/clock.h"
#include "db/outage.h"

static struct outage *outage;
static struct outage_attempt attempt;

static void prepare(void)
{
	outage = outage_new();
	cr_assert_not_null(outage, "memory");
}

static void clean_up(void)
{
	outage_free(outage);
	outage_free(NULL);
}

TestSuite(outage, .init = prepare, .fini = clean_up);

static void wait_milliseconds(int milliseconds)
{
	const struct timespec pause = {.tv_nsec = milliseconds * 1000000L};
	nanosleep(&pause, NULL);
}

static void fail_once(void)
{
	cr_assert(outage_try(outage, &attempt), "the first may always try");
	outage_end(outage, &attempt, false);
}

Test(outage, without_one_all_may_connect_at_once)
{
	struct outage_attempt other;
	cr_expect(outage_try(outage, &attempt), "one");
	cr_expect(outage_try(outage, &other), "another, while the first is at it");
	outage_end(outage, &attempt, true);
	outage_end(outage, &other, true);
	cr_expect(outage_try(outage, &attempt), "and after that");
}

Test(outage, after_a_failure_one_at_a_time_may_try_after_a_wait)
{
	struct outage_attempt other;
	fail_once();
	cr_expect_not(outage_try(outage, &attempt), "too early");
	wait_milliseconds(OUTAGE_WAIT_MIN + 5);
	cr_expect(outage_try(outage, &attempt), "the wait is over");
	cr_expect_not(outage_try(outage, &other), "another is trying");
	outage_end(outage, &attempt, true);
	cr_expect(outage_try(outage, &other), "it is back, for all");
}

Test(outage, what_nobody_asked_about_for_long_is_forgotten)
{
	struct outage_attempt other;
	fail_once();
	wait_milliseconds(OUTAGE_WAIT_MIN + 5);
	cr_expect(outage_try(outage, &attempt) && !outage_try(outage, &other), "one alone, when it is time to");
	outage_end(outage, &attempt, false);
	for (int i = 0; i < 3; i++)
		wait_milliseconds(400);
	cr_expect(outage_try(outage, &attempt), "one of many");
	cr_expect(outage_try(outage, &other), "all of them");
	outage_end(outage, &attempt, true);
	outage_end(outage, &other, true);
}

Test(outage, failures_of_one_moment_count_once)
{
	struct outage_attempt attempts[8];
	for (int i = 0; i < 8; i++)
		cr_assert(outage_try(outage, &attempts[i]), "all find it away together");
	for (int i = 0; i < 8; i++)
		outage_end(outage, &attempts[i], false);
	wait_milliseconds(OUTAGE_WAIT_MIN + 5);
	cr_expect(outage_try(outage, &attempt), "the wait is still the shortest");
}

/* Milliseconds from a failure until another attempt is allowed. */
static int64_t measure_wait(void)
{
	outage_end(outage, &attempt, false);
	int64_t began = clock_milliseconds();
	while (!outage_try(outage, &attempt))
		wait_milliseconds(1);
	return clock_milliseconds() - began;
}

Test(outage, waits_double_and_stay_short)
{
	fail_once();
	wait_milliseconds(OUTAGE_WAIT_MIN + 5);
	cr_assert(outage_try(outage, &attempt), "the first wait is over");
	int64_t second = measure_wait();
	cr_expect(second >= 74 && second < 130, "the second wait: %ld", (long)second);
	int64_t last = 0;
	for (int i = 0; i < 6; i++)
		last = measure_wait();
	cr_expect(last >= 299 && last <= OUTAGE_WAIT_MAX + 30, "the last: %ld", (long)last);
}
