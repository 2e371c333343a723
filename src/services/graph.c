#include "services/graph.h"

#include "core/hash.h"

/* Node ids to numbers: open addressing, never more than half full. */
struct node_table {
	const struct text *nodes;
	size_t *slots; /* number + 1; 0: free */
	size_t mask;
};

/* The slot that holds the node, or the free one where it belongs. */
static size_t *find_slot(const struct node_table *table, struct text id)
{
	size_t i = (size_t)hash_text(id) & table->mask;
	while (table->slots[i] != 0 && !text_equal(table->nodes[table->slots[i] - 1], id))
		i = (i + 1) & table->mask;
	return &table->slots[i];
}

static size_t find_node(const struct node_table *table, struct text id)
{
	size_t slot = *find_slot(table, id);
	return slot == 0 ? GRAPH_NOBODY : slot - 1;
}

static bool allocate_table(struct arena *arena, const struct dag *dag, struct node_table *table)
{
	size_t size = 16;
	while (size < dag->node_count * 2)
		size *= 2;
	*table = (struct node_table){dag->nodes, arena_calloc(arena, size, sizeof(*table->slots)), size - 1};
	return table->slots;
}

static bool allocate_graph(struct arena *arena, const struct dag *dag, struct graph *graph)
{
	*graph = (struct graph){
	    .node_count = dag->node_count,
	    .edge_count = dag->edge_count,
	    .repeats = arena_calloc(arena, dag->node_count, sizeof(bool)),
	    .from = arena_calloc(arena, dag->edge_count, sizeof(size_t)),
	    .to = arena_calloc(arena, dag->edge_count, sizeof(size_t)),
	    .verdicts = arena_calloc(arena, dag->edge_count, sizeof(enum error)),
	    .first = arena_calloc(arena, dag->node_count + 1, sizeof(size_t)),
	    .outgoing = arena_calloc(arena, dag->edge_count, sizeof(size_t)),
	    .parent_counts = arena_calloc(arena, dag->node_count, sizeof(int)),
	};
	return graph->repeats && graph->from && graph->to && graph->verdicts && graph->first && graph->outgoing &&
	       graph->parent_counts;
}

static void number_nodes(struct graph *graph, const struct dag *dag, struct node_table *table)
{
	for (size_t n = 0; n < dag->node_count; n++) {
		size_t *slot = find_slot(table, dag->nodes[n]);
		graph->repeats[n] = *slot != 0;
		if (*slot == 0)
			*slot = n + 1;
	}
}

static void resolve_edges(struct graph *graph, const struct dag *dag, const struct node_table *table)
{
	for (size_t e = 0; e < dag->edge_count; e++) {
		graph->from[e] = find_node(table, dag->edges[e].from);
		graph->to[e] = find_node(table, dag->edges[e].to);
		if (graph->from[e] == GRAPH_NOBODY || graph->to[e] == GRAPH_NOBODY)
			graph->verdicts[e] = ERROR_UNKNOWN_NODE;
		else if (graph->from[e] == graph->to[e])
			graph->verdicts[e] = ERROR_SELF_EDGE;
	}
}

/* Sorts the sound edges by the node that they leave, by counting. Each node's part is filled from behind, which leaves
 * first[n] at its start. */
static void sort_edges(struct graph *graph)
{
	for (size_t e = 0; e < graph->edge_count; e++) {
		if (graph->verdicts[e] != ERROR_NONE)
			continue;
		graph->first[graph->from[e]]++;
		graph->parent_counts[graph->to[e]]++;
	}
	for (size_t n = 1; n <= graph->node_count; n++)
		graph->first[n] += graph->first[n - 1];
	for (size_t e = graph->edge_count; e-- > 0;) {
		if (graph->verdicts[e] == ERROR_NONE)
			graph->outgoing[--graph->first[graph->from[e]]] = e;
	}
}

/* An edge whose end was already reached from the same node is a duplicate. */
static bool mark_duplicates(struct arena *arena, struct graph *graph)
{
	size_t *reached_from = arena_calloc(arena, graph->node_count, sizeof(*reached_from)); /* number + 1 */
	if (!reached_from)
		return false;
	for (size_t n = 0; n < graph->node_count; n++) {
		for (size_t i = graph->first[n]; i < graph->first[n + 1]; i++) {
			size_t edge = graph->outgoing[i];
			size_t *mark = &reached_from[graph->to[edge]];
			if (*mark == n + 1)
				graph->verdicts[edge] = ERROR_DUPLICATE_EDGE;
			*mark = n + 1;
		}
	}
	return true;
}

bool graph_build(struct arena *arena, const struct dag *dag, struct graph *graph)
{
	struct node_table table;
	if (!allocate_table(arena, dag, &table) || !allocate_graph(arena, dag, graph))
		return false;
	number_nodes(graph, dag, &table);
	resolve_edges(graph, dag, &table);
	sort_edges(graph);
	return mark_duplicates(arena, graph);
}

/* A node is done when all of its parents are, one rank above the highest of them. */
static void settle_children(const struct graph *graph, struct sorting *sorting, size_t node)
{
	for (size_t i = graph->first[node]; i < graph->first[node + 1]; i++) {
		size_t child = graph->to[graph->outgoing[i]];
		if (sorting->ranks[child] <= sorting->ranks[node])
			sorting->ranks[child] = sorting->ranks[node] + 1;
		if (--sorting->open[child] == 0)
			sorting->done[sorting->done_count++] = child;
	}
}

bool graph_sort(struct arena *arena, const struct graph *graph, struct sorting *sorting)
{
	*sorting = (struct sorting){
	    .ranks = arena_calloc(arena, graph->node_count, sizeof(int)),
	    .open = arena_calloc(arena, graph->node_count, sizeof(int)),
	    .done = arena_calloc(arena, graph->node_count, sizeof(size_t)),
	};
	if (!sorting->ranks || !sorting->open || !sorting->done)
		return false;
	for (size_t n = 0; n < graph->node_count; n++) {
		sorting->open[n] = graph->parent_counts[n];
		if (sorting->open[n] == 0)
			sorting->done[sorting->done_count++] = n;
	}
	for (size_t i = 0; i < sorting->done_count; i++)
		settle_children(graph, sorting, sorting->done[i]);
	return true;
}
