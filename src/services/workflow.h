/* Workflows: saving templates, and bringing them to life. */
#ifndef EVENTFLOW_SERVICES_WORKFLOW_H
#define EVENTFLOW_SERVICES_WORKFLOW_H

#include "core/context.h"
#include "core/error.h"
#include "crud/workflow.h"
#include "models/task.h"
#include "models/workflow_instance.h"
#include "models/workflow_template.h"
#include "schemas/operations.h"
#include "services/list_memory.h"
#include "services/page.h"
#include "services/transaction.h"

/* A template that was saved: its nodes and edges are those of the request. */
struct workflow_template_saved {
	struct workflow_template workflow;
	const struct workflow_template_save_input *input;
};

/* Validates and saves a template, or the next version of one (input->id). All faults of the graph are reported at once.
 * Two round trips. The answer is written from a struct workflow_template_saved. */
enum error workflow_template_save(struct context *context, const struct workflow_template_save_input *input,
				  answer_writer answer);

/* A page of instances (WORKFLOW_INSTANCE_COLUMNS); memory and is_of_one_event as in struct task_page. */
struct workflow_instance_page {
	struct row_page list;
	struct list_memory memory;
	bool is_of_one_event;
};

enum error workflow_instance_list(struct context *context, const struct workflow_instance_list_input *input,
				  struct workflow_instance_page *page);

/* A template as it was read: one row of templates, all of its nodes and edges. */
struct workflow_template_rows {
	struct rows templates;
	struct rows nodes;
	struct rows edges;
};

/* A new instance with all its tasks, in the order of every list. */
struct workflow_instantiated {
	struct workflow_instance instance;
	struct task *tasks;
	size_t task_count;
};

/* Creates all tasks and dependencies in one transaction with a constant number of statements. Two round trips. The
 * answer is written from a struct workflow_instantiated. */
enum error workflow_instantiate(struct context *context, const struct workflow_instantiate_input *input,
				answer_writer answer);

#endif
