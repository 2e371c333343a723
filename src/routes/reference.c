/* Routes of the tag "reference", and the list of workflow templates, which is reference data too. */
#include "services/reference.h"

#include "models/eligibility_mapping.h"
#include "models/task_type.h"
#include "models/user_type.h"
#include "models/workflow_template.h"
#include "routes/answer.h"
#include "routes/list.h"
#include "schemas/operations.h"

static enum error answer_reference(struct context *context, enum reference_resource resource, int64_t limit,
				   struct text cursor, reference_write write)
{
	struct reference_answer answer;
	enum error error = reference_read(context, resource, limit, cursor, write, &answer);
	if (error == ERROR_NONE)
		error = answer_tag(context, answer.tag);
	if (error == ERROR_NONE)
		error = list_link(context, answer.next_cursor);
	if (error != ERROR_NONE || answer_is_known(context))
		return error;
	return answer_finished(context);
}

static enum error write_user_types(struct context *context, const struct page *page, const struct reference_rows *rows,
				   struct text *next_cursor)
{
	struct list list;
	struct row row;
	list_begin(&list, context, page, rows->rows);
	while (list_next(&list, &row)) {
		struct user_type type = user_type_from_row(&row);
		user_type_write(list.json, &type);
		list_keep(&list, &row, type.created_at, 0, &type.rights.user_type_id);
	}
	return list_end(&list, next_cursor);
}

enum error route_user_type_list(struct context *context, const struct user_type_list_input *input)
{
	return answer_reference(context, REFERENCE_USER_TYPES, input->limit, input->cursor, write_user_types);
}

static enum error write_task_types(struct context *context, const struct page *page, const struct reference_rows *rows,
				   struct text *next_cursor)
{
	struct list list;
	struct row row;
	list_begin(&list, context, page, rows->rows);
	while (list_next(&list, &row)) {
		struct task_type type = task_type_from_row(&row);
		task_type_write(list.json, &type);
		list_keep(&list, &row, type.created_at, 0, &type.id);
	}
	return list_end(&list, next_cursor);
}

enum error route_task_type_list(struct context *context, const struct task_type_list_input *input)
{
	return answer_reference(context, REFERENCE_TASK_TYPES, input->limit, input->cursor, write_task_types);
}

static enum error write_mappings(struct context *context, const struct page *page, const struct reference_rows *rows,
				 struct text *next_cursor)
{
	struct list list;
	struct row row;
	list_begin(&list, context, page, rows->rows);
	while (list_next(&list, &row)) {
		struct eligibility_mapping mapping = eligibility_mapping_from_row(&row);
		eligibility_mapping_write(list.json, &mapping);
		list_keep(&list, &row, mapping.created_at, 0, &mapping.id);
	}
	return list_end(&list, next_cursor);
}

enum error route_eligibility_mapping_list(struct context *context, const struct eligibility_mapping_list_input *input)
{
	return answer_reference(context, REFERENCE_ELIGIBILITY_MAPPINGS, input->limit, input->cursor, write_mappings);
}

static enum error write_templates(struct context *context, const struct page *page, const struct reference_rows *rows,
				  struct text *next_cursor)
{
	struct list list;
	struct row row;
	int node = 0;
	int edge = 0;
	list_begin(&list, context, page, rows->rows);
	while (list_next(&list, &row)) {
		struct workflow_template workflow = workflow_template_from_row(&row);
		workflow_template_write(list.json, &workflow, rows->nodes, &node, rows->edges, &edge);
		list_keep(&list, &row, workflow.created_at, 0, &workflow.id);
	}
	return list_end(&list, next_cursor);
}

enum error route_workflow_template_list(struct context *context, const struct workflow_template_list_input *input)
{
	return answer_reference(context, REFERENCE_WORKFLOW_TEMPLATES, input->limit, input->cursor, write_templates);
}
