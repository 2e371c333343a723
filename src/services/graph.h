/* The inside of dag.c: the graph of a workflow in numbers, its sound edges, and Kahn's algorithm over them. */
#ifndef EVENTFLOW_SERVICES_GRAPH_H
#define EVENTFLOW_SERVICES_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "services/dag.h"

#define GRAPH_NOBODY SIZE_MAX

/* Nodes and edges are numbered as given. A sound edge leads from one known node to another, and counts even if it is
 * given twice. Everything is in the arena. */
struct graph {
	size_t node_count;
	size_t edge_count;
	bool *repeats;        /* per node: an earlier one has the same id; edges mean the earlier one */
	size_t *from;         /* per edge; GRAPH_NOBODY: no such node */
	size_t *to;           /* per edge; the same */
	enum error *verdicts; /* per edge: ERROR_NONE, ERROR_UNKNOWN_NODE, ERROR_SELF_EDGE or ERROR_DUPLICATE_EDGE */
	size_t *first;        /* node n's sound edges are outgoing[first[n]] to outgoing[first[n + 1] - 1] */
	size_t *outgoing;
	int *parent_counts; /* per node: sound edges that lead to it */
};

/* False only when the arena is exhausted. */
bool graph_build(struct arena *arena, const struct dag *dag, struct graph *graph);

/* The order in which the nodes can be done: those on a cycle, or behind one, never can. */
struct sorting {
	int *ranks;   /* the longest distance from a root */
	int *open;    /* parents that could not be sorted; above 0: the node itself could not be either */
	size_t *done; /* the nodes that could be, in order */
	size_t done_count;
};

/* False only when the arena is exhausted. */
bool graph_sort(struct arena *arena, const struct graph *graph, struct sorting *sorting);

#endif
