#include "crud/task.h"

#include "models/caller.h"
#include "models/user.h"

#define TASK_ORDER " ORDER BY t.created_at, t.rank, t.id"

/* Parameters of a list: $1 the scope, $2 to $4 the keyset position, $5 the number of rows; and of a filtered one, $6 to
 * $12 the filter. */
#define TASK_PAGE                                                                                                          \
	" AND t.deleted_at IS NULL AND (t.created_at, t.rank, t.id) > ($2::timestamptz, $3::integer, $4::uuid)" TASK_ORDER \
	" LIMIT $5::bigint"

#define TASK_IS_ELIGIBLE                                                              \
	" ($12::uuid IS NULL OR EXISTS (SELECT FROM eventflow.eligibility_mappings g" \
	" WHERE g.user_type_id = $12 AND g.task_type_id = t.task_type_id))"

#define TASK_FILTERED_PAGE                                                                                     \
	" AND ($6::text IS NULL OR t.state = $6)"                                                              \
	" AND ($7::uuid IS NULL OR t.assignee_id = $7)"                                                        \
	" AND ($8::uuid IS NULL OR t.task_type_id = $8)"                                                       \
	" AND ($9::uuid IS NULL OR t.workflow_instance_id = $9)"                                               \
	" AND NOT ($10::boolean AND t.state = 'TODO')"                                                         \
	" AND ($11::boolean IS NULL OR $11 = (t.state = 'TODO' AND t.assignee_id IS NULL AND" TASK_IS_ELIGIBLE \
	"))" TASK_PAGE

#define TASKS_OF_ALL(page) "SELECT t.* FROM eventflow.tasks t WHERE $1::uuid IS NULL" page

#define TASKS_OF_EVENT(page) "SELECT t.* FROM eventflow.tasks t WHERE t.event_id = $1::uuid" page

/* Each event gives at most a page of its own, along its index, so the cost does not grow with its tasks. */
#define TASKS_OF_MEMBERSHIPS(page)                                                   \
	"SELECT t.* FROM eventflow.event_members m CROSS JOIN LATERAL ("             \
	"SELECT t.* FROM eventflow.tasks t WHERE t.event_id = m.event_id" page ") t" \
	" WHERE m.user_id = $1::uuid" TASK_ORDER " LIMIT $5::bigint"

/* The children of a task that are deleted; a parent is never deleted before them. Hardly any task has some: then it is
 * a look into an empty index. */
#define DELETED_CHILDREN                                                         \
	"ARRAY(SELECT o.id FROM eventflow.tasks o WHERE o.event_id = t.event_id" \
	" AND o.id = ANY (t.child_ids) AND o.deleted_at IS NOT NULL)"

/* The same in a list of one event, $1: it is asked once whether any of the event's tasks is deleted. */
#define DELETED_CHILDREN_IN_EVENT                                                                                                          \
	"CASE WHEN EXISTS (SELECT FROM eventflow.tasks d WHERE d.event_id = $1::uuid AND d.deleted_at IS NOT NULL) THEN " DELETED_CHILDREN \
	" ELSE '{}' END"

/* For a customer ($10) those of its parents and children, too, that are in TODO. */
#define HIDDEN_NEIGHBOURS(deleted_children)                                                                                 \
	"CASE WHEN $10::boolean THEN ARRAY(SELECT o.id FROM unnest(t.parent_ids || t.child_ids) AS n (id)"                  \
	" JOIN eventflow.tasks o ON o.id = n.id WHERE o.state = 'TODO' OR o.deleted_at IS NOT NULL) ELSE " deleted_children \
	" END"

#define TASK_LIST(hidden, tasks) "SELECT " TASK_COLUMNS ", " hidden " FROM (" tasks ") t" TASK_ORDER

enum { PAGE_PARAMETERS = 5, FILTERED_PAGE_PARAMETERS = 12 };

/* By enum task_scope. A filter that asks for nothing still costs the database a third of a list. */
static const struct statement task_list[] = {
    {"task_list_all", TASK_LIST(DELETED_CHILDREN, TASKS_OF_ALL(TASK_PAGE)), PAGE_PARAMETERS},
    {"task_list_event", TASK_LIST(DELETED_CHILDREN_IN_EVENT, TASKS_OF_EVENT(TASK_PAGE)), PAGE_PARAMETERS},
    {"task_list_memberships", TASK_LIST(DELETED_CHILDREN, TASKS_OF_MEMBERSHIPS(TASK_PAGE)), PAGE_PARAMETERS},
};

static const struct statement task_list_filtered[] = {
    {"task_list_filtered_all", TASK_LIST(HIDDEN_NEIGHBOURS(DELETED_CHILDREN), TASKS_OF_ALL(TASK_FILTERED_PAGE)),
     FILTERED_PAGE_PARAMETERS},
    {"task_list_filtered_event",
     TASK_LIST(HIDDEN_NEIGHBOURS(DELETED_CHILDREN_IN_EVENT), TASKS_OF_EVENT(TASK_FILTERED_PAGE)),
     FILTERED_PAGE_PARAMETERS},
    {"task_list_filtered_memberships",
     TASK_LIST(HIDDEN_NEIGHBOURS(DELETED_CHILDREN), TASKS_OF_MEMBERSHIPS(TASK_FILTERED_PAGE)),
     FILTERED_PAGE_PARAMETERS},
};

static bool asks_for_all(const struct task_filter *filter)
{
	return !filter->state && !filter->assignee_id && !filter->task_type_id && !filter->workflow_instance_id &&
	       !filter->hides_todo && !filter->takeable;
}

int task_list_queue(struct database *database, const struct task_filter *filter, const struct page *page)
{
	const char *parameters[FILTERED_PAGE_PARAMETERS] = {
	    filter->scope_id,
	    page->created_at,
	    page->number,
	    page->id,
	    page->fetch,
	    filter->state,
	    filter->assignee_id,
	    filter->task_type_id,
	    filter->workflow_instance_id,
	    filter->hides_todo ? "t" : "f",
	    filter->takeable,
	    filter->eligible_for_type,
	};
	const struct statement *tasks = asks_for_all(filter) ? task_list : task_list_filtered;
	return batch_add(database, &tasks[filter->scope], parameters);
}

/* The caller and, if there is one, the task, in one statement: two take PostgreSQL a tenth more, and the worker 7 %.
 * The row of another table is a sub-select: a join costs more, and EXISTS is planned twice. */
#define TASK_READ(more, task)                                                                               \
	"SELECT " CALLER_COLUMNS ", " TASK_COLUMNS ", " DELETED_CHILDREN ", t.transition_count,"            \
	" (SELECT e.version FROM eventflow.events e WHERE e.id = t.event_id), t.event_id" IN_EVENTS_OF_USER \
	", (SELECT g.user_type_id FROM eventflow.eligibility_mappings g"                                    \
	" WHERE g.user_type_id = u.user_type_id AND g.task_type_id = t.task_type_id) IS NOT NULL" more      \
	" FROM eventflow.users u LEFT JOIN " task " WHERE u.id = $2::uuid"

#define TASK " eventflow.tasks t ON t.id = $1::uuid AND t.deleted_at IS NULL"

/* What a LEFT JOIN may lack can only be locked in a sub-select. */
#define TASK_LOCKED                                                                                  \
	" LATERAL (SELECT t.* FROM eventflow.tasks t WHERE t.id = $1::uuid AND t.deleted_at IS NULL" \
	" FOR NO KEY UPDATE OF t) t ON true"

static const struct statement task_read[] = {
    [TASK_TO_SHOW] = {"task_read", TASK_READ("", TASK), 2},
    [TASK_TO_REFUSE] = {"task_read_time", TASK_READ(", now()", TASK), 2},
    [TASK_TO_CHANGE] = {"task_read_lock", TASK_READ(", now()", TASK_LOCKED), 2},
};

int task_read_queue(struct database *database, const struct uuid *task_id, const struct uuid *caller_id,
		    enum task_purpose purpose)
{
	const char *parameters[] = {task_id->text, caller_id->text};
	return batch_add(database, &task_read[purpose], parameters);
}

static const struct statement task_hidden = {
    "task_hidden",
    "SELECT ARRAY(SELECT o.id FROM unnest($1::uuid[] || $2::uuid[]) AS n (id)"
    " JOIN eventflow.tasks o ON o.id = n.id WHERE o.state = 'TODO' OR o.deleted_at IS NOT NULL)",
    2,
};

int task_hidden_queue(struct database *database, const struct task *task)
{
	const char *parameters[] = {task->parent_ids.data, task->child_ids.data};
	return batch_add(database, &task_hidden, parameters);
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
    " open_parents, rank, parent_ids, child_ids) SELECT $1::uuid, $2::uuid, n.id, n.node_id, n.task_type_id, n.label,"
    " n.description, n.state, n.open_parents, n.rank, n.parent_ids::uuid[], n.child_ids::uuid[]"
    " FROM unnest($3::uuid[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::integer[],"
    " $10::integer[], $11::text[], $12::text[]) AS n (id, node_id, task_type_id, label, description, state,"
    " open_parents, rank, parent_ids, child_ids)",
    12,
};

void task_create_queue(struct database *database, const struct uuid *event_id, const struct uuid *instance_id,
		       const struct new_tasks *tasks)
{
	const char *parameters[] = {
	    event_id->text,       instance_id->text, tasks->ids,          tasks->node_ids,
	    tasks->task_type_ids, tasks->labels,     tasks->descriptions, tasks->states,
	    tasks->open_parents,  tasks->ranks,      tasks->parent_ids,   tasks->child_ids,
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
