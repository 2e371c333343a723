/* auth/password: bcrypt comparison, its constant cost, and the gate before logins. */
#include <criterion/criterion.h>
#include <string.h>
#include <time.h>

#include "auth/password.h"

/* Of "eventflow-dev" and of 72 times "a", made apart from this program. */
#define HASH "$2a$10$Tq7Vw1nBz0LkXcYpR5sHiObbRMKUbuknfBZHTqzdMVSQamFXPMyPC"
#define HASH_OF_72 "$2a$10$Tq7Vw1nBz0LkXcYpR5sHiOGuBRigAhy904.iwM2YLfrt5HrljIP3O"
#define HASH_2B "$2b$10$kL0mNqWv9rXzTb3yHcJpAu2yWzBppZ9Jr3QUaCMdIo7wM0q2LbXsW"

static const char LONG[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

Test(password, right_and_wrong)
{
	cr_expect(password_matches(TEXT("eventflow-dev"), HASH), "right");
	cr_expect(password_matches(TEXT("eventflow-dev"), HASH_2B), "right, prefix 2b");
	cr_expect_not(password_matches(TEXT("eventflow-deV"), HASH), "one letter");
	cr_expect_not(password_matches(TEXT("eventflow-de"), HASH), "too short");
	cr_expect_not(password_matches(TEXT("eventflow-dev "), HASH), "a space behind");
	cr_expect_not(password_matches(TEXT(""), HASH), "empty");
	cr_expect_not(password_matches((struct text){NULL, 0}, HASH), "absent");
	cr_expect_not(password_matches(TEXT("eventflow-dev"), NULL), "no such user");
}

Test(password, seventy_two_bytes_and_not_one_more)
{
	cr_expect(password_matches((struct text){LONG, 72}, HASH_OF_72), "72 bytes");
	cr_expect_not(password_matches((struct text){LONG, 73}, HASH_OF_72), "73 bytes, of which bcrypt reads 72");
	cr_expect_not(password_matches((struct text){LONG, 71}, HASH_OF_72), "71 bytes");
}

Test(password, nul_is_refused)
{
	cr_expect_not(password_matches(TEXT("eventflow-dev\0x"), HASH), "bcrypt stops at NUL");
	cr_expect_not(password_matches(TEXT("eventflow-dev\0"), HASH), "NUL at the end");
}

Test(password, not_NUL_terminated)
{
	char bytes[] = "eventflow-devil";
	cr_expect(password_matches((struct text){bytes, 13}, HASH), "13 bytes of a longer run");
}

static const char *const BAD_HASHES[] = {
    "",
    "*",
    "*0",
    "eventflow-dev",
    "$1$abcdefgh$0000000000000000000000",
    "$2a$04$abcdefghijklmnopqrstuuWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
    "$2a$31$abcdefghijklmnopqrstuuWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
    "$2x$10$abcdefghijklmnopqrstuuWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
    "$2a$10$abcdefghij!lmnopqrstuuWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
    HASH "x",
};

Test(password, bad_hashes_match_nothing)
{
	for (size_t i = 0; i < sizeof(BAD_HASHES) / sizeof(BAD_HASHES[0]); i++) {
		cr_expect_not(password_matches(TEXT("eventflow-dev"), BAD_HASHES[i]), "%s", BAD_HASHES[i]);
		cr_expect_not(password_matches(text_from_string(BAD_HASHES[i]), BAD_HASHES[i]), "%s", BAD_HASHES[i]);
	}
}

/* The best of three, in milliseconds of this process: others on the machine do not count. */
static double cost(struct text password, const char *hash)
{
	double best = 1e9;
	for (int i = 0; i < 3; i++) {
		struct timespec start;
		struct timespec end;
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
		(void)password_matches(password, hash);
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
		double spent = (double)(end.tv_sec - start.tv_sec) * 1e3 + (double)(end.tv_nsec - start.tv_nsec) / 1e6;
		best = spent < best ? spent : best;
	}
	return best;
}

Test(password, costs_the_same_whoever_asks, .timeout = 120)
{
	double right = cost(TEXT("eventflow-dev"), HASH);
	static const struct text passwords[] = {{"", 0}, {"x", 1}, {"a\0b", 3}, {LONG, 72}, {LONG, 76}, {NULL, 0}};
	for (size_t i = 0; i < sizeof(passwords) / sizeof(passwords[0]); i++) {
		double spent = cost(passwords[i], HASH);
		cr_expect(spent > right * 0.6 && spent < right * 1.7, "password %zu: %f against %f ms", i, spent,
			  right);
	}
	double nobody = cost(TEXT("eventflow-dev"), NULL);
	cr_expect(nobody > right * 0.6 && nobody < right * 1.7, "nobody: %f against %f ms", nobody, right);
	for (size_t i = 0; i < sizeof(BAD_HASHES) / sizeof(BAD_HASHES[0]); i++) {
		double spent = cost(TEXT("eventflow-dev"), BAD_HASHES[i]);
		cr_expect(spent > right * 0.6 && spent < right * 1.7, "%s: %f against %f ms", BAD_HASHES[i], spent,
			  right);
	}
}

Test(login_gate, lets_in_one_per_four_threads)
{
	static const struct {
		int threads;
		int limit;
	} cases[] = {{1, 1}, {3, 1}, {4, 1}, {7, 1}, {8, 2}, {16, 4}, {0, 1}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct login_gate *gate = login_gate_new(cases[i].threads);
		cr_assert_not_null(gate, "gate");
		for (int inside = 0; inside < cases[i].limit; inside++)
			cr_expect(login_gate_enter(gate), "%d threads, login %d", cases[i].threads, inside + 1);
		cr_expect_not(login_gate_enter(gate), "%d threads: full", cases[i].threads);
		cr_expect_not(login_gate_enter(gate), "%d threads: still full", cases[i].threads);
		login_gate_leave(gate);
		cr_expect(login_gate_enter(gate), "%d threads: one has left", cases[i].threads);
		cr_expect_not(login_gate_enter(gate), "%d threads: full again", cases[i].threads);
		login_gate_free(gate);
	}
}
