/* A workflow template about to come to life: the tasks and dependencies that its graph becomes. */
#ifndef EVENTFLOW_SERVICES_BLUEPRINT_H
#define EVENTFLOW_SERVICES_BLUEPRINT_H

#include "core/context.h"
#include "core/error.h"
#include "models/workflow_template.h"
#include "services/change.h"
#include "services/dag.h"
#include "services/workflow.h"

struct blueprint {
	struct workflow_template workflow;
	struct workflow_node *nodes;
	struct uuid *task_ids;   /* the task that each node becomes, */
	struct text *parent_ids; /* and its parents and children, as struct task has them */
	struct text *child_ids;
	size_t node_count;
	size_t edge_count;
	struct dag_order order;
};

/* From the template's rows, with new ids for the tasks. */
enum error blueprint_draw(struct context *context, const struct workflow_template_rows *rows,
			  struct blueprint *blueprint);

/* Queues the tasks and dependencies of an instance that is queued already. */
enum error blueprint_queue(struct context *context, const struct blueprint *blueprint, const struct uuid *event_id,
			   const struct uuid *instance_id);

/* Each task begins its life with a transition of its own. */
void blueprint_record(const struct blueprint *blueprint, struct change *change, const struct uuid *actor_id);

/* The instance (its ids, creator and time are given) and its tasks as they will be, in the order of every list. */
enum error blueprint_describe(struct context *context, const struct blueprint *blueprint,
			      struct workflow_instantiated *result);

#endif
