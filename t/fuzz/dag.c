/* The graph of a workflow against an oracle that is too simple to be wrong: a matrix. The first byte is the number of
 * nodes; then comes a byte for each node, its name, and two for each edge. */
#include <stdio.h>
#include <string.h>

#include "fuzz.h"
#include "services/dag.h"

enum { NODES_MAX = 48, EDGES_MAX = 128, NAMES = 48, NAMES_IN_EDGES = 52 };

/* The oracle's graph: names are numbers, a node is known by the first that has its name, and a set of nodes is a bit
 * for each. */
struct matrix {
	int node_names[NODES_MAX];
	size_t node_count;
	int from[EDGES_MAX]; /* names */
	int to[EDGES_MAX];
	size_t edge_count;
	int first_named[NAMES_IN_EDGES]; /* -1: no node */
	uint64_t children[NODES_MAX];
	uint64_t reached[NODES_MAX];
};

static char names[NAMES_IN_EDGES][8];
static struct text nodes[NODES_MAX];
static struct dag_edge edges[EDGES_MAX];

void fuzz_set_up(void)
{
	for (int i = 0; i < NAMES_IN_EDGES; i++)
		snprintf(names[i], sizeof(names[i]), "n%d", i);
}

static bool has(uint64_t set, size_t node)
{
	return set >> node & 1;
}

static void close_matrix(struct matrix *matrix)
{
	memcpy(matrix->reached, matrix->children, sizeof(matrix->reached));
	for (size_t k = 0; k < matrix->node_count; k++) {
		for (size_t i = 0; i < matrix->node_count; i++) {
			if (has(matrix->reached[i], k))
				matrix->reached[i] |= matrix->reached[k];
		}
	}
}

/* Reads the input into the oracle's graph, and into that of dag.h. */
static struct dag read_graph(struct text input, struct matrix *matrix)
{
	*matrix = (struct matrix){.node_count = fuzz_take_byte(&input) % (NODES_MAX + 1)};
	memset(matrix->first_named, -1, sizeof(matrix->first_named));
	for (size_t n = 0; n < matrix->node_count; n++) {
		int name = fuzz_take_byte(&input) % NAMES;
		matrix->node_names[n] = name;
		nodes[n] = text_from_string(names[name]);
		if (matrix->first_named[name] < 0)
			matrix->first_named[name] = (int)n;
	}
	for (; input.length >= 2 && matrix->edge_count < EDGES_MAX; matrix->edge_count++) {
		size_t e = matrix->edge_count;
		matrix->from[e] = fuzz_take_byte(&input) % NAMES_IN_EDGES;
		matrix->to[e] = fuzz_take_byte(&input) % NAMES_IN_EDGES;
		edges[e] =
		    (struct dag_edge){text_from_string(names[matrix->from[e]]), text_from_string(names[matrix->to[e]])};
		int from = matrix->first_named[matrix->from[e]];
		int to = matrix->first_named[matrix->to[e]];
		if (from >= 0 && to >= 0 && from != to)
			matrix->children[from] |= UINT64_C(1) << to;
	}
	close_matrix(matrix);
	return (struct dag){nodes, matrix->node_count, edges, matrix->edge_count};
}

/* Takes the next fault, which must be this one, off the front. */
static void expect(const struct fault **next, const struct fault *end, const char *place, const char *name,
		   enum error error)
{
	HOLDS(*next < end, "%s %s is reported", place, name);
	const struct fault *fault = (*next)++;
	HOLDS(strcmp(fault->place, place) == 0 && strcmp(fault->name, name) == 0 && fault->error == error,
	      "%s %s of %s comes in its turn, not %s %s of %s", place, name, error_entry(error)->code, fault->place,
	      fault->name, error_entry(fault->error)->code);
}

static void expect_nodes(const struct matrix *matrix, const struct fault **next, const struct fault *end)
{
	if (matrix->node_count == 0)
		expect(next, end, "field", "nodes", ERROR_NO_NODES);
	for (size_t n = 0; n < matrix->node_count; n++) {
		int name = matrix->node_names[n];
		if (matrix->first_named[name] != (int)n)
			expect(next, end, "node", names[name], ERROR_DUPLICATE_NODE);
	}
}

static bool is_repeated(const struct matrix *matrix, size_t edge)
{
	for (size_t e = 0; e < edge; e++) {
		if (matrix->from[e] == matrix->from[edge] && matrix->to[e] == matrix->to[edge])
			return true;
	}
	return false;
}

static void expect_edges(const struct matrix *matrix, const struct fault **next, const struct fault *end)
{
	for (size_t e = 0; e < matrix->edge_count; e++) {
		char name[32];
		snprintf(name, sizeof(name), "%s -> %s", names[matrix->from[e]], names[matrix->to[e]]);
		if (matrix->first_named[matrix->from[e]] < 0 || matrix->first_named[matrix->to[e]] < 0)
			expect(next, end, "edge", name, ERROR_UNKNOWN_NODE);
		else if (matrix->from[e] == matrix->to[e])
			expect(next, end, "edge", name, ERROR_SELF_EDGE);
		else if (is_repeated(matrix, e))
			expect(next, end, "edge", name, ERROR_DUPLICATE_EDGE);
	}
}

/* The node that the text names up to the next space; moves behind it and the arrow that follows. */
static int take_node(const struct matrix *matrix, const char **at)
{
	int name = -1;
	int length = 0;
	HOLDS(sscanf(*at, "n%d%n", &name, &length) == 1 && name >= 0 && name < NAMES, "a node stands at %s", *at);
	*at += length;
	if (strncmp(*at, " -> ", 4) == 0)
		*at += 4;
	return matrix->first_named[name];
}

/* "The workflow has a cycle: a -> b -> a.": each step is an edge, no node but the first comes twice, and it closes
 * unless it was too long to be shown. The nodes on it, as a set. */
static uint64_t check_cycle(const struct matrix *matrix, const struct fault *fault)
{
	uint64_t seen = 0;
	HOLDS(fault->error == ERROR_WORKFLOW_CYCLE, "what comes last are cycles, not %s", fault->message);
	const char *at = strchr(fault->message, ':') + 2;
	int first = take_node(matrix, &at);
	int node = first;
	HOLDS(first >= 0 && strcmp(fault->name, names[matrix->node_names[first]]) == 0, "it begins with its name");
	do {
		HOLDS(!has(seen, (size_t)node), "no node comes twice: %s", fault->message);
		seen |= UINT64_C(1) << node;
		if (strncmp(at, "…", strlen("…")) == 0)
			return seen;
		int next = take_node(matrix, &at);
		HOLDS(next >= 0 && has(matrix->children[node], (size_t)next), "each step is an edge: %s",
		      fault->message);
		node = next;
	} while (node != first);
	HOLDS(strcmp(at, ".") == 0, "it ends where it closes: %s", fault->message);
	return seen;
}

/* Every node that reaches itself is on a cycle that is named, or behind one. */
static void expect_cycles(const struct matrix *matrix, const struct fault *next, const struct fault *end)
{
	uint64_t named = 0;
	for (; next < end; next++)
		named |= check_cycle(matrix, next);
	uint64_t behind = named;
	for (size_t n = 0; n < matrix->node_count; n++) {
		if (has(named, n))
			behind |= matrix->reached[n];
	}
	for (size_t n = 0; n < matrix->node_count; n++)
		HOLDS(!has(matrix->reached[n], n) || has(behind, n), "the cycle of node %zu is named", n);
}

/* The longest way from a root, by following every edge until nothing changes. */
static void check_order(const struct matrix *matrix, const struct dag_order *order)
{
	int ranks[NODES_MAX] = {0};
	int parents[NODES_MAX] = {0};
	for (size_t e = 0; e < matrix->edge_count; e++) {
		int to = matrix->first_named[matrix->to[e]];
		HOLDS(order->from[e] == (size_t)matrix->first_named[matrix->from[e]] && order->to[e] == (size_t)to,
		      "edge %zu is known", e);
		parents[to]++;
	}
	for (bool is_changed = true; is_changed;) {
		is_changed = false;
		for (size_t e = 0; e < matrix->edge_count; e++) {
			if (ranks[order->to[e]] > ranks[order->from[e]])
				continue;
			ranks[order->to[e]] = ranks[order->from[e]] + 1;
			is_changed = true;
		}
	}
	for (size_t n = 0; n < matrix->node_count; n++) {
		HOLDS(order->ranks[n] == ranks[n], "the rank of node %zu is %d", n, ranks[n]);
		HOLDS(order->parent_counts[n] == parents[n], "node %zu has %d parents", n, parents[n]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct matrix matrix;
	struct dag dag = read_graph((struct text){(const char *)data, size}, &matrix);
	struct arena *arena = fuzz_arena();
	struct fault *faults = NULL;
	size_t count = 0;
	HOLDS(dag_validate(arena, &dag, &faults, &count), "there is memory");
	const struct fault *next = faults;
	const struct fault *end = count > 0 ? faults + count : faults;
	expect_nodes(&matrix, &next, end);
	expect_edges(&matrix, &next, end);
	expect_cycles(&matrix, next, end);
	struct dag_order order;
	if (count == 0) {
		HOLDS(dag_order(arena, &dag, &order), "there is memory");
		check_order(&matrix, &order);
	}
	return 0;
}
