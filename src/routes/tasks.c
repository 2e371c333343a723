/* Routes of the tag "tasks". */
#include "core/error.h"
#include "models/transition.h"
#include "routes/answer.h"
#include "routes/list.h"
#include "schemas/operations.h"
#include "services/event_version.h"
#include "services/task.h"
#include "services/task_life.h"

static enum error tag_event(struct context *context, const struct caller *caller, int64_t version, struct text also)
{
	return answer_tag(context, event_version_tag(context, caller, version, also));
}

static enum error answer_tasks(struct context *context, const struct task_page *page)
{
	struct list list;
	struct row row;
	list_begin(&list, context, &page->page, page->tasks);
	while (list_next(&list, &row)) {
		struct task task = task_from_row(&row);
		task_write(list.json, &task);
		list_keep(&list, &row, task.created_at, task.rank, &task.id);
	}
	return list_finish_remembered(&list, &page->memory, page->caller.event_version);
}

enum error route_task_list(struct context *context, const struct task_list_input *input)
{
	struct task_page page;
	bool is_recalled = false;
	enum error error = task_list(context, input, &page);
	if (error == ERROR_NONE && page.is_of_one_event)
		error = tag_event(context, &page.caller, page.caller.event_version, page.also);
	if (error == ERROR_NONE && !answer_is_known(context)) {
		error = list_recall(context, &page.memory, page.caller.event_version, &is_recalled);
		if (error == ERROR_NONE && !is_recalled)
			error = answer_tasks(context, &page);
	}
	list_memory_end(&page.memory, context);
	return error;
}

/* allowed_actions, next_states and why_not, by the guards of the actions themselves. */
static void write_actions(struct json_writer *json, const struct task_view *view)
{
	static const char *const names[ACTION__MAX] = {"pick", "assign", "transition"};
	const struct task *task = &view->access.task;
	enum error refusals[ACTION__MAX];
	enum task_state next[TASK_STATE__MAX];
	json_name(json, "allowed_actions");
	json_begin_array(json);
	for (int action = 0; action < ACTION__MAX; action++) {
		refusals[action] = authorize_action(&view->caller, &view->access, (enum action)action);
		if (refusals[action] == ERROR_NONE)
			json_string(json, names[action]);
	}
	json_end_array(json);
	json_name(json, "next_states");
	json_begin_array(json);
	int count = task_life_next_states(task->state, (int)task->open_parents, next);
	for (int i = 0; i < count && refusals[ACTION_TRANSITION] == ERROR_NONE; i++)
		json_string(json, task_state_names[next[i]]);
	json_end_array(json);
	json_name(json, "why_not");
	json_begin_object(json);
	for (int action = 0; action < ACTION__MAX; action++) {
		if (refusals[action] == ERROR_NONE)
			continue;
		json_name(json, names[action]);
		json_string(json, error_entry(refusals[action])->code);
	}
	json_end_object(json);
}

static void write_view(struct json_writer *json, const struct task_view *view)
{
	json_begin_object(json);
	task_write_members(json, &view->access.task);
	write_actions(json, view);
	json_end_object(json);
}

static enum error answer_view(struct context *context, const void *view)
{
	write_view(answer_begin(context), view);
	return answer_end(context);
}

static enum error answer_transition(struct context *context, const void *transition)
{
	const struct task_transition_result *result = transition;
	struct json_writer *json = answer_begin(context);
	json_begin_object(json);
	json_name(json, "task");
	write_view(json, result->view);
	json_name(json, "unlocked");
	json_begin_array(json);
	for (size_t i = 0; i < result->unlocked_count; i++)
		json_string(json, result->unlocked[i]->text);
	json_end_array(json);
	json_end_object(json);
	return answer_end(context);
}

enum error route_task_get(struct context *context, const struct task_get_input *input)
{
	struct task_view view;
	enum error error = task_get(context, input, &view);
	if (error == ERROR_NONE)
		error = tag_event(context, &view.caller, view.access.event_version,
				  view.access.is_eligible ? TEXT("eligible") : TEXT(""));
	if (error != ERROR_NONE || answer_is_known(context))
		return error;
	return answer_view(context, &view);
}

enum error route_task_pick(struct context *context, const struct task_pick_input *input)
{
	return task_pick(context, input, answer_view);
}

enum error route_task_assign(struct context *context, const struct task_assign_input *input)
{
	return task_assign(context, input, answer_view);
}

enum error route_task_transition(struct context *context, const struct task_transition_input *input)
{
	return task_transition(context, input, answer_transition);
}

enum error route_transition_list(struct context *context, const struct transition_list_input *input)
{
	struct transition_page page;
	struct list list;
	struct row row;
	enum error error = transition_list(context, input, &page);
	if (error == ERROR_NONE)
		error = tag_event(context, &page.caller, page.event_version, (struct text){0});
	if (error != ERROR_NONE || answer_is_known(context))
		return error;
	list_begin(&list, context, &page.page, page.transitions);
	while (list_next(&list, &row)) {
		struct transition transition = transition_from_row(&row);
		transition_write(list.json, &transition);
		list_keep_number(&list, &row, transition.number);
	}
	return list_finish(&list);
}
