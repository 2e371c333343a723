/* Dependencies found by task: each task is written with its own parents and children, in order, whatever the order of
 * the rows. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "models/dependencies.h"

enum { NODES = 60 };

struct edge {
	int child;
	int parent;
};

static struct uuid id_of(int node)
{
	struct uuid id;
	snprintf(id.text, sizeof(id.text), "00000000-0000-4000-8000-%012x", (unsigned)node);
	return id;
}

/* A result as PostgreSQL would give it; states may be NULL. */
static PGresult *result_of(const struct edge *edges, const char *const *states, int count)
{
	PGresAttDesc columns[] = {{.name = "child_id"}, {.name = "parent_id"}, {.name = "state"}};
	PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	cr_assert(result && PQsetResultAttrs(result, states ? 3 : 2, columns));
	for (int i = 0; i < count; i++) {
		struct uuid child = id_of(edges[i].child);
		struct uuid parent = id_of(edges[i].parent);
		cr_assert(PQsetvalue(result, i, 0, child.text, UUID_LENGTH));
		cr_assert(PQsetvalue(result, i, 1, parent.text, UUID_LENGTH));
		cr_assert(!states || PQsetvalue(result, i, 2, (char *)(uintptr_t)states[i], (int)strlen(states[i])));
	}
	return result;
}

static void append_ids(char *expected, const char *name, const bool *present)
{
	bool is_first = true;
	sprintf(expected + strlen(expected), "\"%s\":[", name);
	for (int node = 0; node < NODES; node++) {
		if (!present[node])
			continue;
		sprintf(expected + strlen(expected), "%s\"%s\"", is_first ? "" : ",", id_of(node).text);
		is_first = false;
	}
	strcat(expected, "]");
}

static void expect_task(const struct dependencies *dependencies, int node, bool (*is_parent)[NODES])
{
	struct json_writer json;
	char expected[2 * NODES * 40 + 64] = "{";
	bool parents[NODES];
	bool children[NODES];
	struct uuid id = id_of(node);
	for (int other = 0; other < NODES; other++) {
		parents[other] = is_parent[node][other];
		children[other] = is_parent[other][node];
	}
	append_ids(expected, "parent_ids", parents);
	strcat(expected, ",");
	append_ids(expected, "child_ids", children);
	strcat(expected, "}");
	json_writer_init(&json, 1 << 20);
	json_begin_object(&json);
	dependencies_write(&json, dependencies, &id);
	json_end_object(&json);
	cr_expect(json.length == strlen(expected) && memcmp(json.data, expected, json.length) == 0, "%.*s\n%s",
		  (int)json.length, json.data, expected);
	json_writer_free(&json);
}

Test(dependencies, each_task_has_its_own_in_order)
{
	static struct edge edges[NODES * NODES];
	static bool is_parent[NODES][NODES];
	struct arena *arena = arena_new(1 << 20);
	srand(7);
	for (int round = 0; round < 40; round++) {
		int count = 0;
		for (int child = 0; child < NODES; child++) {
			for (int parent = 0; parent < child; parent++) {
				is_parent[child][parent] = rand() % 40 < round;
				if (!is_parent[child][parent])
					continue;
				int place = rand() % (count + 1);
				edges[count++] = edges[place];
				edges[place] = (struct edge){child, parent};
			}
		}
		struct dependencies dependencies;
		PGresult *result = result_of(edges, NULL, count);
		cr_assert(dependencies_from_rows(arena, (struct rows){result, count}, true, &dependencies));
		for (int node = 0; node < NODES; node++)
			expect_task(&dependencies, node, is_parent);
		PQclear(result);
		arena_reset(arena);
	}
	arena_free(arena);
}

Test(dependencies, those_in_todo_are_left_out_where_they_are_hidden)
{
	static const struct edge edges[] = {{2, 1}, {2, 0}, {3, 2}, {4, 2}};
	static const char *const states[] = {"DONE", "TODO", "TODO", "BLOCKED"};
	static bool seen[NODES][NODES] = {[2] = {[1] = true}, [4] = {[2] = true}};
	static bool all[NODES][NODES] = {[2] = {[0] = true, [1] = true}, [3] = {[2] = true}, [4] = {[2] = true}};
	struct arena *arena = arena_new(1 << 20);
	struct dependencies dependencies;
	PGresult *result = result_of(edges, states, 4);
	cr_assert(dependencies_from_rows(arena, (struct rows){result, 4}, true, &dependencies));
	expect_task(&dependencies, 2, seen);
	cr_assert(dependencies_from_rows(arena, (struct rows){result, 4}, false, &dependencies));
	expect_task(&dependencies, 2, all);
	PQclear(result);
	arena_free(arena);
}

Test(dependencies, an_exhausted_arena_is_told)
{
	static const struct edge edges[] = {{1, 0}};
	struct arena *arena = arena_new(64);
	struct dependencies dependencies;
	PGresult *result = result_of(edges, NULL, 1);
	cr_expect_not(dependencies_from_rows(arena, (struct rows){result, 1}, false, &dependencies));
	PQclear(result);
	arena_free(arena);
}
