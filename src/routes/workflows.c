/* Routes of the tag "workflows"; the list of templates is with the other reference data. */
#include "models/workflow_instance.h"
#include "models/workflow_template.h"
#include "routes/answer.h"
#include "routes/list.h"
#include "schemas/operations.h"
#include "services/authorization.h"
#include "services/event_version.h"
#include "services/workflow.h"

static enum error answer_saved(struct context *context, const void *result)
{
	const struct workflow_template_saved *saved = result;
	const struct workflow_template_save_input *input = saved->input;
	struct json_writer *json = answer_begin(context);
	workflow_template_write_begin(json, &saved->workflow);
	for (size_t i = 0; i < input->nodes_count; i++) {
		const struct workflow_node_input *node = &input->nodes[i];
		workflow_node_write(json, &(struct workflow_node){
					      .node_id = node->node_id,
					      .task_type_id = node->task_type_id,
					      .label = node->label,
					      .metadata = node->metadata.data ? node->metadata : TEXT("{}"),
					  });
	}
	workflow_template_write_turn(json);
	for (size_t i = 0; i < input->edges_count; i++) {
		const struct workflow_edge_input *edge = &input->edges[i];
		workflow_edge_write(
		    json, &(struct workflow_edge){.from_node_id = edge->from_node_id, .to_node_id = edge->to_node_id});
	}
	workflow_template_write_end(json, &saved->workflow);
	return answer_end(context);
}

enum error route_workflow_template_save(struct context *context, const struct workflow_template_save_input *input)
{
	return workflow_template_save(context, input, answer_saved);
}

static enum error answer_instances(struct context *context, const struct workflow_instance_page *page)
{
	const struct caller *caller = &page->list.caller;
	struct list list;
	struct row row;
	list_begin(&list, context, &page->list.page, page->list.rows);
	while (list_next(&list, &row)) {
		struct workflow_instance instance = workflow_instance_from_row(&row);
		workflow_instance_write(list.json, &instance, authorization_hides_todo(&caller->rights));
		list_keep(&list, &row, instance.created_at, 0, &instance.id);
	}
	return list_finish_remembered(&list, &page->memory, caller->event_version);
}

enum error route_workflow_instance_list(struct context *context, const struct workflow_instance_list_input *input)
{
	struct workflow_instance_page page;
	const struct caller *caller = &page.list.caller;
	bool is_recalled = false;
	enum error error = workflow_instance_list(context, input, &page);
	if (error == ERROR_NONE && page.is_of_one_event)
		error =
		    answer_tag(context, event_version_tag(context, caller, caller->event_version, (struct text){0}));
	if (error == ERROR_NONE && !answer_is_known(context)) {
		error = list_recall(context, &page.memory, caller->event_version, &is_recalled);
		if (error == ERROR_NONE && !is_recalled)
			error = answer_instances(context, &page);
	}
	list_memory_end(&page.memory, context);
	return error;
}

static enum error answer_instantiated(struct context *context, const void *result)
{
	const struct workflow_instantiated *created = result;
	struct json_writer *json = answer_begin(context);
	json_begin_object(json);
	json_name(json, "instance");
	workflow_instance_write(json, &created->instance, false);
	json_name(json, "tasks");
	json_begin_array(json);
	for (size_t i = 0; i < created->task_count; i++)
		task_write(json, &created->tasks[i]);
	json_end_array(json);
	json_end_object(json);
	return answer_end(context);
}

enum error route_workflow_instantiate(struct context *context, const struct workflow_instantiate_input *input)
{
	return workflow_instantiate(context, input, answer_instantiated);
}
