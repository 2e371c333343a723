/* Routes of the tag "workflows"; the list of templates is with the other reference data. */
#include "models/workflow_instance.h"
#include "models/workflow_template.h"
#include "routes/answer.h"
#include "routes/list.h"
#include "schemas/operations.h"
#include "services/authorization.h"
#include "services/event_version.h"
#include "services/workflow.h"

enum error route_workflow_template_save(struct context *context, const struct workflow_template_save_input *input)
{
	struct workflow_template_rows saved;
	int node = 0;
	int edge = 0;
	enum error error = workflow_template_save(context, input, &saved);
	if (error != ERROR_NONE)
		return error;
	struct row row = row_of(saved.templates, 0);
	struct workflow_template workflow = workflow_template_from_row(&row);
	workflow_template_write(answer_begin(context), &workflow, saved.nodes, &node, saved.edges, &edge);
	return answer_end(context);
}

enum error route_workflow_instance_list(struct context *context, const struct workflow_instance_list_input *input)
{
	struct workflow_instance_page page;
	const struct caller *caller = &page.list.caller;
	struct list list;
	struct row row;
	enum error error = workflow_instance_list(context, input, &page);
	if (error == ERROR_NONE && page.is_of_one_event)
		error = answer_tag(context, event_version_tag(context, caller, caller->event_version));
	if (error != ERROR_NONE || answer_is_known(context))
		return error;
	list_begin(&list, context, &page.list.page, page.list.rows);
	while (list_next(&list, &row)) {
		struct workflow_instance instance = workflow_instance_from_row(&row);
		workflow_instance_write(list.json, &instance, authorization_hides_todo(&caller->rights));
		list_keep(&list, &row, instance.created_at, 0, &instance.id);
	}
	return list_finish(&list);
}

enum error route_workflow_instantiate(struct context *context, const struct workflow_instantiate_input *input)
{
	struct workflow_instantiated created;
	enum error error = workflow_instantiate(context, input, &created);
	if (error != ERROR_NONE)
		return error;
	struct row row = row_of(created.instance, 0);
	struct workflow_instance instance = workflow_instance_from_row(&row);
	struct json_writer *json = answer_begin(context);
	json_begin_object(json);
	json_name(json, "instance");
	workflow_instance_write(json, &instance, false);
	json_name(json, "tasks");
	json_begin_array(json);
	for (int i = 0; i < created.tasks.count; i++) {
		struct row task_row = row_of(created.tasks, i);
		struct task task = task_from_row(&task_row);
		task_write(json, &task, &created.dependencies);
	}
	json_end_array(json);
	json_end_object(json);
	return answer_end(context);
}
