/* Workflows: saving templates, and bringing them to life. */
#ifndef EVENTFLOW_SERVICES_WORKFLOW_H
#define EVENTFLOW_SERVICES_WORKFLOW_H

#include "core/context.h"
#include "core/error.h"
#include "crud/workflow.h"
#include "models/task.h"
#include "models/workflow_instance.h"
#include "schemas/operations.h"
#include "services/page.h"

/* A template as it was read: one row of templates, all of its nodes and edges. */
struct workflow_template_rows {
	struct rows templates;
	struct rows nodes;
	struct rows edges;
};

/* Validates and saves a template, or the next version of one (input->id). All faults of the graph are reported at once.
 * Two round trips. */
enum error workflow_template_save(struct context *context, const struct workflow_template_save_input *input,
				  struct workflow_template_rows *saved);

/* A page of instances (WORKFLOW_INSTANCE_COLUMNS); is_of_one_event as in struct task_page. */
struct workflow_instance_page {
	struct row_page list;
	bool is_of_one_event;
};

enum error workflow_instance_list(struct context *context, const struct workflow_instance_list_input *input,
				  struct workflow_instance_page *page);

/* A new instance with all its tasks. */
struct workflow_instantiated {
	struct rows instance; /* one row of WORKFLOW_INSTANCE_COLUMNS */
	struct rows tasks;    /* TASK_COLUMNS */
	struct dependencies dependencies;
};

/* Creates all tasks and dependencies in one transaction with a constant number of statements. Two round trips. */
enum error workflow_instantiate(struct context *context, const struct workflow_instantiate_input *input,
				struct workflow_instantiated *result);

#endif
