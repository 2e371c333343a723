#include "services/blueprint.h"

#include <stdlib.h>
#include <string.h>

#include "crud/task.h"
#include "db/array.h"
#include "services/task_life.h"

/* The graph as the DAG engine takes it; node ids and edges point into the rows. */
static bool read_graph(struct arena *arena, const struct workflow_template_rows *rows, struct blueprint *blueprint,
		       struct dag *dag)
{
	size_t node_count = (size_t)rows->nodes.count;
	size_t edge_count = (size_t)rows->edges.count;
	struct text *ids = arena_calloc(arena, node_count + 1, sizeof(*ids));
	struct dag_edge *edges = arena_calloc(arena, edge_count + 1, sizeof(*edges));
	blueprint->nodes = arena_calloc(arena, node_count + 1, sizeof(*blueprint->nodes));
	blueprint->task_ids = arena_calloc(arena, node_count + 1, sizeof(*blueprint->task_ids));
	if (!ids || !edges || !blueprint->nodes || !blueprint->task_ids)
		return false;
	for (size_t i = 0; i < node_count; i++) {
		struct row row = row_of(rows->nodes, (int)i);
		blueprint->nodes[i] = workflow_node_from_row(&row);
		ids[i] = blueprint->nodes[i].node_id;
		if (!uuid_generate(&blueprint->task_ids[i]))
			return false;
	}
	for (size_t i = 0; i < edge_count; i++) {
		struct row row = row_of(rows->edges, (int)i);
		struct workflow_edge edge = workflow_edge_from_row(&row);
		edges[i] = (struct dag_edge){edge.from_node_id, edge.to_node_id};
	}
	blueprint->node_count = node_count;
	blueprint->edge_count = edge_count;
	*dag = (struct dag){ids, node_count, edges, edge_count};
	return true;
}

/* An edge between the tasks that its nodes become. */
struct dependency {
	size_t parent; /* the nodes, */
	size_t child;
	const struct uuid *parent_id; /* and the tasks */
	const struct uuid *child_id;
};

static int compare_dependencies(const void *a, const void *b)
{
	const struct dependency *first = a;
	const struct dependency *second = b;
	int difference = strcmp(first->parent_id->text, second->parent_id->text);
	return difference != 0 ? difference : strcmp(first->child_id->text, second->child_id->text);
}

static struct dependency *sort_dependencies(struct arena *arena, const struct blueprint *blueprint)
{
	const struct dag_order *order = &blueprint->order;
	struct dependency *dependencies = arena_calloc(arena, blueprint->edge_count + 1, sizeof(*dependencies));
	if (!dependencies)
		return NULL;
	for (size_t i = 0; i < blueprint->edge_count; i++)
		dependencies[i] =
		    (struct dependency){order->from[i], order->to[i], &blueprint->task_ids[order->from[i]],
					&blueprint->task_ids[order->to[i]]};
	qsort(dependencies, blueprint->edge_count, sizeof(*dependencies), compare_dependencies);
	return dependencies;
}

/* Gives each node the tasks before and behind it, in the order of their ids. */
static bool link_tasks(struct arena *arena, struct blueprint *blueprint)
{
	size_t count = blueprint->node_count;
	struct dependency *dependencies = sort_dependencies(arena, blueprint);
	struct array **parents = arena_calloc(arena, count + 1, sizeof(*parents));
	struct array **children = arena_calloc(arena, count + 1, sizeof(*children));
	blueprint->parent_ids = arena_calloc(arena, count + 1, sizeof(*blueprint->parent_ids));
	blueprint->child_ids = arena_calloc(arena, count + 1, sizeof(*blueprint->child_ids));
	if (!dependencies || !parents || !children || !blueprint->parent_ids || !blueprint->child_ids)
		return false;
	for (size_t i = 0; i < count; i++) {
		parents[i] = array_new(arena);
		children[i] = array_new(arena);
	}
	for (size_t i = 0; i < blueprint->edge_count; i++) {
		array_add_uuid(parents[dependencies[i].child], dependencies[i].parent_id);
		array_add_uuid(children[dependencies[i].parent], dependencies[i].child_id);
	}
	for (size_t i = 0; i < count; i++) {
		blueprint->parent_ids[i] = text_from_string(array_literal(parents[i]));
		blueprint->child_ids[i] = text_from_string(array_literal(children[i]));
		if (!blueprint->parent_ids[i].data || !blueprint->child_ids[i].data)
			return false;
	}
	return true;
}

enum error blueprint_draw(struct context *context, const struct workflow_template_rows *rows,
			  struct blueprint *blueprint)
{
	struct dag dag;
	struct row row = row_of(rows->templates, 0);
	blueprint->workflow = workflow_template_from_row(&row);
	if (!read_graph(context->arena, rows, blueprint, &dag) || !dag_order(context->arena, &dag, &blueprint->order) ||
	    !link_tasks(context->arena, blueprint))
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	return row.failed ? context_fail(context, ERROR_INTERNAL, NULL) : ERROR_NONE;
}

/* One array for each column of the new tasks. */
enum {
	COLUMN_ID,
	COLUMN_NODE,
	COLUMN_TYPE,
	COLUMN_LABEL,
	COLUMN_DESCRIPTION,
	COLUMN_STATE,
	COLUMN_PARENTS,
	COLUMN_RANK,
	COLUMN_PARENT_IDS,
	COLUMN_CHILD_IDS,
	COLUMN__MAX
};

static void add_task(struct array *const columns[COLUMN__MAX], const struct blueprint *blueprint, size_t i)
{
	const struct workflow_node *node = &blueprint->nodes[i];
	int parents = blueprint->order.parent_counts[i];
	array_add_text(columns[COLUMN_ID], text_from_string(blueprint->task_ids[i].text));
	array_add_text(columns[COLUMN_NODE], node->node_id);
	array_add_text(columns[COLUMN_TYPE], text_from_string(node->task_type_id.text));
	array_add_text(columns[COLUMN_LABEL], node->label);
	array_add_text(columns[COLUMN_DESCRIPTION], node->description.data ? node->description : TEXT(""));
	array_add_text(columns[COLUMN_STATE], text_from_string(task_state_names[task_life_initial(parents)]));
	array_add_integer(columns[COLUMN_PARENTS], parents);
	array_add_integer(columns[COLUMN_RANK], blueprint->order.ranks[i]);
	array_add_text(columns[COLUMN_PARENT_IDS], blueprint->parent_ids[i]);
	array_add_text(columns[COLUMN_CHILD_IDS], blueprint->child_ids[i]);
}

static enum error queue_tasks(struct context *context, const struct uuid *event_id, const struct uuid *instance_id,
			      const struct blueprint *blueprint)
{
	struct array *columns[COLUMN__MAX];
	const char *literals[COLUMN__MAX];
	for (int column = 0; column < COLUMN__MAX; column++)
		columns[column] = array_new(context->arena);
	for (size_t i = 0; i < blueprint->node_count; i++)
		add_task(columns, blueprint, i);
	for (int column = 0; column < COLUMN__MAX; column++) {
		literals[column] = array_literal(columns[column]);
		if (!literals[column])
			return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	}
	struct new_tasks tasks = {
	    .ids = literals[COLUMN_ID],
	    .node_ids = literals[COLUMN_NODE],
	    .task_type_ids = literals[COLUMN_TYPE],
	    .labels = literals[COLUMN_LABEL],
	    .descriptions = literals[COLUMN_DESCRIPTION],
	    .states = literals[COLUMN_STATE],
	    .open_parents = literals[COLUMN_PARENTS],
	    .ranks = literals[COLUMN_RANK],
	    .parent_ids = literals[COLUMN_PARENT_IDS],
	    .child_ids = literals[COLUMN_CHILD_IDS],
	};
	task_create_queue(context->database, event_id, instance_id, &tasks);
	return ERROR_NONE;
}

static enum error queue_dependencies(struct context *context, const struct uuid *event_id,
				     const struct blueprint *blueprint)
{
	struct array *parents = array_new(context->arena);
	struct array *children = array_new(context->arena);
	for (size_t i = 0; i < blueprint->edge_count; i++) {
		array_add_text(parents, text_from_string(blueprint->task_ids[blueprint->order.from[i]].text));
		array_add_text(children, text_from_string(blueprint->task_ids[blueprint->order.to[i]].text));
	}
	const char *parent_ids = array_literal(parents);
	const char *child_ids = array_literal(children);
	if (!parent_ids || !child_ids)
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	task_dependency_create_queue(context->database, event_id, parent_ids, child_ids);
	return ERROR_NONE;
}

enum error blueprint_queue(struct context *context, const struct blueprint *blueprint, const struct uuid *event_id,
			   const struct uuid *instance_id)
{
	enum error error = queue_tasks(context, event_id, instance_id, blueprint);
	return error == ERROR_NONE ? queue_dependencies(context, event_id, blueprint) : error;
}

void blueprint_record(const struct blueprint *blueprint, struct change *change, const struct uuid *actor_id)
{
	for (size_t i = 0; i < blueprint->node_count; i++) {
		struct change_entry entry = {
		    .task_id = &blueprint->task_ids[i],
		    .number = 1,
		    .kind = TRANSITION_CREATED,
		    .from_state = TASK_STATE__MAX,
		    .to_state = task_life_initial(blueprint->order.parent_counts[i]),
		    .actor_id = actor_id,
		};
		change_add(change, &entry);
	}
}

/* A node's place in the lists: by rank, then by the id of its task. */
struct place {
	size_t node;
	int rank;
	const struct uuid *task_id;
};

static int compare_places(const void *a, const void *b)
{
	const struct place *first = a;
	const struct place *second = b;
	if (first->rank != second->rank)
		return first->rank < second->rank ? -1 : 1;
	return strcmp(first->task_id->text, second->task_id->text);
}

static struct place *sort_nodes(struct arena *arena, const struct blueprint *blueprint)
{
	struct place *places = arena_calloc(arena, blueprint->node_count, sizeof(*places));
	if (!places)
		return NULL;
	for (size_t i = 0; i < blueprint->node_count; i++)
		places[i] = (struct place){i, blueprint->order.ranks[i], &blueprint->task_ids[i]};
	qsort(places, blueprint->node_count, sizeof(*places), compare_places);
	return places;
}

static struct task describe_task(const struct blueprint *blueprint, size_t i, const struct workflow_instance *instance)
{
	const struct workflow_node *node = &blueprint->nodes[i];
	return (struct task){
	    .event_id = instance->event_id,
	    .id = blueprint->task_ids[i],
	    .workflow_instance_id = {.present = true, .value = instance->id},
	    .node_id = node->node_id,
	    .task_type_id = node->task_type_id,
	    .label = node->label,
	    .description = node->description.data ? node->description : TEXT(""),
	    .state = task_life_initial(blueprint->order.parent_counts[i]),
	    .open_parents = blueprint->order.parent_counts[i],
	    .rank = blueprint->order.ranks[i],
	    .created_at = instance->created_at,
	    .updated_at = instance->created_at,
	    .parent_ids = blueprint->parent_ids[i],
	    .child_ids = blueprint->child_ids[i],
	};
}

enum error blueprint_describe(struct context *context, const struct blueprint *blueprint,
			      struct workflow_instantiated *result)
{
	struct place *places = sort_nodes(context->arena, blueprint);
	result->tasks = arena_calloc(context->arena, blueprint->node_count, sizeof(*result->tasks));
	if (!places || !result->tasks)
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	result->task_count = blueprint->node_count;
	for (size_t i = 0; i < result->task_count; i++) {
		result->tasks[i] = describe_task(blueprint, places[i].node, &result->instance);
		result->instance.task_counts[result->tasks[i].state]++;
	}
	return ERROR_NONE;
}
