#include "services/dag.h"

#include <string.h>

#include "services/graph.h"

enum { CYCLE_NAMES_MAX = 20, FAULTS_MIN = 16 };

/* The faults found so far. */
struct report {
	struct arena *arena;
	struct fault *faults;
	size_t count;
	size_t capacity;
	bool exhausted; /* the arena; what comes after is lost */
};

static bool make_room(struct report *report)
{
	if (report->count < report->capacity)
		return true;
	size_t capacity = report->capacity > 0 ? report->capacity * 2 : FAULTS_MIN;
	struct fault *faults = arena_calloc(report->arena, capacity, sizeof(*faults));
	if (!faults)
		return false;
	if (report->count > 0)
		memcpy(faults, report->faults, report->count * sizeof(*faults));
	report->faults = faults;
	report->capacity = capacity;
	return true;
}

/* Takes NULL for name and subject, which both come straight from the arena. */
static void add_fault(struct report *report, const char *place, const char *name, enum error error, const char *subject)
{
	const char *message = subject ? error_message(report->arena, error, subject) : NULL;
	if (!name || !message || !make_room(report)) {
		report->exhausted = true;
		return;
	}
	report->faults[report->count++] = (struct fault){place, name, error, message};
}

static void report_limits(struct report *report, const struct dag *dag)
{
	if (dag->node_count == 0)
		add_fault(report, "field", "nodes", ERROR_NO_NODES, "");
	if (dag->node_count > DAG_NODES_MAX)
		add_fault(report, "field", "nodes", ERROR_TOO_MANY_NODES, "");
	if (dag->edge_count > DAG_EDGES_MAX)
		add_fault(report, "field", "edges", ERROR_TOO_MANY_EDGES, "");
}

static void report_nodes(struct report *report, const struct dag *dag, const struct graph *graph)
{
	for (size_t n = 0; n < dag->node_count && !report->exhausted; n++) {
		if (!graph->repeats[n])
			continue;
		const char *name = arena_copy(report->arena, dag->nodes[n]);
		add_fault(report, "node", name, ERROR_DUPLICATE_NODE, name);
	}
}

static void report_edges(struct report *report, const struct dag *dag, const struct graph *graph)
{
	for (size_t e = 0; e < dag->edge_count && !report->exhausted; e++) {
		if (graph->verdicts[e] == ERROR_NONE)
			continue;
		const struct dag_edge *edge = &dag->edges[e];
		const char *name = arena_format(report->arena, "%.*s -> %.*s", (int)edge->from.length, edge->from.data,
						(int)edge->to.length, edge->to.data);
		add_fault(report, "edge", name, graph->verdicts[e], name);
	}
}

/* For each node that could not be sorted, a parent that could not be either: there always is one. */
static size_t *find_unsorted_parents(struct arena *arena, const struct graph *graph, const struct sorting *sorting)
{
	size_t *parents = arena_calloc(arena, graph->node_count, sizeof(*parents));
	for (size_t n = 0; parents && n < graph->node_count; n++) {
		if (sorting->open[n] == 0)
			continue;
		for (size_t i = graph->first[n]; i < graph->first[n + 1]; i++)
			parents[graph->to[graph->outgoing[i]]] = n;
	}
	return parents;
}

/* "a -> b -> a"; NULL when the arena is exhausted. */
static const char *join_names(struct arena *arena, const struct text *names, size_t count)
{
	static const struct text arrow = {" -> ", 4};
	size_t size = 1;
	for (size_t i = 0; i < count; i++)
		size += names[i].length + arrow.length;
	char *joined = arena_alloc(arena, size);
	char *end = joined;
	for (size_t i = 0; joined && i < count; i++) {
		if (i > 0)
			end = mempcpy(end, arrow.data, arrow.length);
		end = mempcpy(end, names[i].data, names[i].length);
	}
	return joined;
}

/* The cycle is known from child to parent, and named from parent to child, beginning with its first node as given. */
static void report_cycle(struct report *report, const struct dag *dag, const size_t *parents, size_t node)
{
	size_t length = 0;
	size_t start = node;
	size_t n = node;
	do {
		length++;
		start = n < start ? n : start;
		n = parents[n];
	} while (n != node);

	struct text names[CYCLE_NAMES_MAX + 1];
	bool is_whole = length <= CYCLE_NAMES_MAX;
	size_t shown = is_whole ? length : CYCLE_NAMES_MAX;
	n = start;
	for (size_t i = length; i-- > 1;) {
		n = parents[n];
		if (i < shown)
			names[i] = dag->nodes[n];
	}
	names[0] = dag->nodes[start];
	names[shown] = is_whole ? names[0] : TEXT("…");
	add_fault(report, "node", arena_copy(report->arena, names[0]), ERROR_WORKFLOW_CYCLE,
		  join_names(report->arena, names, shown + 1));
}

/* Walks from child to parent from every node; a walk that comes upon its own trail has found a cycle. Cycles found so
 * share no node, and each node is walked over once. */
static void report_cycles(struct report *report, const struct dag *dag, const struct graph *graph,
			  const struct sorting *sorting)
{
	size_t *parents = find_unsorted_parents(report->arena, graph, sorting);
	size_t *trails = arena_calloc(report->arena, graph->node_count, sizeof(*trails)); /* walk + 1; 0: none yet */
	if (!parents || !trails) {
		report->exhausted = true;
		return;
	}
	for (size_t walk = 0; walk < graph->node_count; walk++) {
		if (sorting->open[walk] == 0 || trails[walk] != 0)
			continue;
		size_t node = walk;
		for (; trails[node] == 0; node = parents[node])
			trails[node] = walk + 1;
		if (trails[node] == walk + 1)
			report_cycle(report, dag, parents, node);
	}
}

bool dag_validate(struct arena *arena, const struct dag *dag, struct fault **faults, size_t *fault_count)
{
	struct graph graph;
	struct sorting sorting;
	if (!graph_build(arena, dag, &graph) || !graph_sort(arena, &graph, &sorting))
		return false;

	struct report report = {.arena = arena};
	report_limits(&report, dag);
	report_nodes(&report, dag, &graph);
	report_edges(&report, dag, &graph);
	if (sorting.done_count < dag->node_count)
		report_cycles(&report, dag, &graph, &sorting);
	*faults = report.faults;
	*fault_count = report.count;
	return !report.exhausted;
}

bool dag_order(struct arena *arena, const struct dag *dag, struct dag_order *order)
{
	struct graph graph;
	struct sorting sorting;
	if (!graph_build(arena, dag, &graph) || !graph_sort(arena, &graph, &sorting))
		return false;
	*order = (struct dag_order){sorting.ranks, graph.parent_counts, graph.from, graph.to};
	return true;
}
