"""The audit trail: every change is on record, once, gapless, by whom, why and on which request."""

import psycopg2
import pytest

from world import new_id


def trail(user, task):
    return user.get(f"/api/tasks/{task}/transitions").ok()


def test_the_whole_story_of_a_task(world, event):
    manager, vendor = world.user("manager", event), world.user("vendor", event)
    body = {"workflow_id": world.template(("a", "b"), (("a", "b"),)), "event_id": event}
    made = manager.post("/api/workflows/instantiate", body, {"X-Request-Id": "made"}).ok()
    first, second = (task["id"] for task in made["tasks"])
    start = world.version(event)
    steps = [
        (vendor, "pick", None),
        (manager, "assign", {"user_id": manager.id}),
        (manager, "assign", {"user_id": None}),
        (vendor, "transition", {"next_state": "IN_PROGRESS", "reason": "begun"}),
        (vendor, "transition", {"next_state": "DONE", "reason": "  finished\n"}),
    ]
    for number, (user, action, body) in enumerate(steps):
        user.post(f"/api/tasks/{first}/{action}", body, {"X-Request-Id": f"step-{number}"}).ok()
    rows = trail(vendor, first)
    assert [row["number"] for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [row["kind"] for row in rows] == ["created", "assignee", "assignee", "assignee", "state", "state"]
    assert [row["from_state"] for row in rows] == [None, "TODO", "TODO", "TODO", "TODO", "IN_PROGRESS"]
    assert [row["to_state"] for row in rows] == ["TODO", "TODO", "TODO", "TODO", "IN_PROGRESS", "DONE"]
    assert [row["from_assignee_id"] for row in rows[1:4]] == [None, vendor.id, manager.id]
    assert [row["to_assignee_id"] for row in rows[1:4]] == [vendor.id, manager.id, None]
    assert [row["actor_id"] for row in rows] == [manager.id, vendor.id, manager.id, manager.id, vendor.id, vendor.id]
    assert [row["reason"] for row in rows] == [None, None, None, None, "begun", "finished"]
    assert [row["request_id"] for row in rows] == ["made", "step-0", "step-1", "step-2", "step-3", "step-4"]
    assert [row["event_version"] for row in rows] == [start + number for number in range(6)]
    unlocked = trail(vendor, second)[-1]
    assert (unlocked["kind"], unlocked["from_state"], unlocked["to_state"]) == ("state", "BLOCKED", "TODO")
    assert unlocked["actor_id"] is None and unlocked["reason"] is None, "the engine's own change has no actor"
    assert (unlocked["request_id"], unlocked["event_version"]) == ("step-4", start + 5)


def test_what_was_refused_leaves_no_row(world, event):
    vendor, stranger, task = world.user("vendor", event), world.user("vendor"), world.task(event)
    before, version = world.audit(task), world.version(event)
    too_soon = {"next_state": "DONE", "reason": "Too soon."}
    vendor.post(f"/api/tasks/{task}/transition", too_soon).refused("illegal_transition")
    vendor.post(f"/api/tasks/{task}/transition", {"next_state": "IN_PROGRESS", "reason": " "}).refused("invalid_field")
    vendor.post(f"/api/tasks/{task}/assign", {"user_id": vendor.id}).refused("permission_denied")
    stranger.post(f"/api/tasks/{task}/pick").refused("not_found")
    vendor.post(f"/api/tasks/{task}/pick", None, {"If-Match": '"1-stale"'}).refused("version_mismatch")
    assert world.audit(task) == before and world.version(event) == version


def test_a_new_request_id_is_on_record_too(world, event):
    vendor, task = world.user("vendor", event), world.task(event)
    answer = vendor.post(f"/api/tasks/{task}/pick")
    assert trail(vendor, task)[-1]["request_id"] == answer.headers["x-request-id"]


def test_the_trail_of_an_assignee_who_left_remains(world, event):
    vendor, task = world.user("vendor", event), world.task(event)
    vendor.post(f"/api/tasks/{task}/pick").ok()
    world.leave(event, vendor)
    assert trail(world.admin, task)[-1]["actor_id"] == vendor.id


@pytest.mark.parametrize(
    "statement",
    (
        "UPDATE eventflow.task_transitions SET reason = 'Otherwise.' WHERE task_id = %s",
        "DELETE FROM eventflow.task_transitions WHERE task_id = %s",
        "UPDATE eventflow.tasks SET state = 'DONE' WHERE id = %s",
        "UPDATE eventflow.tasks SET transition_count = 7 WHERE id = %s",
        "DELETE FROM eventflow.tasks WHERE id = %s",
    ),
)
def test_nobody_rewrites_it(world, event, statement):
    task = world.task(event)
    before = world.audit(task)
    with pytest.raises(psycopg2.Error) as refusal:
        world.sql(statement, task)
    assert refusal.value.pgcode.startswith("23")
    assert world.audit(task) == before


def test_every_trail_of_the_run_is_whole(world):
    """Over all tasks so far: gapless numbers, a chain of states, and the last of them the task's own."""
    broken = world.sql(
        """
        SELECT t.id FROM eventflow.tasks t LEFT JOIN LATERAL (
            SELECT count(*) AS rows, max(a.number) AS last, (array_agg(a.to_state ORDER BY a.number DESC))[1] AS state
            FROM eventflow.task_transitions a WHERE a.event_id = t.event_id AND a.task_id = t.id) a ON true
        WHERE a.rows <> a.last OR a.last <> t.transition_count OR a.state <> t.state"""
    )
    assert broken == []
    assert world.sql("SELECT 1 FROM eventflow.task_transitions WHERE request_id = %s", new_id()) == []
