/* The graph of a workflow: its validation and its topological order, linear in nodes plus edges and without recursion
 * (Kahn, "Topological sorting of large networks", CACM 5(11), 1962). */
#ifndef EVENTFLOW_SERVICES_DAG_H
#define EVENTFLOW_SERVICES_DAG_H

#include <stddef.h>

#include "core/arena.h"
#include "core/context.h"
#include "core/text.h"

enum { DAG_NODES_MAX = 1000, DAG_EDGES_MAX = 10000 };

struct dag_edge {
	struct text from;
	struct text to;
};

struct dag {
	const struct text *nodes; /* node ids */
	size_t node_count;
	const struct dag_edge *edges;
	size_t edge_count;
};

/* All faults of the graph in the order: limits, nodes, edges, cycles; each with a place ("field", "node" or "edge"), a
 * name (the field, the node id, or "a -> b") and a message that names it. Returns false only when the arena is
 * exhausted. Cycles are looked for only among edges that are sound, and of cycles that share nodes one may stand for
 * all; a cycle's message names the nodes on it, in order: "a -> b -> a" (at most 20 of them, then "…"). */
bool dag_validate(struct arena *arena, const struct dag *dag, struct fault **faults, size_t *fault_count);

/* For a graph without faults: each node's topological position (its longest distance from a root, so that every edge
 * leads to a higher one) and the number of its parents, and each edge's ends as indices into nodes. The three arrays
 * are in the arena. False only when it is exhausted. */
struct dag_order {
	int *ranks;
	int *parent_counts;
	size_t *from; /* per edge */
	size_t *to;
};

bool dag_order(struct arena *arena, const struct dag *dag, struct dag_order *order);

#endif
