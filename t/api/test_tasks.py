"""A task's life: pick, assign, transition, unlock; and what a task says about what may be done to it."""

import pytest

from world import STATES, new_id

LEGAL = {("TODO", "IN_PROGRESS"), ("IN_PROGRESS", "DONE"), ("IN_PROGRESS", "BLOCKED"), ("BLOCKED", "IN_PROGRESS")}


def transition(user, task, next_state, reason="For the test."):
    return user.post(f"/api/tasks/{task}/transition", {"next_state": next_state, "reason": reason})


def pick(user, task):
    return user.post(f"/api/tasks/{task}/pick")


def assign(user, task, assignee):
    return user.post(f"/api/tasks/{task}/assign", {"user_id": assignee})


def detail(user, task):
    return user.get(f"/api/tasks/{task}").ok()


@pytest.mark.parametrize("from_state", STATES)
@pytest.mark.parametrize("to_state", STATES)
def test_every_pair_of_states(world, event, from_state, to_state):
    user, task = world.user("vendor", event), world.task(event, from_state)
    answer = transition(user, task, to_state)
    if (from_state, to_state) in LEGAL:
        assert answer.ok()["task"]["state"] == to_state == world.state(task)
    else:
        sentence = answer.refused("illegal_transition")["error"]
        assert world.state(task) == from_state
        legal = [target for source, target in LEGAL if source == from_state] or ["nothing"]
        assert all(word in sentence for word in (from_state, to_state, *legal)), sentence


def test_a_task_that_waits_for_parents_cannot_be_begun(world, event):
    user = world.user("manager", event)
    parent = world.task(event, "IN_PROGRESS")
    task = world.task(event, parents=[parent])
    assert transition(user, task, "IN_PROGRESS").refused("dependencies_open")["error"].find("1") > 0
    for state in ("BLOCKED", "TODO", "DONE"):
        transition(user, task, state).refused("illegal_transition")
    pick(user, task).refused("task_not_todo")
    assert detail(user, task)["why_not"] == {"pick": "task_not_todo", "transition": "dependencies_open"}


def test_blocked_by_a_person_is_not_unlocked_by_the_engine(world, event):
    user = world.user("manager", event)
    parents = [world.task(event, "DONE"), world.task(event, "IN_PROGRESS")]
    waiting = world.task(event, parents=parents)
    stopped = world.task(event, "BLOCKED")
    assert transition(user, parents[1], "DONE").ok()["unlocked"] == [waiting]
    assert world.state(stopped) == "BLOCKED"
    transition(user, waiting, "IN_PROGRESS").ok()
    transition(user, waiting, "BLOCKED").ok()
    assert detail(user, waiting)["open_parents"] == 0
    transition(user, waiting, "IN_PROGRESS").ok()


def test_the_whole_life_of_a_diamond(world, event):
    user = world.user("manager", event)
    top = world.task(event)
    left, right = world.task(event, parents=[top]), world.task(event, parents=[top])
    bottom = world.task(event, parents=[left, right])
    transition(user, top, "IN_PROGRESS").ok()
    assert set(transition(user, top, "DONE").ok()["unlocked"]) == {left, right}
    for task, unlocked in ((left, []), (right, [bottom])):
        assert detail(user, bottom)["state"] == "BLOCKED"
        assert transition(user, task, "IN_PROGRESS").ok()["unlocked"] == []
        assert transition(user, task, "DONE").ok()["unlocked"] == unlocked
    bottom_task = detail(user, bottom)
    assert bottom_task["state"] == "TODO" and bottom_task["open_parents"] == 0
    assert set(bottom_task["parent_ids"]) == {left, right} and bottom_task["child_ids"] == []
    assert set(detail(user, top)["child_ids"]) == {left, right}


def test_pick(world, event):
    first, second, task = world.user("vendor", event), world.user("vendor", event), world.task(event)
    picked = pick(first, task).ok()
    assert picked["assignee_id"] == first.id and picked["state"] == "TODO"
    version = world.version(event)
    assert pick(first, task).ok() == picked, "a repeat changes nothing"
    assert world.version(event) == version
    pick(second, task).refused("task_already_assigned")
    transition(first, task, "IN_PROGRESS").ok()
    pick(first, task).refused("task_not_todo")


def test_an_admin_is_not_above_the_rules_of_a_task(world, event):
    task = world.task(event)
    pick(world.user("vendor", event), task).ok()
    pick(world.admin, task).refused("task_already_assigned")
    done = world.task(event, "DONE")
    pick(world.admin, done).refused("task_not_todo")
    transition(world.admin, done, "IN_PROGRESS").refused("illegal_transition")
    assign(world.admin, done, None).refused("task_done")
    assign(world.admin, done, world.admin.id).refused("task_done")


def test_assign_and_unassign(world, event):
    manager, vendor, task = world.user("manager", event), world.user("vendor", event), world.task(event)
    assert assign(manager, task, vendor.id).ok()["assignee_id"] == vendor.id
    version = world.version(event)
    assert assign(manager, task, vendor.id).ok()["assignee_id"] == vendor.id
    assert world.version(event) == version, "the present assignee again changes nothing"
    assert assign(manager, task, manager.id).ok()["assignee_id"] == manager.id
    assert assign(manager, task, None).ok()["assignee_id"] is None
    version = world.version(event)
    assert assign(manager, task, None).ok()["assignee_id"] is None
    assert world.version(event) == version


@pytest.mark.parametrize("state", ("BLOCKED", "TODO", "IN_PROGRESS"))
def test_assignment_in_every_state_but_done(world, event, state):
    manager = world.user("manager", event)
    task = world.task(event, state)
    assert assign(manager, task, manager.id).ok()["state"] == state
    waiting = world.task(event, parents=[task])
    assert assign(manager, waiting, manager.id).ok()["assignee_id"] == manager.id


def assignees(world, event):
    """Those who may not be assigned a task, by the code that says why."""
    cannot_take = world.user_type(can_view=True)
    world.map(cannot_take, world.task_type)
    greedy_customer = world.user_type(is_customer=True, can_view=True, can_take=True)
    world.map(greedy_customer, world.task_type)
    return {
        "unknown_user": new_id(),
        "assignee_inactive": world.user("vendor", event, is_active=False).id,
        "assignee_is_customer": world.user("customer", event, type_id=greedy_customer).id,
        "assignee_not_member": world.user("vendor").id,
        "assignee_cannot_take": world.user("regular", event, type_id=cannot_take).id,
        "assignee_not_eligible": world.user("coordinator", event).id,
    }


def test_who_may_be_assigned(world, event):
    manager, task = world.user("manager", event), world.task(event)
    version = world.version(event)
    for code, user_id in assignees(world, event).items():
        before = world.version(event)
        assert user_id in assign(manager, task, user_id).refused(code)["error"]
        assign(world.admin, task, user_id).refused(code)
        assert world.version(event) == before
    assert world.version(event) > version  # those who joined
    assert detail(manager, task)["assignee_id"] is None
    assert assign(manager, task, world.admin.id).ok()["assignee_id"] == world.admin.id, "an admin needs no membership"
    inactive_admin = world.user("admin", is_active=False)
    assign(manager, task, inactive_admin.id).refused("assignee_inactive")


def test_who_may_move_a_task_that_somebody_holds(world, event):
    holder, other = world.user("vendor", event), world.user("vendor", event)
    manager, unmapped = world.user("manager", event), world.user("coordinator", event)
    task = world.task(event, assignee=holder)
    transition(other, task, "IN_PROGRESS").refused("task_held_by_another")
    transition(unmapped, task, "IN_PROGRESS").refused("task_held_by_another")  # asked before eligibility
    assert detail(other, task)["why_not"]["transition"] == "task_held_by_another"
    transition(holder, task, "IN_PROGRESS").ok()
    transition(manager, task, "BLOCKED").ok()
    transition(world.admin, task, "IN_PROGRESS").ok()
    transition(other, task, "DONE").refused("task_held_by_another")


def test_a_holder_who_lost_the_right_keeps_the_task_on_paper(world, event):
    holder, manager = world.user("vendor", event), world.user("manager", event)
    task = world.task(event, assignee=holder)
    world.leave(event, holder)
    transition(holder, task, "IN_PROGRESS").refused("not_found")
    assert detail(manager, task)["assignee_id"] == holder.id
    assert assign(manager, task, manager.id).ok()["assignee_id"] == manager.id


def test_a_type_that_is_mapped_to_nobody_is_for_admins(world, event):
    manager, task = world.user("manager", event), world.task(event, task_type=world.other_task_type)
    assert detail(manager, task)["why_not"] == dict.fromkeys(("pick", "assign", "transition"), "not_eligible")
    pick(manager, task).refused("not_eligible")
    assign(manager, task, manager.id).refused("not_eligible")
    transition(manager, task, "IN_PROGRESS").refused("not_eligible")
    pick(world.admin, task).ok()
    transition(world.admin, task, "IN_PROGRESS").ok()


def test_a_transition_needs_no_assignee(world, event):
    user, task = world.user("vendor", event), world.task(event)
    assert transition(user, task, "IN_PROGRESS").ok()["task"]["assignee_id"] is None


@pytest.mark.parametrize("reason", ("", " ", "\t\r\n ", "x" * 1001, "€" * 1001))
def test_a_reason_that_is_none(world, event, reason):
    user, task = world.user("vendor", event), world.task(event)
    assert "reason" in transition(user, task, "IN_PROGRESS", reason).refused("invalid_field")["error"]


@pytest.mark.parametrize(
    "reason, kept",
    (
        (" \t because\n", "because"),
        ("€" * 1000, "€" * 1000),
        (" " * 50 + "x" * 1000, "x" * 1000),
        ("\u00a0", "\u00a0"),
        ("'; DROP TABLE tasks; --", "'; DROP TABLE tasks; --"),
    ),
)
def test_a_reason_is_kept_as_it_is_but_for_the_white_space_around_it(world, event, reason, kept):
    user, task = world.user("vendor", event), world.task(event)
    transition(user, task, "IN_PROGRESS", reason).ok()
    assert user.get(f"/api/tasks/{task}/transitions").ok()[-1]["reason"] == kept


# ---- allowed_actions, next_states and why_not tell the truth -----------------------------------------------


def situations(world, event, people):
    """Tasks in every situation that matters, made anew at each call: (name, function that makes one)."""
    for state in STATES:
        yield f"{state} free", lambda state=state: world.task(event, state)
        for holder in ("vendor", "other"):
            yield f"{state} held by {holder}", lambda state=state, holder=holder: world.task(
                event, state, assignee=people[holder]
            )
        yield f"{state} unmapped", lambda state=state: world.task(event, state, task_type=world.other_task_type)
    parent = world.task(event, "IN_PROGRESS")
    yield "waiting", lambda: world.task(event, parents=[parent])


@pytest.mark.parametrize("kind", ("admin", "manager", "vendor", "coordinator", "customer"))
def test_what_a_task_says_is_what_happens(world, event, kind):
    people = {"vendor": world.user("vendor", event), "other": world.user("vendor", event)}
    user = people["vendor"] if kind == "vendor" else world.user(kind, event)
    target = world.admin  # who may be assigned anything
    wrong = []
    for name, make in situations(world, event, people):
        if user.get(f"/api/tasks/{make()}").status == 404:
            for action in (pick(user, make()), transition(user, make(), "DONE"), assign(user, make(), None)):
                action.refused("not_found")
            continue
        said = detail(user, make())
        tried = {
            "pick": pick(user, make()),
            "assign": assign(user, make(), target.id),
            **{state: transition(user, make(), state) for state in STATES},
        }
        wrong += [f"{name}: {fault}" for fault in compare(said, tried, name)]
    assert not wrong, "\n".join(wrong)


def compare(said, tried, name):
    """What was said about a task against the answers of trying it; yields the differences."""
    for action in ("pick", "assign"):
        is_allowed = action in said["allowed_actions"]
        if (tried[action].status == 200) != is_allowed or (None if is_allowed else said["why_not"][action]) != tried[
            action
        ].code:
            yield f"{action}: said {said['allowed_actions']} {said['why_not']}, got {tried[action].code}"
    possible = [state for state in STATES if tried[state].status == 200]
    if sorted(said["next_states"]) != sorted(possible):
        yield f"next_states: said {said['next_states']}, possible {possible}"
    if ("transition" in said["allowed_actions"]) != bool(possible):
        yield f"transition: said {said['allowed_actions']}, possible {possible}"
    if not possible and tried["IN_PROGRESS"].code != said["why_not"]["transition"]:
        yield f"transition: said {said['why_not']}, got {tried['IN_PROGRESS'].code}"
    if set(said["why_not"]) | set(said["allowed_actions"]) != {"pick", "assign", "transition"}:
        yield "an action is in neither of the two"
    if set(said["why_not"]) & set(said["allowed_actions"]):
        yield f"an action is in both: {name}"


def test_an_answer_to_a_change_tells_what_may_be_done_next(world, event):
    user, task = world.user("manager", event), world.task(event)
    picked = pick(user, task).ok()
    assert picked == detail(user, task) and "pick" in picked["allowed_actions"]
    moved = transition(user, task, "IN_PROGRESS").ok()["task"]
    assert moved == detail(user, task) and sorted(moved["next_states"]) == ["BLOCKED", "DONE"]
    done = transition(user, task, "DONE").ok()["task"]
    assert done == detail(user, task) and done["allowed_actions"] == done["next_states"] == []
    assert done["why_not"] == {"pick": "task_not_todo", "assign": "task_done", "transition": "illegal_transition"}


def delete(world, task):
    world.sql("UPDATE eventflow.tasks SET deleted_at = now() WHERE id = %s", task)


def test_a_deleted_task_vanishes(world, event):
    user = world.user("manager", event)
    parent = world.task(event, "DONE")
    task = world.task(event, parents=[parent])
    delete(world, task)
    for answer in (
        user.get(f"/api/tasks/{task}"),
        user.get(f"/api/tasks/{task}/transitions"),
        pick(user, task),
        transition(world.admin, task, "IN_PROGRESS"),
        assign(world.admin, task, None),
    ):
        answer.refused("not_found")
    assert [row["id"] for row in user.get("/api/tasks", {"event_id": event}).ok()] == [parent]
    assert [row["id"] for row in user.get("/api/tasks").ok()] == [parent]
    assert detail(user, parent)["child_ids"] == []


def test_a_deleted_task_is_not_counted(world, event):
    user = world.user("manager", event)
    body = {"workflow_id": world.template(("a", "b")), "event_id": event}
    made = user.post("/api/workflows/instantiate", body).ok()
    delete(world, made["tasks"][0]["id"])
    (instance,) = user.get("/api/workflow-instances", {"event_id": event}).ok()
    assert instance["task_counts"]["TODO"] == 1


def test_a_deleted_child_is_not_unlocked(world, event):
    user, parent = world.user("manager", event), world.task(event, "IN_PROGRESS")
    kept, deleted = world.tasks(event, 2, parents=[parent])
    delete(world, deleted)
    assert transition(user, parent, "DONE").ok()["unlocked"] == [kept]
    assert world.state(deleted) == "BLOCKED" and len(world.audit(deleted)) == 1
