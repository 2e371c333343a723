"""Who sees and does what in an event that exists or not: every caller × every operation that is not on a task."""

import itertools

import pytest

import oracle
from oracle import Who, callers, check
from world import new_id

CALLERS = list(callers("view", "assign", eligibility=(True,)))
REFERENCES = ("user-types", "task-types", "eligibility-mappings", "workflow-templates")


def params(*dimensions):
    cases = list(itertools.product(*dimensions))
    return [pytest.param(*case, id="--".join(str(part) for part in case)) for case in cases]


@pytest.fixture(scope="module")
def others(scenery):
    """Another member of the event, somebody of another one, an instance in each, and an event with nobody."""
    world = scenery.world
    return {
        "colleague": scenery.holder,
        "foreigner": world.user("vendor", scenery.elsewhere),
        "empty": world.event(),
        "inside": world.instances(scenery.event, scenery.template, 1)[0],
        "outside": world.instances(scenery.elsewhere, scenery.template, 1)[0],
    }


def event_id(scenery, others, event):
    return {"own or not": scenery.event, "empty": others["empty"], "unknown": scenery.nobodys_id}[event]


def scope_of(who, event, in_path):
    """The event "own or not" is the callers' of whom it is said that they are members."""
    is_member = who.is_member and event == "own or not"
    caller = Who(who.is_admin, who.is_customer, who.permissions, is_member)
    return oracle.named_event(caller, event != "unknown", in_path)


EVENTS = ("own or not", "empty", "unknown")


@pytest.mark.parametrize("who, event", params(CALLERS, EVENTS))
def test_members(scenery, others, who, event):
    user = scenery.user(who)
    answer = user.get(f"/api/events/{event_id(scenery, others, event)}/members", {"limit": 1000})
    check(answer, scope_of(who, event, True))
    if answer.status == 200:
        members = {row["user_id"] for row in answer.ok()}
        assert (others["colleague"].id in members) == (event == "own or not")
        assert (user.id in members) == (who.is_member and event == "own or not")


@pytest.mark.parametrize("who, event", params(CALLERS, EVENTS))
def test_tasks_of_an_event(scenery, others, who, event):
    answer = scenery.user(who).get("/api/tasks", {"event_id": event_id(scenery, others, event), "limit": 1})
    check(answer, oracle.first(scope_of(who, event, False), oracle.permission(who, "view")))


@pytest.mark.parametrize("who, event", params(CALLERS, EVENTS))
def test_instances_of_an_event(scenery, others, who, event):
    query = {"event_id": event_id(scenery, others, event), "limit": 1000}
    answer = scenery.user(who).get("/api/workflow-instances", query)
    check(answer, scope_of(who, event, False))
    if answer.status == 200:
        found = {row["id"] for row in answer.ok()}
        assert (others["inside"] in found) == (event == "own or not") and others["outside"] not in found


@pytest.mark.parametrize("who", CALLERS, ids=str)
def test_instances(scenery, others, who):
    found = {row["id"] for row in scenery.user(who).get_all("/api/workflow-instances")}
    assert (others["inside"] in found) == (who.is_admin or who.is_member)
    assert (others["outside"] in found) == (who.is_admin or not who.is_member)


@pytest.mark.parametrize("who", CALLERS, ids=str)
def test_events(scenery, others, who):
    found = {row["id"] for row in scenery.user(who).get_all("/api/events")}
    assert (scenery.event in found, scenery.elsewhere in found, others["empty"] in found) == (
        who.is_admin or who.is_member,
        who.is_admin or not who.is_member,
        who.is_admin,
    )


@pytest.mark.parametrize("who", CALLERS, ids=str)
def test_users(scenery, others, who):
    user = scenery.user(who)
    found = {row["id"] for row in user.get_all("/api/users")}
    assert user.id in found
    assert (others["colleague"].id in found) == (who.is_admin or who.is_member)
    assert (others["foreigner"].id in found) == (who.is_admin or not who.is_member)


@pytest.mark.parametrize("who, name", params(CALLERS, REFERENCES))
def test_reference_data(scenery, who, name):
    """Everybody sees all of it, whatever their permissions are."""
    rows = scenery.user(who).get_all(f"/api/{name}")
    kept = scenery.template if name == "workflow-templates" else scenery.task_type if name == "task-types" else None
    assert kept is None or kept in {row["id"] for row in rows}
    assert rows


@pytest.mark.parametrize("who", CALLERS, ids=str)
def test_me(scenery, who):
    user = scenery.user(who)
    me = user.get("/api/auth/me").ok()
    assert me["user"]["id"] == user.id and me["user_type"]["is_customer"] == who.is_customer
    assert [row["event_id"] for row in me["memberships"]] == [scenery.event if who.is_member else scenery.elsewhere]
    assert {name for name, held in me["permissions"].items() if held} == set(who.permissions)


@pytest.mark.parametrize("who, event, workflow", params(CALLERS, EVENTS, ("known", "unknown")))
def test_instantiate(scenery, others, who, event, workflow):
    workflow_id = scenery.template if workflow == "known" else scenery.nobodys_id
    event_exists = event != "unknown"
    is_member = who.is_member and event == "own or not"
    caller = Who(who.is_admin, who.is_customer, who.permissions, is_member)
    body = {"workflow_id": workflow_id, "event_id": event_id(scenery, others, event)}
    answer = scenery.user(who).post("/api/workflows/instantiate", body)
    check(answer, oracle.instantiate(caller, event_exists, workflow == "known"))


@pytest.mark.parametrize("who, template", params(CALLERS, ("new", "next version", "unknown id")))
def test_save_a_template(scenery, who, template):
    body = {"name": "A case", "nodes": [{"node_id": "a", "task_type_id": scenery.task_type, "label": "A"}], "edges": []}
    if template == "next version":
        body["id"] = scenery.world.template()
    elif template == "unknown id":
        body["id"] = new_id()
    answer = scenery.user(who).post("/api/workflow-templates", body)
    check(answer, oracle.save_template(who, template == "new", template == "next version"))
    if answer.status == 200:
        assert answer.ok()["version"] == (2 if template == "next version" else 1)
