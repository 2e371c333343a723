#include "services/task_life.h"

/* The one table of the moves that a person may make: LEGAL[from][to]. */
static const bool LEGAL[TASK_STATE__MAX][TASK_STATE__MAX] = {
    [TASK_STATE_TODO][TASK_STATE_IN_PROGRESS] = true,
    [TASK_STATE_IN_PROGRESS][TASK_STATE_DONE] = true,
    [TASK_STATE_IN_PROGRESS][TASK_STATE_BLOCKED] = true,
    [TASK_STATE_BLOCKED][TASK_STATE_IN_PROGRESS] = true,
};

bool task_life_is_legal(enum task_state from, enum task_state to)
{
	return from < TASK_STATE__MAX && to < TASK_STATE__MAX && LEGAL[from][to];
}

enum error task_life_check(enum task_state from, enum task_state to, int open_parents)
{
	if (!task_life_is_legal(from, to))
		return ERROR_ILLEGAL_TRANSITION;
	if (from == TASK_STATE_BLOCKED && open_parents > 0)
		return ERROR_DEPENDENCIES_OPEN;
	return ERROR_NONE;
}

int task_life_next_states(enum task_state from, int open_parents, enum task_state next[TASK_STATE__MAX])
{
	int count = 0;
	for (enum task_state to = 0; to < TASK_STATE__MAX; to++) {
		if (task_life_check(from, to, open_parents) == ERROR_NONE)
			next[count++] = to;
	}
	return count;
}

enum task_state task_life_initial(int open_parents)
{
	return open_parents > 0 ? TASK_STATE_BLOCKED : TASK_STATE_TODO;
}

bool task_life_unlocks(enum task_state state, int open_parents_before, int open_parents_after)
{
	return state == TASK_STATE_BLOCKED && open_parents_before > 0 && open_parents_after == 0;
}
