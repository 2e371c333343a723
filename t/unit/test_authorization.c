/* Who may do what, as tables: every rule of scope, permission, holding, eligibility and state, in the order of
 * refusals. */
#include <criterion/criterion.h>

#include "services/authorization.h"

static const struct uuid CALLER = {"00000000-0000-4000-8000-000000000001"};
static const struct uuid OTHER = {"00000000-0000-4000-8000-000000000002"};

static struct caller caller_of(bool is_admin, bool is_customer, struct permissions permissions)
{
	struct caller caller = {.event_exists = true};
	caller.id = CALLER;
	caller.is_active = true;
	caller.rights.is_admin = is_admin;
	caller.rights.is_customer = is_customer;
	caller.rights.permissions = permissions;
	return caller;
}

static const struct permissions ALL = {true, true, true, true};
static const struct permissions NONE = {false, false, false, false};

static struct task_access task_in(enum task_state state)
{
	return (struct task_access){.task = {.state = state}, .is_member = true, .is_eligible = true};
}

static void hold(struct task_access *access, const struct uuid *holder)
{
	access->task.assignee_id = (struct optional_uuid){.present = true, .value = *holder};
}

Test(authorization, event_scope)
{
	struct caller admin = caller_of(true, false, NONE);
	struct caller regular = caller_of(false, false, ALL);
	cr_assert_eq(authorize_event(&admin, EVENT_IN_PATH), ERROR_NONE);
	admin.event_exists = false;
	cr_assert_eq(authorize_event(&admin, EVENT_IN_PATH), ERROR_NOT_FOUND);
	cr_assert_eq(authorize_event(&admin, EVENT_IN_FIELD), ERROR_UNKNOWN_EVENT);
	cr_assert_eq(authorize_event(&regular, EVENT_IN_PATH), ERROR_NOT_A_MEMBER);
	regular.event_exists = false; /* the same, so that nobody learns which events there are */
	cr_assert_eq(authorize_event(&regular, EVENT_IN_FIELD), ERROR_NOT_A_MEMBER);
	regular.is_member = true;
	cr_assert_eq(authorize_event(&regular, EVENT_IN_FIELD), ERROR_NONE);
}

Test(authorization, each_permission_opens_its_own_door)
{
	for (int held = 0; held < 4; held++) {
		struct permissions permissions = {held == 0, held == 1, held == 2, held == 3};
		struct caller caller = caller_of(false, false, permissions);
		for (int asked = 0; asked < 4; asked++) {
			enum error expected = held == asked ? ERROR_NONE : ERROR_PERMISSION_DENIED;
			cr_assert_eq(authorize_permission(&caller, (enum permission)asked), expected,
				     "held %d, asked %d", held, asked);
		}
	}
}

Test(authorization, customers_only_read_whatever_their_row_says)
{
	struct caller customer = caller_of(false, true, ALL);
	cr_assert_eq(authorize_permission(&customer, PERMISSION_VIEW), ERROR_NONE);
	cr_assert_eq(authorize_permission(&customer, PERMISSION_TAKE), ERROR_CUSTOMER_READ_ONLY);
	cr_assert_eq(authorize_permission(&customer, PERMISSION_MOVE_STATE), ERROR_CUSTOMER_READ_ONLY);
	cr_assert_eq(authorize_permission(&customer, PERMISSION_ASSIGN), ERROR_CUSTOMER_READ_ONLY);
	cr_assert_not(authorization_takes(&customer.rights));
	cr_assert(authorization_hides_todo(&customer.rights));
	struct task_access todo = task_in(TASK_STATE_TODO);
	struct task_access done = task_in(TASK_STATE_DONE);
	cr_assert_eq(authorize_task(&customer, &todo), ERROR_NOT_FOUND);
	cr_assert_eq(authorize_task(&customer, &done), ERROR_NONE);
	cr_assert_eq(authorize_action(&customer, &todo, ACTION_PICK), ERROR_NOT_FOUND);
	cr_assert_eq(authorize_action(&customer, &done, ACTION_PICK), ERROR_CUSTOMER_READ_ONLY);
}

Test(authorization, an_admin_needs_no_scope_permission_or_eligibility)
{
	struct caller admin = caller_of(true, false, NONE);
	struct task_access access = task_in(TASK_STATE_TODO);
	access.is_member = false;
	access.is_eligible = false;
	for (int action = 0; action < ACTION__MAX; action++)
		cr_assert_eq(authorize_action(&admin, &access, (enum action)action), ERROR_NONE, "action %d", action);
	access.task.state = TASK_STATE_DONE; /* but no one is above the invariants */
	cr_assert_eq(authorize_action(&admin, &access, ACTION_PICK), ERROR_TASK_NOT_TODO);
	cr_assert_eq(authorize_action(&admin, &access, ACTION_ASSIGN), ERROR_TASK_DONE);
	cr_assert_eq(authorize_action(&admin, &access, ACTION_TRANSITION), ERROR_ILLEGAL_TRANSITION);
}

Test(authorization, refusals_come_in_their_order)
{
	struct caller caller = caller_of(false, false, NONE);
	struct task_access access = task_in(TASK_STATE_DONE);
	access.is_member = false;
	access.is_eligible = false;
	hold(&access, &OTHER);
	cr_assert_eq(authorize_action(&caller, &access, ACTION_TRANSITION), ERROR_NOT_FOUND);
	access.is_member = true;
	cr_assert_eq(authorize_action(&caller, &access, ACTION_TRANSITION), ERROR_PERMISSION_DENIED);
	caller.rights.permissions.move_state = true;
	cr_assert_eq(authorize_action(&caller, &access, ACTION_TRANSITION), ERROR_TASK_HELD_BY_ANOTHER);
	caller.rights.permissions.assign = true;
	cr_assert_eq(authorize_action(&caller, &access, ACTION_TRANSITION), ERROR_NOT_ELIGIBLE);
	access.is_eligible = true;
	cr_assert_eq(authorize_action(&caller, &access, ACTION_TRANSITION), ERROR_ILLEGAL_TRANSITION);
	access.task.state = TASK_STATE_IN_PROGRESS;
	cr_assert_eq(authorize_action(&caller, &access, ACTION_TRANSITION), ERROR_NONE);
}

Test(authorization, pick)
{
	struct caller caller = caller_of(false, false, ALL);
	struct task_access access = task_in(TASK_STATE_TODO);
	cr_assert_eq(authorize_action(&caller, &access, ACTION_PICK), ERROR_NONE);
	hold(&access, &CALLER); /* a repeat by the winner */
	cr_assert_eq(authorize_action(&caller, &access, ACTION_PICK), ERROR_NONE);
	hold(&access, &OTHER);
	cr_assert_eq(authorize_action(&caller, &access, ACTION_PICK), ERROR_TASK_ALREADY_ASSIGNED);
	hold(&access, &CALLER);
	access.task.state = TASK_STATE_IN_PROGRESS;
	cr_assert_eq(authorize_action(&caller, &access, ACTION_PICK), ERROR_TASK_NOT_TODO);
}

Test(authorization, a_task_that_waits_for_parents_cannot_be_moved)
{
	struct caller caller = caller_of(false, false, ALL);
	struct task_access access = task_in(TASK_STATE_BLOCKED);
	cr_assert_eq(authorize_action(&caller, &access, ACTION_TRANSITION), ERROR_NONE);
	access.task.open_parents = 1;
	cr_assert_eq(authorize_action(&caller, &access, ACTION_TRANSITION), ERROR_DEPENDENCIES_OPEN);
}

Test(authorization, assignees)
{
	struct assignee assignee = {.is_member = true, .is_eligible = true};
	assignee.is_active = true;
	assignee.rights.permissions.take = true;
	cr_assert_eq(authorize_assignee(&assignee), ERROR_NONE);
	assignee.is_eligible = false;
	cr_assert_eq(authorize_assignee(&assignee), ERROR_ASSIGNEE_NOT_ELIGIBLE);
	assignee.rights.permissions.take = false;
	cr_assert_eq(authorize_assignee(&assignee), ERROR_ASSIGNEE_CANNOT_TAKE);
	assignee.is_member = false;
	cr_assert_eq(authorize_assignee(&assignee), ERROR_ASSIGNEE_NOT_MEMBER);
	assignee.rights.is_customer = true;
	cr_assert_eq(authorize_assignee(&assignee), ERROR_ASSIGNEE_IS_CUSTOMER);
	assignee.is_active = false;
	cr_assert_eq(authorize_assignee(&assignee), ERROR_ASSIGNEE_INACTIVE);
	assignee.rights.is_admin = true;
	cr_assert_eq(authorize_assignee(&assignee), ERROR_ASSIGNEE_INACTIVE);
	assignee.is_active = true; /* an admin needs only to be active */
	cr_assert_eq(authorize_assignee(&assignee), ERROR_NONE);
}

Test(authorization, tasks_are_seen_within_scope)
{
	struct caller regular = caller_of(false, false, NONE);
	struct caller customer = caller_of(false, true, ALL);
	struct caller admin = caller_of(true, false, NONE);
	for (enum task_state state = 0; state < TASK_STATE__MAX; state++) {
		struct task_access access = task_in(state);
		enum error hidden = state == TASK_STATE_TODO ? ERROR_NOT_FOUND : ERROR_NONE;
		cr_expect_eq(authorize_task(&regular, &access), ERROR_NONE, "a member sees state %d", state);
		cr_expect_eq(authorize_task(&customer, &access), hidden, "a customer and state %d", state);
		access.is_member = false;
		cr_expect_eq(authorize_task(&regular, &access), ERROR_NOT_FOUND, "not a member, state %d", state);
		cr_expect_eq(authorize_task(&customer, &access), ERROR_NOT_FOUND, "not a member, state %d", state);
		cr_expect_eq(authorize_task(&admin, &access), ERROR_NONE, "an admin sees state %d", state);
	}
}

Test(authorization, administrators)
{
	struct caller admin = caller_of(true, false, NONE);
	struct caller regular = caller_of(false, false, ALL);
	cr_expect_eq(authorize_admin(&admin), ERROR_NONE, "an admin");
	cr_expect_eq(authorize_admin(&regular), ERROR_ADMIN_REQUIRED, "whoever holds every permission");
}

Test(authorization, who_could_ever_take_a_task)
{
	for (int bits = 0; bits < 8; bits++) {
		struct permissions permissions = {.take = bits & 1};
		struct caller caller = caller_of(bits & 2, bits & 4, permissions);
		bool expected = (bits & 2) || ((bits & 1) && !(bits & 4));
		cr_expect_eq(authorization_takes(&caller.rights), expected, "take %d, admin %d, customer %d", bits & 1,
			     bits & 2, bits & 4);
	}
}
