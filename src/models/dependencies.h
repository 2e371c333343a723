/* The dependencies of some tasks, found by task. */
#ifndef EVENTFLOW_MODELS_DEPENDENCIES_H
#define EVENTFLOW_MODELS_DEPENDENCIES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"
#include "core/json_writer.h"
#include "core/uuid.h"
#include "db/row.h"

struct dependency_slot;
struct dependency;

/* Parents and children of each task, in the order of their ids. */
struct dependencies {
	struct dependency_slot *slots; /* a hash table of the ids; NULL: there is no dependency */
	size_t mask;
	struct dependency *all;
	int count;
};

/* From rows of (child id, parent id), one for each dependency, in any order. A third column is the state of the one
 * that was not asked for: with hides_todo those in TODO are left out. The ids stay where the rows are. False when the
 * arena is exhausted. */
bool dependencies_from_rows(struct arena *arena, struct rows rows, bool hides_todo, struct dependencies *dependencies)
    __attribute__((warn_unused_result));

/* Empty, with room for as many; and one more of them, best in the order of the parents' ids, then the children's. The
 * ids stay where they are. */
bool dependencies_new(struct arena *arena, size_t capacity, struct dependencies *dependencies)
    __attribute__((warn_unused_result));
void dependencies_add(struct dependencies *dependencies, const char *child_id, const char *parent_id);

/* Writes the members parent_ids and child_ids of a task. */
void dependencies_write(struct json_writer *json, const struct dependencies *dependencies, const struct uuid *task_id);

#endif
