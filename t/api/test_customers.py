"""Customers only read, and never learn of a task in TODO."""

import pytest

from world import EVERYTHING


@pytest.fixture
def customer(world, event):
    """A customer whose row holds every permission: the flag is what counts."""
    type_id = world.user_type(is_customer=True, **EVERYTHING)
    world.map(type_id, world.task_type)
    return world.user("customer", event, type_id=type_id)


def ids(response):
    return {row["id"] for row in response.ok()}


def test_lists_hide_tasks_in_todo(world, event, customer):
    hidden = world.task(event, "TODO")
    shown = {world.task(event, state) for state in ("BLOCKED", "IN_PROGRESS", "DONE")}
    for query in ({}, {"event_id": event}, {"event_id": event, "takeable": "false"}):
        assert ids(customer.get("/api/tasks", query)) == shown
    assert ids(customer.get("/api/tasks", {"state": "TODO"})) == set()
    assert ids(customer.get("/api/tasks", {"takeable": "true"})) == set()
    assert hidden in ids(world.user("vendor", event).get("/api/tasks"))


def test_a_task_in_todo_does_not_exist(world, event, customer):
    task = world.task(event, "TODO")
    for answer in (
        customer.get(f"/api/tasks/{task}"),
        customer.get(f"/api/tasks/{task}/transitions"),
        customer.post(f"/api/tasks/{task}/pick"),
        customer.post(f"/api/tasks/{task}/assign", {"user_id": None}),
        customer.post(f"/api/tasks/{task}/transition", {"next_state": "IN_PROGRESS", "reason": "Please."}),
    ):
        answer.refused("not_found")


@pytest.mark.parametrize("state", ("BLOCKED", "IN_PROGRESS", "DONE"))
def test_a_task_that_a_customer_sees_is_read_only(world, event, customer, state):
    task = world.task(event, state)
    shown = customer.get(f"/api/tasks/{task}").ok()
    assert shown["allowed_actions"] == shown["next_states"] == []
    assert shown["why_not"] == dict.fromkeys(("pick", "assign", "transition"), "customer_read_only")
    customer.post(f"/api/tasks/{task}/pick").refused("customer_read_only")
    customer.post(f"/api/tasks/{task}/assign", {"user_id": customer.id}).refused("customer_read_only")
    for next_state in ("BLOCKED", "TODO", "IN_PROGRESS", "DONE"):
        body = {"next_state": next_state, "reason": "Please."}
        customer.post(f"/api/tasks/{task}/transition", body).refused("customer_read_only")
    customer.get(f"/api/tasks/{task}/transitions").ok()


def test_parents_and_children_in_todo_are_not_named(world, event, customer):
    hidden_parent, shown_parent = world.task(event, "TODO"), world.task(event, "IN_PROGRESS")
    child = world.task(event, parents=[hidden_parent, shown_parent])
    done = world.task(event, "DONE")
    world.task(event, "TODO", parents=[done])
    seen = customer.get(f"/api/tasks/{child}").ok()
    assert seen["parent_ids"] == [shown_parent] and seen["open_parents"] == 2
    listed = {row["id"]: row for row in customer.get("/api/tasks", {"event_id": event}).ok()}
    assert listed[child]["parent_ids"] == [shown_parent] and listed[done]["child_ids"] == []
    assert customer.get(f"/api/tasks/{done}").ok()["child_ids"] == []
    everything = world.user("vendor", event).get(f"/api/tasks/{child}").ok()
    assert set(everything["parent_ids"]) == {hidden_parent, shown_parent}


def test_counts_do_not_tell_of_todo(world, event, customer):
    template = world.template(("a", "b"), (("a", "b"),))
    manager = world.user("manager", event)
    manager.post("/api/workflows/instantiate", {"workflow_id": template, "event_id": event}).ok()
    (instance,) = customer.get("/api/workflow-instances", {"event_id": event}).ok()
    assert instance["task_counts"] == {"BLOCKED": 1, "IN_PROGRESS": 0, "DONE": 0}
    (instance,) = manager.get("/api/workflow-instances", {"event_id": event}).ok()
    assert instance["task_counts"] == {"BLOCKED": 1, "TODO": 1, "IN_PROGRESS": 0, "DONE": 0}


def test_a_customer_instantiates_nothing(world, event, customer):
    body = {"workflow_id": world.template(), "event_id": event}
    customer.post("/api/workflows/instantiate", body).refused("customer_read_only")
    assert customer.get("/api/workflow-instances", {"event_id": event}).ok() == []


def test_pages_are_complete_without_the_hidden_tasks(world, event, customer):
    shown = []
    for _ in range(5):
        world.tasks(event, 3, "TODO")
        shown += world.tasks(event, 2, "IN_PROGRESS")
    found, cursor = [], None
    for _ in range(len(shown) + 1):
        page = customer.get("/api/tasks", {"event_id": event, "limit": 3, "cursor": cursor})
        found += [row["id"] for row in page.ok()]
        cursor = page.next_cursor
        if not cursor:
            break
    assert len(found) == len(shown) and set(found) == set(shown)
