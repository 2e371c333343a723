/* services/dag: every fault of a graph, all of them at once, and the topological order, up to the limits and beyond. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "services/dag.h"

enum { CEILING = 64 * 1024 * 1024 };

static struct arena *arena;

static void set_up(void)
{
	arena = arena_new(CEILING);
	cr_assert_not_null(arena, "arena");
}

static void tear_down(void)
{
	arena_free(arena);
}

TestSuite(dag, .init = set_up, .fini = tear_down);

/* "a b c" and "a>b b>c" as a graph. */
static struct text next_word(const char **at)
{
	*at += strspn(*at, " >");
	struct text word = {*at, strcspn(*at, " >")};
	*at += word.length;
	return word;
}

static struct dag make_dag(const char *nodes, const char *edges)
{
	struct text *ids = arena_calloc(arena, strlen(nodes) + 1, sizeof(*ids));
	struct dag_edge *pairs = arena_calloc(arena, strlen(edges) + 1, sizeof(*pairs));
	struct dag dag = {ids, 0, pairs, 0};
	while (*(nodes += strspn(nodes, " ")))
		ids[dag.node_count++] = next_word(&nodes);
	while (*(edges += strspn(edges, " "))) {
		pairs[dag.edge_count].from = next_word(&edges);
		pairs[dag.edge_count++].to = next_word(&edges);
	}
	return dag;
}

/* Nodes n0, n1, …, and room for edges between them. */
static struct dag make_numbered(size_t node_count, size_t edge_count, struct dag_edge **edges)
{
	struct text *ids = arena_calloc(arena, node_count + 1, sizeof(*ids));
	for (size_t i = 0; i < node_count; i++)
		ids[i] = text_from_string(arena_format(arena, "n%zu", i));
	*edges = arena_calloc(arena, edge_count + 1, sizeof(**edges));
	return (struct dag){ids, node_count, *edges, edge_count};
}

static struct fault *faults;
static size_t count;

static void validate(struct dag dag)
{
	cr_assert(dag_validate(arena, &dag, &faults, &count), "the arena is large enough");
}

static void expect_fault(size_t i, const char *place, const char *name, enum error error, const char *message)
{
	cr_assert_lt(i, count, "fault %zu (%s) is missing", i, message);
	cr_expect_str_eq(faults[i].place, place, "place of fault %zu", i);
	cr_expect_str_eq(faults[i].name, name, "name of fault %zu", i);
	cr_expect_eq(faults[i].error, error, "error of fault %zu", i);
	cr_expect_str_eq(faults[i].message, message, "message of fault %zu", i);
}

Test(dag, sound_graphs)
{
	validate(make_dag("a", ""));
	cr_expect_eq(count, 0, "one node");
	validate(make_dag("a b c d", "a>b a>c b>d c>d"));
	cr_expect_eq(count, 0, "a diamond");
	validate(make_dag("d c b a", "a>b b>c c>d a>d a>c b>d"));
	cr_expect_eq(count, 0, "every edge that leads on");
}

Test(dag, no_nodes)
{
	validate(make_dag("", ""));
	cr_assert_eq(count, 1, "one fault");
	expect_fault(0, "field", "nodes", ERROR_NO_NODES, "The workflow has no nodes.");
}

Test(dag, duplicate_node)
{
	validate(make_dag("a b a", "a>b"));
	cr_assert_eq(count, 1, "one fault");
	expect_fault(0, "node", "a", ERROR_DUPLICATE_NODE, "The node a appears more than once.");
}

Test(dag, unknown_node)
{
	validate(make_dag("a b", "a>x y>b b>A"));
	cr_assert_eq(count, 3, "three faults");
	expect_fault(0, "edge", "a -> x", ERROR_UNKNOWN_NODE, "The edge a -> x names a node that does not exist.");
	expect_fault(1, "edge", "y -> b", ERROR_UNKNOWN_NODE, "The edge y -> b names a node that does not exist.");
	expect_fault(2, "edge", "b -> A", ERROR_UNKNOWN_NODE, "The edge b -> A names a node that does not exist.");
}

Test(dag, self_edge)
{
	validate(make_dag("a b", "a>b b>b"));
	cr_assert_eq(count, 1, "no cycle besides");
	expect_fault(0, "edge", "b -> b", ERROR_SELF_EDGE, "The edge b -> b leads from a node to itself.");
}

Test(dag, duplicate_edge)
{
	validate(make_dag("a b c", "a>b a>c a>b b>c"));
	cr_assert_eq(count, 1, "one fault");
	expect_fault(0, "edge", "a -> b", ERROR_DUPLICATE_EDGE, "The edge a -> b appears more than once.");
}

Test(dag, cycle_is_named_from_its_first_node)
{
	validate(make_dag("root a b c leaf", "root>c c>a a>b b>c c>leaf"));
	cr_assert_eq(count, 1, "one fault");
	expect_fault(0, "node", "a", ERROR_WORKFLOW_CYCLE, "The workflow has a cycle: a -> b -> c -> a.");
}

Test(dag, cycle_found_from_behind_it)
{
	validate(make_dag("leaf a b", "a>b b>a b>leaf"));
	cr_assert_eq(count, 1, "one fault");
	expect_fault(0, "node", "a", ERROR_WORKFLOW_CYCLE, "The workflow has a cycle: a -> b -> a.");
}

Test(dag, cycle_of_two)
{
	validate(make_dag("a b", "a>b b>a"));
	cr_assert_eq(count, 1, "one fault");
	expect_fault(0, "node", "a", ERROR_WORKFLOW_CYCLE, "The workflow has a cycle: a -> b -> a.");
}

Test(dag, cycles_apart_from_each_other_are_all_named)
{
	validate(make_dag("a b c d e f", "a>b b>a c>d d>e e>c f>a b>f"));
	cr_assert_eq(count, 2, "one for each part");
	expect_fault(1, "node", "c", ERROR_WORKFLOW_CYCLE, "The workflow has a cycle: c -> d -> e -> c.");
	cr_expect_eq(faults[0].error, ERROR_WORKFLOW_CYCLE, "the other");
}

static struct dag make_ring(size_t node_count)
{
	struct dag_edge *edges;
	struct dag dag = make_numbered(node_count, node_count, &edges);
	for (size_t i = 0; i < node_count; i++)
		edges[i] = (struct dag_edge){dag.nodes[i], dag.nodes[(i + 1) % node_count]};
	return dag;
}

Test(dag, long_cycle_is_cut)
{
	validate(make_ring(20));
	cr_assert_eq(count, 1, "one fault");
	cr_expect_not_null(strstr(faults[0].message, " -> n19 -> n0."), "%s", faults[0].message);
	validate(make_ring(21));
	cr_assert_eq(count, 1, "one fault");
	cr_expect_not_null(strstr(faults[0].message, ": n0 -> n1 -> "), "%s", faults[0].message);
	cr_expect_not_null(strstr(faults[0].message, " -> n19 -> …."), " %s", faults[0].message);
	validate(make_ring(1000));
	cr_assert_eq(count, 1, "one fault");
	cr_expect_not_null(strstr(faults[0].message, " -> n19 -> …."), "%s", faults[0].message);
}

Test(dag, many_cycles)
{
	struct dag_edge *edges;
	struct dag dag = make_numbered(1000, 1000, &edges);
	for (size_t i = 0; i < 1000; i++)
		edges[i] = (struct dag_edge){dag.nodes[i], dag.nodes[i ^ 1]};
	validate(dag);
	cr_assert_eq(count, 500, "one for each pair");
	expect_fault(499, "node", "n998", ERROR_WORKFLOW_CYCLE, "The workflow has a cycle: n998 -> n999 -> n998.");
}

Test(dag, all_faults_at_once_in_order)
{
	validate(make_dag("a b a c d", "a>x a>a a>b c>d b>c a>b d>c"));
	cr_assert_eq(count, 5, "five faults, not %zu", count);
	cr_expect_eq(faults[0].error, ERROR_DUPLICATE_NODE, "nodes first");
	cr_expect_eq(faults[1].error, ERROR_UNKNOWN_NODE, "edges as given");
	cr_expect_eq(faults[2].error, ERROR_SELF_EDGE, "edges as given");
	cr_expect_eq(faults[3].error, ERROR_DUPLICATE_EDGE, "edges as given");
	expect_fault(4, "node", "c", ERROR_WORKFLOW_CYCLE, "The workflow has a cycle: c -> d -> c.");
}

Test(dag, limits)
{
	struct dag_edge *edges;
	validate(make_numbered(1000, 0, &edges));
	cr_expect_eq(count, 0, "1000 nodes");
	validate(make_numbered(1001, 0, &edges));
	cr_assert_eq(count, 1, "1001 nodes");
	expect_fault(0, "field", "nodes", ERROR_TOO_MANY_NODES, "The workflow has more than 1000 nodes.");
}

/* Every pair of 142 nodes in the order of their numbers is one edge: 10,011 of them. */
static struct dag make_dense(size_t edge_count)
{
	struct dag_edge *edges;
	struct dag dag = make_numbered(142, edge_count, &edges);
	size_t filled = 0;
	for (size_t from = 0; from < 142; from++) {
		for (size_t to = from + 1; to < 142 && filled < edge_count; to++)
			edges[filled++] = (struct dag_edge){dag.nodes[from], dag.nodes[to]};
	}
	return dag;
}

Test(dag, edge_limits)
{
	validate(make_dense(10000));
	cr_expect_eq(count, 0, "10000 edges");
	validate(make_dense(10001));
	cr_assert_eq(count, 1, "10001 edges");
	expect_fault(0, "field", "edges", ERROR_TOO_MANY_EDGES, "The workflow has more than 10000 edges.");
}

static double seconds_of(struct dag dag)
{
	struct timespec start;
	struct timespec end;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
	validate(dag);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
	return (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
}

Test(dag, far_beyond_the_limits_in_linear_time)
{
	struct dag ring = make_ring(100000);
	cr_expect_lt(seconds_of(ring), 1.0, "a ring of 100000 nodes");
	struct dag_edge *edges;
	struct dag same = make_numbered(2, 100000, &edges);
	for (size_t i = 0; i < same.edge_count; i++)
		edges[i] = (struct dag_edge){same.nodes[0], same.nodes[1]};
	cr_expect_lt(seconds_of(same), 1.0, "one edge 100000 times");
	cr_expect_eq(count, 100000, "each but the first, and the limit");
}

Test(dag, order_of_a_diamond)
{
	struct dag dag = make_dag("d b a c", "a>b a>c b>d c>d a>d");
	struct dag_order order;
	cr_assert(dag_order(arena, &dag, &order), "the arena is large enough");
	static const int ranks[] = {2, 1, 0, 1};
	static const int parents[] = {3, 1, 0, 1};
	for (size_t i = 0; i < 4; i++) {
		cr_expect_eq(order.ranks[i], ranks[i], "rank of node %zu", i);
		cr_expect_eq(order.parent_counts[i], parents[i], "parents of node %zu", i);
	}
	cr_expect_eq(order.from[2], 1, "b of b > d");
	cr_expect_eq(order.to[2], 0, "d of b > d");
}

Test(dag, order_is_the_longest_distance)
{
	struct dag dag = make_dag("a b c d", "a>d a>b b>c c>d");
	struct dag_order order;
	cr_assert(dag_order(arena, &dag, &order), "the arena is large enough");
	cr_expect_eq(order.ranks[3], 3, "not the short way");
}

Test(dag, order_of_a_long_chain)
{
	struct dag dag = make_ring(1000);
	dag.edge_count--; /* the one that closes it */
	struct dag_order order;
	validate(dag);
	cr_assert_eq(count, 0, "a chain");
	cr_assert(dag_order(arena, &dag, &order), "the arena is large enough");
	for (int i = 0; i < 1000; i++)
		cr_assert_eq(order.ranks[i], i, "node %d", i);
}

Test(dag, every_edge_of_a_dense_graph_leads_up)
{
	struct dag dag = make_dense(10000);
	struct dag_order order;
	cr_assert(dag_order(arena, &dag, &order), "the arena is large enough");
	for (size_t e = 0; e < dag.edge_count; e++)
		cr_assert_lt(order.ranks[order.from[e]], order.ranks[order.to[e]], "edge %zu", e);
}

/* With every ceiling it either says that memory was short or finds all faults. */
Test(dag, exhausted_arena_is_reported)
{
	struct dag dag = make_dag("a b a c d", "a>x a>a a>b c>d b>c a>b d>c");
	int shortages = 0;
	for (size_t ceiling = 0; ceiling < 8192; ceiling += 16) {
		struct arena *small = arena_new(ceiling);
		cr_assert_not_null(small, "arena");
		size_t found = 0;
		struct fault *list;
		bool valid = dag_validate(small, &dag, &list, &found);
		shortages += !valid;
		cr_expect(!valid || found == 5, "ceiling %zu", ceiling);
		arena_free(small);
	}
	cr_expect_gt(shortages, 20, "some ceilings are too low");
	cr_expect_lt(shortages, 512, "some ceilings are high enough");
}
