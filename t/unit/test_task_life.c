/* services/task_life: every pair of states, with and without open parents. */
#include <criterion/criterion.h>

#include "services/task_life.h"

#define B TASK_STATE_BLOCKED
#define T TASK_STATE_TODO
#define P TASK_STATE_IN_PROGRESS
#define D TASK_STATE_DONE

static const struct {
	enum task_state from;
	enum task_state to;
	enum error without_parents;
	enum error with_open_parents;
} PAIRS[] = {
    {B, B, ERROR_ILLEGAL_TRANSITION, ERROR_ILLEGAL_TRANSITION},
    {B, T, ERROR_ILLEGAL_TRANSITION, ERROR_ILLEGAL_TRANSITION},
    {B, P, ERROR_NONE, ERROR_DEPENDENCIES_OPEN},
    {B, D, ERROR_ILLEGAL_TRANSITION, ERROR_ILLEGAL_TRANSITION},
    {T, B, ERROR_ILLEGAL_TRANSITION, ERROR_ILLEGAL_TRANSITION},
    {T, T, ERROR_ILLEGAL_TRANSITION, ERROR_ILLEGAL_TRANSITION},
    {T, P, ERROR_NONE, ERROR_NONE},
    {T, D, ERROR_ILLEGAL_TRANSITION, ERROR_ILLEGAL_TRANSITION},
    {P, B, ERROR_NONE, ERROR_NONE},
    {P, T, ERROR_ILLEGAL_TRANSITION, ERROR_ILLEGAL_TRANSITION},
    {P, P, ERROR_ILLEGAL_TRANSITION, ERROR_ILLEGAL_TRANSITION},
    {P, D, ERROR_NONE, ERROR_NONE},
    {D, B, ERROR_ILLEGAL_TRANSITION, ERROR_ILLEGAL_TRANSITION},
    {D, T, ERROR_ILLEGAL_TRANSITION, ERROR_ILLEGAL_TRANSITION},
    {D, P, ERROR_ILLEGAL_TRANSITION, ERROR_ILLEGAL_TRANSITION},
    {D, D, ERROR_ILLEGAL_TRANSITION, ERROR_ILLEGAL_TRANSITION},
};

enum { PAIR_COUNT = sizeof(PAIRS) / sizeof(PAIRS[0]) };
_Static_assert(PAIR_COUNT == (int)TASK_STATE__MAX * (int)TASK_STATE__MAX, "every pair is in the table");

Test(task_life, all_pairs)
{
	for (int i = 0; i < PAIR_COUNT; i++) {
		enum task_state from = PAIRS[i].from;
		enum task_state to = PAIRS[i].to;
		cr_expect_eq(task_life_check(from, to, 0), PAIRS[i].without_parents, "%d to %d, no parents", from, to);
		cr_expect_eq(task_life_check(from, to, 1), PAIRS[i].with_open_parents, "%d to %d, a parent", from, to);
		cr_expect_eq(task_life_check(from, to, 999), PAIRS[i].with_open_parents, "%d to %d, 999", from, to);
		cr_expect_eq(task_life_is_legal(from, to), PAIRS[i].without_parents == ERROR_NONE, "%d to %d", from,
			     to);
	}
}

Test(task_life, unknown_states_are_illegal)
{
	cr_expect_not(task_life_is_legal(TASK_STATE__MAX, TASK_STATE_DONE), "from beyond the enum");
	cr_expect_not(task_life_is_legal(TASK_STATE_TODO, TASK_STATE__MAX), "to beyond the enum");
}

Test(task_life, next_states_in_the_order_of_the_enum)
{
	enum task_state next[TASK_STATE__MAX];
	cr_expect_eq(task_life_next_states(TASK_STATE_BLOCKED, 1, next), 0, "waits for a parent");
	cr_assert_eq(task_life_next_states(TASK_STATE_BLOCKED, 0, next), 1, "blocked by a person");
	cr_expect_eq(next[0], TASK_STATE_IN_PROGRESS, "blocked by a person");
	cr_assert_eq(task_life_next_states(TASK_STATE_TODO, 0, next), 1, "todo");
	cr_expect_eq(next[0], TASK_STATE_IN_PROGRESS, "todo");
	cr_assert_eq(task_life_next_states(TASK_STATE_IN_PROGRESS, 0, next), 2, "in progress");
	cr_expect_eq(next[0], TASK_STATE_BLOCKED, "in progress");
	cr_expect_eq(next[1], TASK_STATE_DONE, "in progress");
	cr_expect_eq(task_life_next_states(TASK_STATE_DONE, 0, next), 0, "done is final");
}

Test(task_life, what_the_engine_decides)
{
	cr_expect_eq(task_life_initial(0), TASK_STATE_TODO, "no parents");
	cr_expect_eq(task_life_initial(3), TASK_STATE_BLOCKED, "parents");
	cr_expect(task_life_unlocks(TASK_STATE_BLOCKED, 1, 0), "the last parent is done");
	cr_expect_not(task_life_unlocks(TASK_STATE_BLOCKED, 2, 1), "a parent is left");
	cr_expect_not(task_life_unlocks(TASK_STATE_BLOCKED, 0, 0), "blocked by a person");
	for (enum task_state state = TASK_STATE_TODO; state < TASK_STATE__MAX; state++)
		cr_expect_not(task_life_unlocks(state, 1, 0), "state %d is not waiting", state);
}
