#include "crud/task.h"

#define TASK_ORDER " ORDER BY t.created_at, t.rank, t.id"

#define TASK_IS_ELIGIBLE                                                             \
	" ($8::uuid IS NULL OR EXISTS (SELECT FROM eventflow.eligibility_mappings g" \
	" WHERE g.user_type_id = $8 AND g.task_type_id = t.task_type_id))"

/* Parameters of a list: $1 the scope, $2 to $8 the filter, $9 to $11 the keyset position, $12 the number of rows. */
#define TASK_MATCHES                                                                                              \
	" t.deleted_at IS NULL"                                                                                   \
	" AND ($2::text IS NULL OR t.state = $2)"                                                                 \
	" AND ($3::uuid IS NULL OR t.assignee_id = $3)"                                                           \
	" AND ($4::uuid IS NULL OR t.task_type_id = $4)"                                                          \
	" AND ($5::uuid IS NULL OR t.workflow_instance_id = $5)"                                                  \
	" AND NOT ($6::boolean AND t.state = 'TODO')"                                                             \
	" AND ($7::boolean IS NULL OR $7 = (t.state = 'TODO' AND t.assignee_id IS NULL AND" TASK_IS_ELIGIBLE "))" \
	" AND (t.created_at, t.rank, t.id) > ($9::timestamptz, $10::integer, $11::uuid)" TASK_ORDER               \
	" LIMIT $12::bigint"

#define TASKS_OF_ALL "SELECT t.* FROM eventflow.tasks t WHERE $1::uuid IS NULL AND" TASK_MATCHES

#define TASKS_OF_EVENT "SELECT t.* FROM eventflow.tasks t WHERE t.event_id = $1::uuid AND" TASK_MATCHES

/* Each event gives at most a page of its own, along its index, so the cost does not grow with its tasks. */
#define TASKS_OF_MEMBERSHIPS                                                                     \
	"SELECT t.* FROM eventflow.event_members m CROSS JOIN LATERAL ("                         \
	"SELECT t.* FROM eventflow.tasks t WHERE t.event_id = m.event_id AND" TASK_MATCHES ") t" \
	" WHERE m.user_id = $1::uuid" TASK_ORDER " LIMIT $12::bigint"

#define TASK_LIST(tasks) "SELECT " TASK_COLUMNS " FROM (" tasks ") t" TASK_ORDER

/* The dependencies of a page, each once: with the parents of its tasks, whether these are on the page or not, and with
 * those of their children that are not. A parent is never deleted before its children; a child may be. For a customer
 * ($6) those whose other end is in TODO do not exist. */
#define DEPENDENCY_IS_SHOWN(other)                                                                                          \
	" AND NOT ($6::boolean AND EXISTS (SELECT FROM eventflow.tasks o WHERE o.event_id = d.event_id AND o.id = d." other \
	" AND o.state = 'TODO'))"

#define DEPENDENCIES_WITHIN(tasks)                                                                            \
	"WITH page AS MATERIALIZED (SELECT t.id FROM (" tasks ") t),"                                         \
	" ids AS (SELECT ARRAY(SELECT page.id FROM page) AS ids)"                                             \
	" SELECT d.child_id, d.parent_id FROM ids, eventflow.task_dependencies d"                             \
	" WHERE d.event_id = $1::uuid AND d.child_id = ANY (ids.ids)" DEPENDENCY_IS_SHOWN(                    \
	    "parent_id") " UNION ALL"                                                                         \
			 " SELECT d.child_id, d.parent_id FROM ids, eventflow.task_dependencies d"            \
			 " WHERE d.event_id = $1::uuid AND d.parent_id = ANY (ids.ids) AND d.child_id NOT IN" \
			 " (SELECT page.id FROM page UNION ALL SELECT o.id FROM eventflow.tasks o"            \
			 " WHERE o.event_id = $1::uuid AND o.deleted_at IS NOT NULL)" DEPENDENCY_IS_SHOWN("child_id")

#define DEPENDENCIES_ACROSS(tasks)                                                                                                 \
	"WITH page AS MATERIALIZED (SELECT t.event_id, t.id FROM (" tasks ") t)"                                                   \
	" SELECT d.child_id, d.parent_id FROM page JOIN eventflow.task_dependencies d"                                             \
	" ON d.event_id = page.event_id AND d.child_id = page.id" DEPENDENCY_IS_SHOWN(                                             \
	    "parent_id") " UNION ALL"                                                                                              \
			 " SELECT d.child_id, d.parent_id FROM page JOIN eventflow.task_dependencies d"                            \
			 " ON d.event_id = page.event_id AND d.parent_id = page.id"                                                \
			 " WHERE d.child_id NOT IN (SELECT page.id FROM page) AND NOT EXISTS (SELECT FROM eventflow.tasks o"       \
			 " WHERE o.event_id = d.event_id AND o.id = d.child_id AND o.deleted_at IS NOT NULL)" DEPENDENCY_IS_SHOWN( \
			     "child_id")

enum { TASK_LIST_PARAMETERS = 12 };

/* By enum task_scope. */
static const struct statement task_list[] = {
    {"task_list_all", TASK_LIST(TASKS_OF_ALL), TASK_LIST_PARAMETERS},
    {"task_list_event", TASK_LIST(TASKS_OF_EVENT), TASK_LIST_PARAMETERS},
    {"task_list_memberships", TASK_LIST(TASKS_OF_MEMBERSHIPS), TASK_LIST_PARAMETERS},
};

static const struct statement dependency_list[] = {
    {"dependency_list_all", DEPENDENCIES_ACROSS(TASKS_OF_ALL), TASK_LIST_PARAMETERS},
    {"dependency_list_event", DEPENDENCIES_WITHIN(TASKS_OF_EVENT), TASK_LIST_PARAMETERS},
    {"dependency_list_memberships", DEPENDENCIES_ACROSS(TASKS_OF_MEMBERSHIPS), TASK_LIST_PARAMETERS},
};

struct task_list_results task_list_queue(struct database *database, const struct task_filter *filter,
					 const struct page *page)
{
	const char *parameters[TASK_LIST_PARAMETERS] = {
	    filter->scope_id,
	    filter->state,
	    filter->assignee_id,
	    filter->task_type_id,
	    filter->workflow_instance_id,
	    filter->hides_todo ? "t" : "f",
	    filter->takeable,
	    filter->eligible_for_type,
	    page->created_at,
	    page->number,
	    page->id,
	    page->fetch,
	};
	struct task_list_results results;
	results.tasks = batch_add(database, &task_list[filter->scope], parameters);
	results.dependencies = batch_add(database, &dependency_list[filter->scope], parameters);
	return results;
}

#define TASK_READ                                                                                                 \
	"SELECT " TASK_COLUMNS ", t.transition_count, e.version,"                                                 \
	" EXISTS (SELECT FROM eventflow.event_members m WHERE m.event_id = t.event_id AND m.user_id = $2::uuid)," \
	" EXISTS (SELECT FROM eventflow.users u JOIN eventflow.eligibility_mappings g"                            \
	" ON g.user_type_id = u.user_type_id WHERE u.id = $2::uuid AND g.task_type_id = t.task_type_id)"          \
	" FROM eventflow.tasks t JOIN eventflow.events e ON e.id = t.event_id"                                    \
	" WHERE t.id = $1::uuid AND t.deleted_at IS NULL"

static const struct statement task_read = {"task_read", TASK_READ, 2};
static const struct statement task_read_lock = {"task_read_lock", TASK_READ " FOR NO KEY UPDATE OF t", 2};

int task_read_queue(struct database *database, const struct uuid *task_id, const struct uuid *user_id, bool lock)
{
	const char *parameters[] = {task_id->text, user_id->text};
	return batch_add(database, lock ? &task_read_lock : &task_read, parameters);
}

#define DEPENDENCIES_OF_TASK(task, other)                                                                    \
	"SELECT d.child_id, d.parent_id, o.state FROM eventflow.tasks t"                                     \
	" JOIN eventflow.task_dependencies d ON d.event_id = t.event_id AND d." task " = t.id"               \
	" JOIN eventflow.tasks o ON o.event_id = d.event_id AND o.id = d." other " AND o.deleted_at IS NULL" \
	" WHERE t.id = $1::uuid"

static const struct statement task_dependencies = {
    "task_dependencies",
    DEPENDENCIES_OF_TASK("child_id", "parent_id") " UNION ALL " DEPENDENCIES_OF_TASK("parent_id", "child_id"),
    1,
};

int task_dependencies_queue(struct database *database, const struct uuid *task_id)
{
	const char *parameters[] = {task_id->text};
	return batch_add(database, &task_dependencies, parameters);
}

/* In the order of ranks, by which every parent stands before its children: one of them may be a parent of another one,
 * and whoever has locked that one goes on to the other. */
static const struct statement task_children_lock = {
    "task_children_lock",
    "SELECT c.id, c.state, c.open_parents, c.transition_count FROM eventflow.tasks t"
    " JOIN eventflow.task_dependencies d ON d.event_id = t.event_id AND d.parent_id = t.id"
    " JOIN eventflow.tasks c ON c.event_id = d.event_id AND c.id = d.child_id"
    " WHERE t.id = $1::uuid AND c.deleted_at IS NULL ORDER BY c.rank, c.id FOR NO KEY UPDATE OF c",
    1,
};

int task_children_lock_queue(struct database *database, const struct uuid *task_id)
{
	const char *parameters[] = {task_id->text};
	return batch_add(database, &task_children_lock, parameters);
}

static const struct statement task_move = {
    "task_move",
    "UPDATE eventflow.tasks SET state = $3, transition_count = $4::integer, updated_at = now()"
    " WHERE event_id = $1::uuid AND id = $2::uuid",
    4,
};

void task_move_queue(struct database *database, const struct task *task, enum task_state state, const char *number)
{
	const char *parameters[] = {task->event_id.text, task->id.text, task_state_names[state], number};
	batch_add(database, &task_move, parameters);
}

static const struct statement task_assign = {
    "task_assign",
    "UPDATE eventflow.tasks SET assignee_id = $3::uuid, transition_count = $4::integer, updated_at = now()"
    " WHERE event_id = $1::uuid AND id = $2::uuid",
    4,
};

void task_assign_queue(struct database *database, const struct task *task, const struct optional_uuid *assignee_id,
		       const char *number)
{
	const char *parameters[] = {task->event_id.text, task->id.text,
				    assignee_id->present ? assignee_id->value.text : NULL, number};
	batch_add(database, &task_assign, parameters);
}

static const struct statement task_children_release = {
    "task_children_release",
    "UPDATE eventflow.tasks t SET open_parents = t.open_parents - 1, state = c.state,"
    " transition_count = c.transition_count, updated_at = now()"
    " FROM unnest($2::uuid[], $3::text[], $4::integer[]) AS c (id, state, transition_count)"
    " WHERE t.event_id = $1::uuid AND t.id = c.id",
    4,
};

void task_children_release_queue(struct database *database, const struct uuid *event_id, const char *ids,
				 const char *states, const char *numbers)
{
	const char *parameters[] = {event_id->text, ids, states, numbers};
	batch_add(database, &task_children_release, parameters);
}

static const struct statement task_create = {
    "task_create",
    "INSERT INTO eventflow.tasks (event_id, workflow_instance_id, id, node_id, task_type_id, label, description, state,"
    " open_parents, rank) SELECT $1::uuid, $2::uuid, n.* FROM unnest($3::uuid[], $4::text[], $5::uuid[], $6::text[],"
    " $7::text[], $8::text[], $9::integer[], $10::integer[]) AS n",
    10,
};

void task_create_queue(struct database *database, const struct uuid *event_id, const struct uuid *instance_id,
		       const struct new_tasks *tasks)
{
	const char *parameters[] = {
	    event_id->text, instance_id->text,   tasks->ids,    tasks->node_ids,     tasks->task_type_ids,
	    tasks->labels,  tasks->descriptions, tasks->states, tasks->open_parents, tasks->ranks,
	};
	batch_add(database, &task_create, parameters);
}

static const struct statement task_dependency_create = {
    "task_dependency_create",
    "INSERT INTO eventflow.task_dependencies (event_id, parent_id, child_id)"
    " SELECT $1::uuid, n.* FROM unnest($2::uuid[], $3::uuid[]) AS n",
    3,
};

void task_dependency_create_queue(struct database *database, const struct uuid *event_id, const char *parent_ids,
				  const char *child_ids)
{
	const char *parameters[] = {event_id->text, parent_ids, child_ids};
	batch_add(database, &task_dependency_create, parameters);
}
