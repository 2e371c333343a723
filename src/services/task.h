/* Tasks: lists, single tasks with what the caller may do to them, and the changes of a task's assignee and state. */
#ifndef EVENTFLOW_SERVICES_TASK_H
#define EVENTFLOW_SERVICES_TASK_H

#include "core/context.h"
#include "core/error.h"
#include "models/page.h"
#include "models/task.h"
#include "services/authorization.h"
#include "services/list_memory.h"
#include "services/transaction.h"

/* A page of tasks. Whoever has asked for it ends its memory, whether there was an error or not. */
struct task_page {
	struct page page;
	struct list_memory memory;
	struct rows tasks; /* of task_from_row, one more than the page's limit if there is another page; not read where
			    * the memory has spared it */
	struct caller caller;
	bool is_of_one_event; /* caller.event_version is then the version of all that was read */
	struct text also;     /* and this what it depends on besides; data == NULL: nothing */
};

/* A single task, with what is needed to tell what the caller may do to it. */
struct task_view {
	struct caller caller;
	struct task_access access;
};

/* What a transition has done. */
struct task_transition_result {
	const struct task_view *view;
	const struct uuid **unlocked; /* the tasks that it unlocked */
	size_t unlocked_count;
};

/* A page of the audit trail. */
struct transition_page {
	struct page page;
	struct rows transitions; /* TRANSITION_COLUMNS */
	struct caller caller;
	int64_t event_version;
};

/* Each returns ERROR_NONE, or an error that is recorded in the context. One round trip (a list: two when the caller has
 * become somebody else, or a list that is remembered another, since the worker last saw them; a task: two for whom TODO
 * is hidden). */
enum error task_list(struct context *context, const struct task_list_input *input, struct task_page *page);
enum error task_get(struct context *context, const struct task_get_input *input, struct task_view *view);
enum error transition_list(struct context *context, const struct transition_list_input *input,
			   struct transition_page *page);

/* Two round trips each. The answer is written from a struct task_view, that of task_transition from a struct
 * task_transition_result. */
enum error task_pick(struct context *context, const struct task_pick_input *input, answer_writer answer);
enum error task_assign(struct context *context, const struct task_assign_input *input, answer_writer answer);
enum error task_transition(struct context *context, const struct task_transition_input *input, answer_writer answer);

#endif
