"""The event's version: entity tags, 304, If-Match and 412, and one step for each change."""

import re

import pytest

from world import new_id

TAG = re.compile(r'"(\d+)-[A-Za-z0-9]+"')


def transition(user, task, next_state, **headers):
    body = {"next_state": next_state, "reason": "For the test."}
    return user.post(
        f"/api/tasks/{task}/transition", body, {name.replace("_", "-"): value for name, value in headers.items()}
    )


def tagged_reads(event, task):
    """What is read from one event, and so has a tag: (path, query)."""
    return [
        ("/api/tasks", {"event_id": event}),
        ("/api/tasks", {"event_id": event, "state": "TODO"}),
        ("/api/tasks", {"event_id": event, "takeable": "true"}),
        (f"/api/tasks/{task}", None),
        (f"/api/tasks/{task}/transitions", None),
        (f"/api/events/{event}/members", None),
        ("/api/workflow-instances", {"event_id": event}),
    ]


def test_what_is_read_from_one_event_has_its_version_as_tag(world, event):
    user, task = world.user("manager", event), world.task(event)
    for path, query in tagged_reads(event, task):
        answer = user.get(path, query)
        answer.ok()
        assert int(TAG.fullmatch(answer.etag)[1]) == world.version(event), path
        assert user.get(path, query).etag == answer.etag, f"{path}: the same answer has another tag"


@pytest.mark.parametrize("path", ("/api/tasks", "/api/events", "/api/users", "/api/workflow-instances", "/api/auth/me"))
def test_what_is_not_of_one_event_has_no_tag(world, event, path):
    user = world.user("manager", event)
    assert "etag" not in user.get(path).headers
    assert user.get(path, headers={"If-None-Match": "*"}).status == 200


def test_if_none_match(world, event):
    user, task = world.user("manager", event), world.task(event)
    reads = tagged_reads(event, task)
    tags = [user.get(path, query).etag for path, query in reads]
    for (path, query), tag in zip(reads, tags):
        for known in (tag, f"W/{tag}", f'"1-abc", {tag}', f'{tag} , "1-abc"', "*"):
            answer = user.get(path, query, {"If-None-Match": known})
            assert answer.status == 304 and answer.etag == tag, f"{path} {known}"
        for unknown in ('"1-abc"', tag.strip('"'), tag.upper() if tag.upper() != tag else '"x"', "nonsense"):
            assert user.get(path, query, {"If-None-Match": unknown}).status == 200, f"{path} {unknown}"
    transition(user, task, "IN_PROGRESS").ok()
    for (path, query), tag in zip(reads, tags):
        answer = user.get(path, query, {"If-None-Match": tag})
        assert answer.status == 200 and answer.etag != tag, path


def test_a_tag_belongs_to_caller_and_query(world, event):
    first, second, task = world.user("manager", event), world.user("vendor", event), world.task(event)
    tag = first.get(f"/api/tasks/{task}").etag
    assert (
        second.get(f"/api/tasks/{task}", headers={"If-None-Match": tag}).status == 200
    ), "the allowed actions are others"
    tags = {
        first.get("/api/tasks", {"event_id": event, **query}).etag for query in ({}, {"limit": 5}, {"state": "DONE"})
    }
    assert len(tags) == 3


def test_a_tag_falls_when_the_callers_rights_change(world, event):
    type_id = world.user_type(can_view=True)
    user, task = world.user("regular", event, type_id=type_id), world.task(event)
    tag = user.get(f"/api/tasks/{task}").etag
    world.sql("UPDATE eventflow.user_types SET can_take = true WHERE id = %s", type_id)
    answer = user.get(f"/api/tasks/{task}", headers={"If-None-Match": tag})
    assert answer.ok()["why_not"]["pick"] == "not_eligible"
    world.map(type_id, world.task_type)
    answer = user.get(f"/api/tasks/{task}", headers={"If-None-Match": answer.etag})
    assert answer.ok()["allowed_actions"] == ["pick"]


def test_the_tag_of_what_may_be_taken_falls_when_a_mapping_changes(world, event):
    """Nothing of the event has changed; the list of all its tasks stays as it is."""
    type_id = world.user_type(can_view=True, can_take=True)
    user, task = world.user("regular", event, type_id=type_id), world.task(event)
    takeable = {"event_id": event, "takeable": "true"}
    before = user.get("/api/tasks", takeable)
    assert before.ok() == []
    all_tasks = user.get("/api/tasks", {"event_id": event})
    assert user.get("/api/tasks", takeable, {"If-None-Match": before.etag}).status == 304
    world.map(type_id, world.task_type)
    after = user.get("/api/tasks", takeable, {"If-None-Match": before.etag})
    assert [row["id"] for row in after.ok()] == [task]
    assert user.get("/api/tasks", {"event_id": event}, {"If-None-Match": all_tasks.etag}).status == 304
    world.sql("DELETE FROM eventflow.eligibility_mappings WHERE user_type_id = %s", type_id)
    assert user.get("/api/tasks", takeable, {"If-None-Match": after.etag}).ok() == []


def test_the_tag_of_what_may_be_taken_falls_when_the_caller_gets_another_type(world, event):
    """Both types have the same rights, and only one a mapping."""
    mapped, other = (world.user_type(can_view=True, can_take=True) for _ in range(2))
    world.map(mapped, world.task_type)
    user, task = world.user("regular", event, type_id=mapped), world.task(event)
    takeable = {"event_id": event, "takeable": "true"}
    before = user.get("/api/tasks", takeable)
    assert [row["id"] for row in before.ok()] == [task]
    world.sql("UPDATE eventflow.users SET user_type_id = %s WHERE id = %s", other, user.id)
    assert user.get("/api/tasks", takeable, {"If-None-Match": before.etag}).ok() == []


def test_the_tag_of_members_falls_when_a_member_is_renamed(world, event):
    user, other = world.user("manager", event), world.user("vendor", event)
    tag = user.get(f"/api/events/{event}/members").etag
    world.sql("UPDATE eventflow.users SET name = 'Renamed' WHERE id = %s", other.id)
    answer = user.get(f"/api/events/{event}/members", headers={"If-None-Match": tag})
    assert "Renamed" in {member["user"]["name"] for member in answer.ok()}


# ---- If-Match ----------------------------------------------------------------------------------------------


def writes(world, event, user):
    """Each write on an event, on tasks of its own: (name, function that takes the headers)."""
    task, held = world.task(event), world.task(event, assignee=user)
    template = world.template()
    body = {"workflow_id": template, "event_id": event}
    return [
        ("pick", lambda headers: user.post(f"/api/tasks/{task}/pick", None, headers)),
        ("pick again", lambda headers: user.post(f"/api/tasks/{held}/pick", None, headers)),
        ("assign", lambda headers: user.post(f"/api/tasks/{held}/assign", {"user_id": None}, headers)),
        ("assign again", lambda headers: user.post(f"/api/tasks/{held}/assign", {"user_id": None}, headers)),
        (
            "transition",
            lambda headers: user.post(
                f"/api/tasks/{task}/transition", {"next_state": "IN_PROGRESS", "reason": "Now."}, headers
            ),
        ),
        ("instantiate", lambda headers: user.post("/api/workflows/instantiate", body, headers)),
    ]


def snapshot(world, event):
    return world.sql(
        "SELECT id, state, assignee_id, transition_count FROM eventflow.tasks WHERE event_id = %s ORDER BY id", event
    )


def test_if_match_refuses_another_version(world, event):
    user = world.user("manager", event)
    for name, write in writes(world, event, user):
        version, before = world.version(event), snapshot(world, event)
        for stale in (f'"{version - 1}-abc"', f'"{version + 1}-abc"', '"0-a"', f'"{10 ** 17}-a"'):
            write({"If-Match": stale}).refused("version_mismatch")
            assert snapshot(world, event) == before and world.version(event) == version, name
        for malformed in (
            "*",
            "",
            "nonsense",
            f"{version}-abc",
            f'"{version}"',
            f'"{version}-"',
            '"-abc"',
            '"r1-abc"',
            '"x-abc"',
            f'"{version}-abc',
            f'"{version}-a", "1-b"',
            f'W/"{version}-abc"',
            '"-1-abc"',
            f'"{"9" * 30}-a"',
            f'"{version}-a b"',
        ):
            if malformed:
                write({"If-Match": malformed}).refused("invalid_if_match")
        assert snapshot(world, event) == before and world.version(event) == version, name
        write({"If-Match": f'"{version}-abc"'}).ok()


def test_if_match_takes_any_tag_of_the_event(world, event):
    user, task = world.user("manager", event), world.task(event)
    for (path, query), state in zip(tagged_reads(event, task), ("IN_PROGRESS", "BLOCKED") * 3):
        transition(user, task, state, If_Match=user.get(path, query).etag).ok()


def test_412_comes_after_all_other_refusals(world, event):
    user, task = world.user("manager", event), world.task(event, "DONE")
    transition(user, task, "TODO", If_Match='"1-stale"').refused("illegal_transition")
    transition(world.user("manager"), task, "TODO", If_Match='"1-stale"').refused("not_found")
    free = world.task(event)
    user.post(f"/api/tasks/{free}/assign", {"user_id": new_id()}, {"If-Match": '"1-stale"'}).refused("unknown_user")


# ---- One step for each change ------------------------------------------------------------------------------


def test_every_change_raises_the_version_by_one(world, event):
    user = world.user("manager", event)
    for name, write in writes(world, event, user):
        version = world.version(event)
        write({}).ok()
        assert world.version(event) == version + (0 if name.endswith("again") else 1), name


def test_a_change_with_many_rows_raises_it_by_one(world, event):
    user, parent = world.user("manager", event), world.task(event, "IN_PROGRESS")
    world.tasks(event, 10, parents=[parent])
    version = world.version(event)
    transition(user, parent, "DONE").ok()
    assert world.version(event) == version + 1
    body = {"workflow_id": world.template(("a", "b", "c")), "event_id": event}
    made = user.post("/api/workflows/instantiate", body).ok()
    assert world.version(event) == version + 2
    assert {world.audit(task["id"])[0]["event_version"] for task in made["tasks"]} == {version + 2}


def test_changes_in_sql_raise_it_too(world):
    event, other = world.event(), world.event()
    user = world.user("vendor", event)
    version = world.version(event)
    world.join(event, world.user("vendor"), world.user("vendor"), world.user("vendor"))
    assert world.version(event) == version + 1, "three members in one statement"
    world.leave(event, user)
    assert world.version(event) == version + 2
    task = world.task(event)
    version = world.version(event)
    world.sql("UPDATE eventflow.tasks SET deleted_at = now() WHERE id = %s", task)
    assert world.version(event) == version + 1
    assert world.version(other) == 1, "another event is not touched"
    assert len(world.audit(task)) == 1, "a deletion leaves no audit row"


def test_the_version_and_time_of_an_event_are_shown(world, event):
    user, task = world.user("vendor", event), world.task(event)
    (before,) = user.get("/api/events").ok()
    transition(user, task, "IN_PROGRESS").ok()
    (after,) = user.get("/api/events").ok()
    assert after["version"] == before["version"] + 1 and after["updated_at"] > before["updated_at"]
    assert after["created_at"] == before["created_at"]
    assert world.audit(task)[-1]["event_version"] == after["version"]


def test_a_list_is_never_stale(world, event):
    """Whatever a worker remembers: each answer after a change shows the change."""
    user, task = world.user("manager", event), world.task(event)
    for state in ("IN_PROGRESS", "BLOCKED") * 10:
        transition(user, task, state).ok()
        assert [row["state"] for row in user.get("/api/tasks", {"event_id": event}).ok()] == [state]
