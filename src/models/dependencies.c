#include "models/dependencies.h"

#include <stdint.h>
#include <string.h>

#include "schemas/operations.h" /* task_state_names */

enum { COLUMN_CHILD, COLUMN_PARENT, COLUMN_STATE };

enum side { PARENTS, CHILDREN, SIDE__MAX };

/* Lists end in NONE, and hold numbers of dependencies. */
enum { NONE = -1 };

struct dependency {
	const char *other[SIDE__MAX]; /* the parent, and the child */
	int next[SIDE__MAX];          /* of the same child, and of the same parent */
};

struct dependency_slot {
	const char *id; /* NULL: free */
	int first[SIDE__MAX];
	int last[SIDE__MAX];
};

/* Ids are random or counted up, never chosen to collide: what tells them apart is anywhere, so all of it counts. */
static uint64_t hash(const char *id)
{
	uint64_t words[4];
	memcpy(words, id, sizeof(words)); /* the first 32 of 36 characters */
	uint32_t rest;
	memcpy(&rest, id + sizeof(words), sizeof(rest));
	uint64_t sum = rest;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		sum = (sum ^ words[i]) * UINT64_C(0x9E3779B97F4A7C15) ^ sum >> 29;
	return sum ^ sum >> 32;
}

/* The id's slot, or the free one where it belongs. */
static struct dependency_slot *find_slot(const struct dependencies *dependencies, const char *id)
{
	for (size_t i = hash(id) & dependencies->mask;; i = (i + 1) & dependencies->mask) {
		struct dependency_slot *slot = &dependencies->slots[i];
		if (!slot->id || memcmp(slot->id, id, UUID_LENGTH) == 0)
			return slot;
	}
}

static bool comes_before(const struct dependencies *dependencies, enum side side, int a, int b)
{
	return memcmp(dependencies->all[a].other[side], dependencies->all[b].other[side], UUID_LENGTH) < 0;
}

/* Takes a dependency into the list of the task with this id. Rows mostly come in order, so that it goes to the end. */
static void insert(struct dependencies *dependencies, enum side side, const char *id, int number)
{
	struct dependency_slot *slot = find_slot(dependencies, id);
	if (!slot->id)
		*slot = (struct dependency_slot){id, {NONE, NONE}, {NONE, NONE}};
	int *place = &slot->first[side];
	if (slot->last[side] != NONE && comes_before(dependencies, side, slot->last[side], number))
		place = &dependencies->all[slot->last[side]].next[side];
	while (*place != NONE && comes_before(dependencies, side, *place, number))
		place = &dependencies->all[*place].next[side];
	if (*place == NONE)
		slot->last[side] = number;
	dependencies->all[number].next[side] = *place;
	*place = number;
}

static bool is_hidden(struct rows rows, int row)
{
	return strcmp(PQgetvalue(rows.result, row, COLUMN_STATE), task_state_names[TASK_STATE_TODO]) == 0;
}

bool dependencies_new(struct arena *arena, size_t capacity, struct dependencies *dependencies)
{
	size_t slots = 4; /* more than the two ids of each */
	*dependencies = (struct dependencies){0};
	if (capacity == 0)
		return true;
	while (slots <= 2 * capacity)
		slots *= 2;
	dependencies->mask = slots - 1;
	dependencies->slots = arena_calloc(arena, slots, sizeof(*dependencies->slots));
	dependencies->all = arena_calloc(arena, capacity, sizeof(*dependencies->all));
	return dependencies->slots && dependencies->all;
}

void dependencies_add(struct dependencies *dependencies, const char *child_id, const char *parent_id)
{
	int number = dependencies->count++;
	dependencies->all[number] = (struct dependency){{parent_id, child_id}, {NONE, NONE}};
	insert(dependencies, PARENTS, child_id, number);
	insert(dependencies, CHILDREN, parent_id, number);
}

bool dependencies_from_rows(struct arena *arena, struct rows rows, bool hides_todo, struct dependencies *dependencies)
{
	bool has_states = PQnfields(rows.result) > COLUMN_STATE;
	if (!dependencies_new(arena, (size_t)rows.count, dependencies))
		return false;
	for (int i = 0; i < rows.count; i++) {
		if (has_states && hides_todo && is_hidden(rows, i))
			continue;
		dependencies_add(dependencies, PQgetvalue(rows.result, i, COLUMN_CHILD),
				 PQgetvalue(rows.result, i, COLUMN_PARENT));
	}
	return true;
}

static void write_side(struct json_writer *json, const struct dependencies *dependencies, enum side side, int first)
{
	json_begin_array(json);
	for (int i = first; i != NONE; i = dependencies->all[i].next[side])
		json_plain(json, (struct text){dependencies->all[i].other[side], UUID_LENGTH});
	json_end_array(json);
}

void dependencies_write(struct json_writer *json, const struct dependencies *dependencies, const struct uuid *task_id)
{
	const struct dependency_slot *slot = dependencies->slots ? find_slot(dependencies, task_id->text) : NULL;
	bool has_any = slot && slot->id;
	json_name(json, "parent_ids");
	write_side(json, dependencies, PARENTS, has_any ? slot->first[PARENTS] : NONE);
	json_name(json, "child_ids");
	write_side(json, dependencies, CHILDREN, has_any ? slot->first[CHILDREN] : NONE);
}
