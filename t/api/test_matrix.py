"""The table: operation × user type × member or not; and each permission by itself."""

import itertools

import pytest

from world import PASSWORD, new_id

KINDS = ("admin", "manager", "vendor", "coordinator", "customer", "inactive", "stranger")

# What each kind gets as a member, and as one who is none: a code, or OK. For admins and those without a profile, see
# expected_code.
OK = None
OPEN = dict.fromkeys(("manager", "vendor", "coordinator", "customer"), (OK, OK))
MEMBERS = dict.fromkeys(("manager", "vendor", "coordinator", "customer"), (OK, "not_a_member"))
HIDDEN = ("not_found", "not_found")
ADMINS = dict.fromkeys(("manager", "vendor", "coordinator", "customer"), ("admin_required", "admin_required"))
TODO_READ = {**dict.fromkeys(("manager", "vendor", "coordinator"), (OK, "not_found")), "customer": HIDDEN}
TODO_WORK = {
    "manager": (OK, "not_found"),
    "vendor": (OK, "not_found"),
    "coordinator": ("not_eligible", "not_found"),
    "customer": HIDDEN,
}
RUNNING_READ = dict.fromkeys(("manager", "vendor", "coordinator", "customer"), (OK, "not_found"))
READ_ONLY = ("customer_read_only", "not_found")

# operation: (its task's state, the table)
EXPECTED = {
    "task_list": ("TODO", OPEN),
    "task_list of an event": ("TODO", MEMBERS),
    "task_get": ("TODO", TODO_READ),
    "task_get in progress": ("IN_PROGRESS", RUNNING_READ),
    "transition_list": ("TODO", TODO_READ),
    "transition_list in progress": ("IN_PROGRESS", RUNNING_READ),
    "task_pick": ("TODO", TODO_WORK),
    "task_pick in progress": (
        "IN_PROGRESS",
        {
            "manager": ("task_not_todo", "not_found"),
            "vendor": ("task_not_todo", "not_found"),
            "coordinator": ("not_eligible", "not_found"),
            "customer": READ_ONLY,
        },
    ),
    "task_transition": ("TODO", TODO_WORK),
    "task_transition in progress": (
        "IN_PROGRESS",
        {
            "manager": (OK, "not_found"),
            "vendor": (OK, "not_found"),
            "coordinator": ("not_eligible", "not_found"),
            "customer": READ_ONLY,
        },
    ),
    "task_assign": (
        "TODO",
        {
            "manager": (OK, "not_found"),
            "vendor": ("permission_denied", "not_found"),
            "coordinator": ("permission_denied", "not_found"),
            "customer": HIDDEN,
        },
    ),
    "task_assign in progress": (
        "IN_PROGRESS",
        {
            "manager": (OK, "not_found"),
            "vendor": ("permission_denied", "not_found"),
            "coordinator": ("permission_denied", "not_found"),
            "customer": READ_ONLY,
        },
    ),
    "event_list": ("TODO", OPEN),
    "member_list": ("TODO", MEMBERS),
    "user_list": ("TODO", OPEN),
    "user_type_list": ("TODO", OPEN),
    "task_type_list": ("TODO", OPEN),
    "eligibility_mapping_list": ("TODO", OPEN),
    "workflow_template_list": ("TODO", OPEN),
    "workflow_template_save": ("TODO", ADMINS),
    "workflow_instance_list": ("TODO", OPEN),
    "workflow_instance_list of an event": ("TODO", MEMBERS),
    "workflow_instantiate": (
        "TODO",
        {
            "manager": (OK, "not_a_member"),
            "vendor": ("permission_denied", "not_a_member"),
            "coordinator": ("permission_denied", "not_a_member"),
            "customer": ("customer_read_only", "not_a_member"),
        },
    ),
    "auth_me": ("TODO", OPEN),
    "auth_login": ("TODO", OPEN),
    "auth_refresh": ("TODO", OPEN),
    "auth_logout": ("TODO", OPEN),
    "health_live": ("TODO", OPEN),
    "health_ready": ("TODO", OPEN),
}
PUBLIC = ("auth_login", "auth_refresh", "health_live", "health_ready")


@pytest.fixture(scope="module")
def template(world):
    return world.template(("a", "b"), (("a", "b"),))


@pytest.fixture(scope="module")
def colleague(world):
    """Somebody who may be assigned anything: their events grow with the tests."""
    return world.user("vendor", with_password=True)


def request_of(world, name, event, task, template, colleague):
    """(method, path, query, body) of one row of the table."""
    of_event = {"event_id": event} if name.endswith("of an event") else None
    operation = name.split(" ")[0]
    path = f"/api/tasks/{task}"
    lists = {
        "task_list": "tasks",
        "event_list": "events",
        "user_list": "users",
        "user_type_list": "user-types",
        "task_type_list": "task-types",
        "eligibility_mapping_list": "eligibility-mappings",
        "workflow_template_list": "workflow-templates",
        "workflow_instance_list": "workflow-instances",
        "auth_me": "auth/me",
    }
    next_state = "DONE" if name.endswith("in progress") else "IN_PROGRESS"
    node = {"node_id": "a", "task_type_id": world.task_type, "label": "A"}
    others = {
        "task_get": ("GET", path, None, None),
        "transition_list": ("GET", f"{path}/transitions", None, None),
        "task_pick": ("POST", f"{path}/pick", None, {}),
        "task_transition": ("POST", f"{path}/transition", None, {"next_state": next_state, "reason": "On we go."}),
        "task_assign": ("POST", f"{path}/assign", None, {"user_id": colleague.id}),
        "member_list": ("GET", f"/api/events/{event}/members", None, None),
        "workflow_template_save": (
            "POST",
            "/api/workflow-templates",
            None,
            {"name": "New", "nodes": [node], "edges": []},
        ),
        "workflow_instantiate": (
            "POST",
            "/api/workflows/instantiate",
            None,
            {"workflow_id": template, "event_id": event},
        ),
        "auth_login": ("POST", "/api/auth/login", None, {"email": colleague.email, "password": PASSWORD}),
        "auth_refresh": ("POST", "/api/auth/refresh", None, {"refresh_token": world.refresh_token(colleague)}),
        "auth_logout": ("POST", "/api/auth/logout", None, {"refresh_token": world.refresh_token(colleague)}),
        "health_live": ("GET", "/healthz", None, None),
        "health_ready": ("GET", "/readyz", None, None),
    }
    return others.get(operation) or ("GET", f"/api/{lists[operation]}", of_event, None)


def expected_code(name, kind, is_member):
    if name in PUBLIC or kind == "admin":
        return "task_not_todo" if (name, kind) == ("task_pick in progress", "admin") else OK
    if kind in ("inactive", "stranger"):
        return {"inactive": "profile_inactive", "stranger": "profile_not_found"}[kind]
    return EXPECTED[name][1][kind][0 if is_member else 1]


def caller_of(world, kind, event, is_member):
    if kind == "stranger":
        return world.stranger()
    events = [event] if is_member else []
    return world.user("manager", *events, is_active=False) if kind == "inactive" else world.user(kind, *events)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("is_member", (True, False), ids=("member", "no member"))
def test_operation_by_user_type(world, template, colleague, kind, is_member):
    wrong = []
    for name, (state, _) in EXPECTED.items():
        event = world.event()
        world.join(event, colleague)
        task = world.task(event, state)
        user = caller_of(world, kind, event, is_member)
        before = world.version(event)
        method, path, query, body = request_of(world, name, event, task, template, colleague)
        answer = user.call(method, path, query, value=body)
        if answer.code != expected_code(name, kind, is_member):
            wrong.append(
                f"{name}: {answer.status} {answer.code} instead of {expected_code(name, kind, is_member) or 200}"
            )
        if answer.status >= 400 and world.version(event) != before:
            wrong.append(f"{name}: refused, and the event has changed")
    assert not wrong, "\n".join(wrong)


PERMISSIONS = ("can_view", "can_take", "can_move_state", "can_assign")
NEEDS = {
    "task_list of an event": "can_view",
    "task_get in progress": "can_view",
    "transition_list in progress": "can_view",
    "task_pick": "can_take",
    "task_transition in progress": "can_move_state",
    "task_assign in progress": "can_assign",
    "workflow_instantiate": "can_assign",
}


def needed_code(name, held, is_customer):
    if is_customer and name == "task_pick":
        return "not_found"  # the task is in TODO
    if is_customer and NEEDS[name] != "can_view":
        return "customer_read_only"
    return OK if NEEDS[name] in held else "permission_denied"


@pytest.mark.parametrize("is_customer", (False, True), ids=("regular", "customer"))
def test_each_permission_opens_its_operations_alone(world, template, colleague, is_customer):
    wrong = []
    for count in range(len(PERMISSIONS) + 1):
        for held in itertools.combinations(PERMISSIONS, count):
            type_id = world.user_type(is_customer=is_customer, **dict.fromkeys(held, True))
            world.map(type_id, world.task_type)
            event = world.event()
            world.join(event, colleague)
            user = world.user("regular", event, type_id=type_id)
            for name in NEEDS:
                task = world.task(event, EXPECTED[name][0])
                method, path, query, body = request_of(world, name, event, task, template, colleague)
                answer = user.call(method, path, query, value=body)
                if answer.code != needed_code(name, held, is_customer):
                    wrong.append(f"{name} with {held}: {answer.status} {answer.code}")
    assert not wrong, "\n".join(wrong)


def test_authority_comes_from_the_tables_at_once(world, event):
    """Membership, permission, mapping and profile are withdrawn one by one: the very next request is refused."""
    type_id = world.user_type(can_view=True, can_take=True)
    world.map(type_id, world.task_type)
    user, task = world.user("regular", event, type_id=type_id), world.task(event)
    path = f"/api/tasks/{task}/pick"
    user.post(path).ok()
    world.sql("DELETE FROM eventflow.eligibility_mappings WHERE user_type_id = %s", type_id)
    assert [user.post(path).code for _ in range(8)] == ["not_eligible"] * 8
    world.sql("UPDATE eventflow.user_types SET can_take = false WHERE id = %s", type_id)
    assert [user.post(path).code for _ in range(8)] == ["permission_denied"] * 8
    world.leave(event, user)
    assert [user.post(path).code for _ in range(8)] == ["not_found"] * 8
    assert [user.get("/api/tasks").ok() for _ in range(8)] == [[]] * 8
    world.sql("UPDATE eventflow.users SET is_active = false WHERE id = %s", user.id)
    assert [user.get("/api/tasks").code for _ in range(8)] == ["profile_inactive"] * 8


def test_an_admin_becomes_a_customer(world, event):
    """What a worker remembers of a caller is a guess that every request checks."""
    user = world.user("admin")
    hidden, shown = world.task(event), world.task(event, "DONE")

    def ids():
        return {row["id"] for row in user.get("/api/tasks", {"event_id": event}).ok()}

    assert [ids() for _ in range(8)] == [{hidden, shown}] * 8
    world.join(event, user)
    world.sql("UPDATE eventflow.users SET user_type_id = %s WHERE id = %s", world.types["customer"], user.id)
    assert [ids() for _ in range(8)] == [{shown}] * 8
    users = {row["id"] for row in user.get_all("/api/users")}
    assert users == {user.id}
    events = [row["id"] for row in user.get("/api/events").ok()]
    assert events == [event]


def test_an_unknown_task_answers_as_one_out_of_scope(world, event):
    user = world.user("manager")
    headers = {"X-Request-Id": "the-same"}
    for action, body in (
        ("", None),
        ("/transitions", None),
        ("/pick", {}),
        ("/assign", {"user_id": None}),
        ("/transition", {"next_state": "DONE", "reason": "No."}),
    ):
        method = "GET" if body is None else "POST"
        theirs = user.call(method, f"/api/tasks/{world.task(event)}{action}", value=body, headers=headers)
        unknown = user.call(method, f"/api/tasks/{new_id()}{action}", value=body, headers=headers)
        malformed = user.call(method, f"/api/tasks/no-uuid{action}", value=body, headers=headers)
        assert theirs.status == 404 and theirs.body == unknown.body == malformed.body
