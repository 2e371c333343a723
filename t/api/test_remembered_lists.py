"""Lists of an event that a worker remembers: given without being read, never stale, never to the wrong caller."""

import re

import pytest

from world import EVERYTHING, new_id

COUNTS = re.compile(r"status=(\d+) .* round_trips=(\d+) statements=(\d+)")


def counts(stack, answers):
    """(status, round trips, statements) of each answer, as the workers tell."""
    found = {}
    stack.log_lines(answers[-1].headers["x-request-id"])  # it is written after the answer
    for line in stack.log_text().splitlines():
        match = re.search(r"request_id=(\S+) ", line)
        if match and (numbers := COUNTS.search(line)):
            found[match[1]] = tuple(map(int, numbers.groups()))
    return [found[answer.headers["x-request-id"]] for answer in answers]


def get_often(user, path, query, headers=None, times=12):
    """More often than there are workers, each of which remembers by itself."""
    return [user.get(path, query, headers) for _ in range(times)]


def move(user, task, state):
    user.post(f"/api/tasks/{task}/transition", {"next_state": state, "reason": "For the test."}).ok()


@pytest.mark.parametrize("path, full", [("/api/tasks", 3), ("/api/workflow-instances", 2)])
def test_a_list_that_did_not_change_is_not_read_again(stack, world, event, path, full):
    user, other = world.user("manager", event), world.user("vendor", event)
    world.tasks(event, 3)
    world.instances(event, world.template(), 2)
    answers = get_often(user, path, {"event_id": event}) + get_often(other, path, {"event_id": event})
    assert len({answer.body for answer in answers}) == 1 and len(answers[0].ok()) in (2, 3)
    seen = counts(stack, answers)
    assert all(round_trips <= 2 for _, round_trips, _ in seen), seen
    assert seen[-6:] == [(200, 1, 1)] * 6, "the caller's row alone"
    assert sum(statements for _, _, statements in seen) <= 2 * (len(answers) + 2 * full + 2), "each worker has read it once"


def test_a_change_is_seen_by_the_very_next_request(stack, world, event):
    manager, vendor = world.user("manager", event), world.user("vendor", event)
    tasks = world.tasks(event, 4)
    query = {"event_id": event}
    answers = []
    for state in ("IN_PROGRESS", "BLOCKED", "IN_PROGRESS", "DONE"):
        for task in tasks:
            move(manager, task, state)
            for _ in range(3):
                answers.append(vendor.get("/api/tasks", query))
                listed = {row["id"]: row["state"] for row in answers[-1].ok()}
                assert listed[task] == state
    assert max(round_trips for _, round_trips, _ in counts(stack, answers)) <= 2


def test_changes_by_another_hand_are_seen_too(world, event):
    user = world.user("manager", event)
    task, other = world.tasks(event, 2)
    query = {"event_id": event}
    assert all(len(answer.ok()) == 2 for answer in get_often(user, "/api/tasks", query))
    world.sql("UPDATE eventflow.tasks SET deleted_at = now() WHERE id = %s", task)
    assert all([row["id"] for row in answer.ok()] == [other] for answer in get_often(user, "/api/tasks", query))
    world.sql("UPDATE eventflow.tasks SET label = 'Renamed' WHERE id = %s", other)
    assert all(answer.ok()[0]["label"] == "Renamed" for answer in get_often(user, "/api/tasks", query))


def test_where_changes_and_reads_alternate_each_read_is_one_round_trip(stack, world, event):
    manager, task = world.user("manager", event), world.task(event)
    query, answers = {"event_id": event}, []
    for state in ("IN_PROGRESS", "BLOCKED") * 15:
        move(manager, task, state)
        answers.append(manager.get("/api/tasks", query))
    seen = counts(stack, answers)
    assert sum(round_trips > 1 for _, round_trips, _ in seen) <= 6, seen


def test_customers_and_others_have_lists_of_their_own(world, event):
    manager = world.user("manager", event)
    customer = world.user("customer", event, type_id=world.user_type(is_customer=True, **EVERYTHING))
    hidden, shown = world.task(event, "TODO"), world.task(event, "IN_PROGRESS")
    for _ in range(8):
        assert {row["id"] for row in manager.get("/api/tasks", {"event_id": event}).ok()} == {hidden, shown}
        assert [row["id"] for row in customer.get("/api/tasks", {"event_id": event}).ok()] == [shown]


def test_a_type_that_becomes_a_customers_sees_todo_no_more(world, event):
    type_id = world.user_type(can_view=True)
    user = world.user("regular", event, type_id=type_id)
    world.task(event, "TODO")
    assert all(len(answer.ok()) == 1 for answer in get_often(user, "/api/tasks", {"event_id": event}))
    world.sql("UPDATE eventflow.user_types SET is_customer = true WHERE id = %s", type_id)
    assert all(answer.ok() == [] for answer in get_often(user, "/api/tasks", {"event_id": event}))


@pytest.mark.parametrize("known", [False, True], ids=["", "If-None-Match"])
def test_authority_is_asked_for_though_the_list_is_remembered(world, event, known):
    type_id = world.user_type(can_view=True)
    user, leaver, stranger = (world.user("regular", event, type_id=type_id) for _ in range(3))
    world.leave(event, stranger)
    world.task(event)
    query = {"event_id": event}
    answers = get_often(leaver, "/api/tasks", query) + get_often(user, "/api/tasks", query)
    tags = {caller: {"If-None-Match": caller.get("/api/tasks", query).etag} if known else None for caller in (user, leaver)}
    assert all(answer.status == 200 for answer in answers)
    for answer in get_often(stranger, "/api/tasks", query, {"If-None-Match": "*"} if known else None):
        answer.refused("not_a_member")
    world.leave(event, leaver)
    for answer in get_often(leaver, "/api/tasks", query, tags[leaver]):
        answer.refused("not_a_member")
    world.sql("UPDATE eventflow.user_types SET can_view = false WHERE id = %s", type_id)
    for answer in get_often(user, "/api/tasks", query, tags[user]):
        answer.refused("permission_denied")
    world.sql("UPDATE eventflow.users SET is_active = false WHERE id = %s", user.id)
    for answer in get_often(user, "/api/tasks", query, tags[user]):
        answer.refused("profile_inactive")


def test_an_event_that_does_not_exist_has_no_list(world):
    for answer in get_often(world.admin, "/api/tasks", {"event_id": new_id()}, {"If-None-Match": "*"}):
        answer.refused("unknown_event")


def test_what_the_client_has_is_not_read(stack, world, event):
    user, task = world.user("manager", event), world.task(event)
    query = {"event_id": event}
    tag = user.get("/api/tasks", query).etag
    answers = get_often(user, "/api/tasks", query, {"If-None-Match": tag})
    assert all(answer.status == 304 and answer.etag == tag for answer in answers)
    assert counts(stack, answers)[-6:] == [(304, 1, 1)] * 6
    move(user, task, "IN_PROGRESS")
    for answer in get_often(user, "/api/tasks", query, {"If-None-Match": tag}):
        assert answer.ok()[0]["state"] == "IN_PROGRESS"


def test_each_filter_and_page_has_a_list_of_its_own(world, event):
    user = world.user("manager", event)
    world.tasks(event, 5)
    done = world.task(event, "DONE")
    for _ in range(6):
        assert len(user.get("/api/tasks", {"event_id": event}).ok()) == 6
        assert [row["id"] for row in user.get("/api/tasks", {"event_id": event, "state": "DONE"}).ok()] == [done]
        assert user.get("/api/tasks", {"event_id": event, "assignee_id": user.id}).ok() == []
        first = user.get("/api/tasks", {"event_id": event, "limit": 4})
        assert len(first.ok()) == 4 and f"cursor={first.next_cursor}" in first.headers["link"]
        second = user.get("/api/tasks", {"event_id": event, "limit": 4, "cursor": first.next_cursor})
        assert len(second.ok()) == 2 and second.next_cursor is None and "link" not in second.headers
        assert not {row["id"] for row in first.ok()} & {row["id"] for row in second.ok()}


def test_takeable_lists_are_not_remembered(stack, world, event):
    vendor, coordinator = world.user("vendor", event), world.user("coordinator", event)
    world.task(event)
    query = {"event_id": event, "takeable": "true"}
    for _ in range(4):
        assert len(vendor.get("/api/tasks", query).ok()) == 1
        assert coordinator.get("/api/tasks", query).ok() == []
    answers = get_often(vendor, "/api/tasks", query, times=4)
    assert all(statements >= 2 for _, _, statements in counts(stack, answers))


def test_an_instance_counts_its_tasks_as_they_are(world, event):
    manager = world.user("manager", event)
    created = manager.post("/api/workflows/instantiate", {"workflow_id": world.template(("a", "b")), "event_id": event})
    task = created.ok()["tasks"][0]["id"]
    for state, expected in (("IN_PROGRESS", {"TODO": 1, "IN_PROGRESS": 1}), ("DONE", {"TODO": 1, "DONE": 1})):
        get_often(manager, "/api/workflow-instances", {"event_id": event})
        move(manager, task, state)
        for answer in get_often(manager, "/api/workflow-instances", {"event_id": event}):
            assert {name: count for name, count in answer.ok()[0]["task_counts"].items() if count} == expected
