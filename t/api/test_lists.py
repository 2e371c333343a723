"""Lists: pages, cursors, filters, limits and order."""

import itertools

import pytest

from world import STATES, new_id


def pages(user, path, query, limit):
    """All pages of a list, by the cursors."""
    cursor, found = None, []
    for _ in range(2000):
        page = user.get(path, {**query, "limit": limit, "cursor": cursor})
        assert len(page.ok()) <= limit
        found.append(page)
        cursor = page.next_cursor
        if cursor is None:
            return found
    raise AssertionError("the list has no end")


def rows(user, path, query, limit):
    return [row for page in pages(user, path, query, limit) for row in page.ok()]


@pytest.fixture(scope="module")
def scene(world):
    """One event with 13 of everything; many were made in the same instant, so the id must decide."""
    event = world.event()
    user = world.user("manager", event)
    world.join(event, *(world.user("vendor") for _ in range(12)))
    for _ in range(13):
        world.join(world.event(), user)
    template = world.template(("a",))
    world.instances(event, template, 13)
    for rank in (5, 0, 2):
        world.tasks(event, 4, rank=rank)
    task = world.task(event)
    for state in ("IN_PROGRESS", "BLOCKED") * 6:
        user.post(f"/api/tasks/{task}/transition", {"next_state": state, "reason": "To and fro."}).ok()
    return (
        event,
        user,
        {
            "/api/tasks": {"event_id": event},
            f"/api/tasks/{task}/transitions": {},
            "/api/events": {},
            f"/api/events/{event}/members": {},
            "/api/users": {},
            "/api/workflow-instances": {"event_id": event},
            "/api/user-types": {},
            "/api/task-types": {},
            "/api/eligibility-mappings": {},
            "/api/workflow-templates": {},
        },
    )


def position(path, row):
    """What a list is ordered by, as far as the answer shows it."""
    if path.endswith("/transitions"):
        return row["number"]
    if path.endswith("/members"):
        return row["created_at"], row["user_id"]
    return (row["created_at"],) if path == "/api/tasks" else (row["created_at"], row["id"])


@pytest.mark.parametrize("index", range(10))
def test_pages_are_complete_and_without_duplicates(world, scene, index):
    _, user, lists = scene
    path, query = list(lists.items())[index]
    whole = rows(user, path, query, 1000)
    assert len(whole) >= (5 if path.startswith(("/api/user-", "/api/elig", "/api/task-", "/api/workflow-t")) else 13)
    keys = [row.get("id", row.get("number")) for row in whole]
    assert len(set(keys)) == len(keys)
    assert [position(path, row) for row in whole] == sorted(position(path, row) for row in whole)
    for limit in (1, 2, 5, 12, 13):
        if len(whole) > 40 and limit < 12:
            continue  # reference data of the whole run: it would be hundreds of requests
        assert rows(user, path, query, limit) == whole, f"limit={limit}"
    exact = pages(user, path, query, min(len(whole), 1000))
    assert len(exact) == -(-len(whole) // 1000), "a page that holds the rest has no cursor"


def test_the_order_of_tasks_is_time_rank_id(world, scene):
    event, user, _ = scene
    expected = world.sql("SELECT id FROM eventflow.tasks WHERE event_id = %s ORDER BY created_at, rank, id", event)
    for query in ({"event_id": event}, {}):
        assert [row["id"] for row in rows(user, "/api/tasks", query, 3)] == [row[0] for row in expected]


def test_an_admin_reads_all_events_in_pages(world, scene):
    event, _, _ = scene
    page = world.admin.get("/api/tasks", {"limit": 50})
    assert len(page.ok()) <= 50
    found = [row for row in rows(world.admin, "/api/tasks", {}, 1000) if row["event_id"] == event]
    assert found == rows(world.admin, "/api/tasks", {"event_id": event}, 1000)
    assert len(rows(world.admin, "/api/users", {}, 1000)) == world.value("SELECT count(*) FROM eventflow.users")
    assert len(rows(world.admin, "/api/events", {}, 1000)) == world.value("SELECT count(*) FROM eventflow.events")


def test_link_leads_to_the_next_page(scene):
    event, user, _ = scene
    first = user.get("/api/tasks", {"event_id": event, "limit": 5, "state": "TODO"})
    target, relation = first.headers["link"].split("; ")
    assert relation == 'rel="next"' and first.next_cursor in target
    path, _, query = target.strip("<>").partition("?")
    second = user.get(path, query)
    assert (
        second.ok()
        == user.get("/api/tasks", {"event_id": event, "limit": 5, "state": "TODO", "cursor": first.next_cursor}).ok()
    )
    assert second.ok() and not {row["id"] for row in second.ok()} & {row["id"] for row in first.ok()}
    last = user.get("/api/tasks", {"event_id": event, "limit": 1000})
    assert last.next_cursor is None and "link" not in last.headers


@pytest.mark.parametrize("index", range(10))
def test_a_damaged_cursor_is_refused(scene, index):
    _, user, lists = scene
    path, query = list(lists.items())[index]
    cursor = user.get(path, {**query, "limit": 1}).next_cursor
    damaged = [
        cursor[:-1],
        cursor + "A",
        cursor[1:],
        cursor[::-1],
        "A",
        "AAAA",
        "=" * 8,
        "€",
        "%00",
        cursor + "=",
        "x" * 1000,
    ]
    damaged += [
        cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]
        for place in range(0, len(cursor), 7)
    ]
    for bad in damaged:
        user.get(path, {**query, "cursor": bad}).refused("invalid_cursor")
    user.get(path, {**query, "cursor": "x" * 1001}).refused("invalid_parameter")
    user.get(path, {**query, "cursor": ""}).refused("invalid_parameter")


def test_a_cursor_belongs_to_one_list_and_filter(world, scene):
    event, user, lists = scene
    cursors = {path: user.get(path, {**query, "limit": 1}).next_cursor for path, query in lists.items()}
    assert all(cursors.values())
    for (path, query), (other, cursor) in itertools.product(lists.items(), cursors.items()):
        if other != path:
            user.get(path, {**query, "cursor": cursor}).refused("invalid_cursor")
    cursor = cursors["/api/tasks"]
    for change in (
        {"event_id": None},
        {"state": "TODO"},
        {"takeable": "true"},
        {"assignee_id": user.id},
        {"task_type_id": world.task_type},
        {"workflow_instance_id": new_id()},
    ):
        user.get("/api/tasks", {"event_id": event, "cursor": cursor, **change}).refused("invalid_cursor")
    user.get("/api/tasks", {"event_id": event, "cursor": cursor, "limit": 7}).ok()  # the limit is no filter


@pytest.mark.parametrize(
    "limit", ("0", "-1", "1001", "1e2", "1.0", "abc", "", "٣", "+5", " 5", "0x10", "9" * 30, "null", "5,6")
)
def test_a_limit_that_is_none(scene, limit):
    _, user, lists = scene
    for path, query in lists.items():
        assert "limit" in user.get(path, {**query, "limit": limit}).refused("invalid_parameter")["error"]


def test_the_default_limit_is_a_hundred(world, event):
    user = world.user("vendor", event)
    world.tasks(event, 101)
    page = user.get("/api/tasks")
    assert len(page.ok()) == 100 and page.next_cursor
    assert len(user.get("/api/tasks", {"limit": 1000}).ok()) == 101


# ---- Filters -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mixture(world):
    """An event with tasks of every kind, and another with one: (event, a member of both, the other event)."""
    event, other = world.event(), world.event()
    user = world.user("vendor", event, other)
    for state in STATES:
        for assignee in (None, user, world.user("vendor", event)):
            for task_type in (world.task_type, world.other_task_type):
                world.task(event, state, assignee=assignee, task_type=task_type)
    world.task(other)
    manager = world.user("manager", event)
    manager.post("/api/workflows/instantiate", {"workflow_id": world.template(("a", "b")), "event_id": event}).ok()
    return event, user, other


def listed(user, **query):
    return {row["id"] for row in user.get("/api/tasks", query).ok()}


@pytest.mark.parametrize("count", (1, 2, 3))
def test_filters_are_joined_by_and(world, mixture, count):
    event, user, _ = mixture
    everything = user.get("/api/tasks").ok()
    instance = next(row["workflow_instance_id"] for row in everything if row["workflow_instance_id"])
    values = {
        "event_id": event,
        "state": "TODO",
        "assignee_id": user.id,
        "task_type_id": world.task_type,
        "workflow_instance_id": instance,
    }
    for names in itertools.combinations(values, count):
        query = {name: values[name] for name in names}
        expected = {row["id"] for row in everything if all(row[name] == value for name, value in query.items())}
        assert listed(user, **query) == expected, names


def test_takeable_is_what_can_be_picked(world, mixture):
    event, user, _ = mixture
    for caller in (user, world.user("manager", event), world.user("coordinator", event), world.admin):
        everything = caller.get("/api/tasks", {"event_id": event}).ok()
        takeable = {
            row["id"]
            for row in everything
            if row["assignee_id"] is None and "pick" in caller.get(f"/api/tasks/{row['id']}").ok()["allowed_actions"]
        }
        assert listed(caller, event_id=event, takeable="true") == takeable
        assert listed(caller, event_id=event, takeable="false") == {row["id"] for row in everything} - takeable
    assert listed(user, event_id=event, takeable="true") and not listed(
        world.user("coordinator", event), takeable="true"
    )


def test_what_is_unknown_gives_an_empty_list_but_for_the_event(world, mixture):
    event, user, _ = mixture
    for name in ("assignee_id", "task_type_id", "workflow_instance_id"):
        assert listed(user, **{name: new_id()}) == listed(user, event_id=event, **{name: new_id()}) == set()
    for path in ("/api/tasks", "/api/workflow-instances"):
        user.get(path, {"event_id": new_id()}).refused("not_a_member")
        world.admin.get(path, {"event_id": new_id()}).refused("unknown_event")
    user.get(f"/api/events/{new_id()}/members").refused("not_a_member")
    world.admin.get(f"/api/events/{new_id()}/members").refused("not_found")


def test_lists_hold_what_is_in_scope_and_nothing_else(world, mixture):
    event, user, other = mixture
    assert {row["event_id"] for row in user.get("/api/tasks").ok()} == {event, other}
    assert {row["id"] for row in user.get("/api/events").ok()} == {event, other}
    loner = world.user("vendor")
    assert [row["id"] for row in loner.get("/api/users").ok()] == [loner.id]
    for path in ("/api/tasks", "/api/events", "/api/workflow-instances"):
        assert loner.get(path).ok() == []
    companions = {
        row[0]
        for row in world.sql(
            "SELECT DISTINCT user_id FROM eventflow.event_members WHERE event_id IN (%s, %s)", event, other
        )
    }
    assert {row["id"] for row in user.get("/api/users").ok()} == companions


def test_members_come_with_their_users(world, event):
    user = world.user("customer", event)
    (member,) = user.get(f"/api/events/{event}/members").ok()
    assert member["event_id"] == event and member["user_id"] == member["user"]["id"] == user.id
    assert member["user"]["email"] == user.email and member["user"]["user_type_id"] == world.types["customer"]


def test_a_page_ends_at_four_megabytes(world, event):
    user = world.user("vendor", event)
    ids = world.tasks(event, 180, description="€" * 10000)
    found = pages(user, "/api/tasks", {"event_id": event}, 1000)
    assert len(found) > 1 and all(len(page.body) <= 4 * 1024 * 1024 + 2048 for page in found)
    assert len(found[0].body) > 3.9 * 1024 * 1024, "a page ends no earlier than it must"
    assert [row["id"] for page in found for row in page.ok()] == sorted(ids)
    assert found[0].ok()[0]["description"] == "€" * 10000
