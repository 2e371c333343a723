/* A task's life: the one table of legal moves, and what each rule says of a move. */
#ifndef EVENTFLOW_SERVICES_TASK_LIFE_H
#define EVENTFLOW_SERVICES_TASK_LIFE_H

#include <stdbool.h>

#include "core/error.h"
#include "schemas/operations.h" /* enum task_state */

/* Whether a person may move a task from one state to the other, its parents apart. */
bool task_life_is_legal(enum task_state from, enum task_state to);

/* ERROR_NONE, ERROR_ILLEGAL_TRANSITION, or ERROR_DEPENDENCIES_OPEN when the move is legal but parents are not DONE. */
enum error task_life_check(enum task_state from, enum task_state to, int open_parents);

/* The states that task_life_check allows from here, in the order of the enum, into next[]; returns how many. */
int task_life_next_states(enum task_state from, int open_parents, enum task_state next[TASK_STATE__MAX]);

/* What a task's state is when it is created, and when the number of its open parents has become this. Only a task that
 * waits for parents is ever moved by the engine. */
enum task_state task_life_initial(int open_parents);
bool task_life_unlocks(enum task_state state, int open_parents_before, int open_parents_after);

#endif
