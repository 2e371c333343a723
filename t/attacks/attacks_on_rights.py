"""Attacks 12 to 17 and 29: what is somebody else's, what a right is missing for, and what a task's life forbids."""

from attack import Attack, get, post
from fronts import comparable
from world import new_id

ATTACKS = []
TASK_ACTIONS = {
    "get": lambda task: get(f"/api/tasks/{task}"),
    "transitions": lambda task: get(f"/api/tasks/{task}/transitions"),
    "pick": lambda task: post(f"/api/tasks/{task}/pick"),
    "assign": lambda task: post(f"/api/tasks/{task}/assign", value={"user_id": None}),
    "transition": lambda task: post(
        f"/api/tasks/{task}/transition", value={"next_state": "IN_PROGRESS", "reason": "x"}
    ),
}


def attack(number, name, prepare, status, code, check=None):
    ATTACKS.append(Attack(number, name, prepare, status, code, check=check))


def on_task(user, action, task):
    """The action of a user on a task; both are names of the scene's, or the user a function of the scene."""

    def prepare(scene):
        sent = TASK_ACTIONS[action](getattr(scene, task))
        sent.token = user(scene) if callable(user) else getattr(scene, user)
        return sent

    return prepare


# ---- 12: a task of an event that is not the caller's -------------------------------------------------------


def no_other_than_of_no_task(action):
    """The answer is that of a task that does not exist, byte for byte."""

    def check(front, scene, sent, answer):
        other = TASK_ACTIONS[action](new_id())
        other_answer = front.caller(scene.vendor).call(other.method, other.path, value=other.value)
        assert comparable(answer) == comparable(other_answer), other_answer

    return check


for action in TASK_ACTIONS:
    prepare = on_task("vendor", action, "foreign_task")
    attack(12, f"{action} of a foreign task", prepare, 404, "not_found", no_other_than_of_no_task(action))

# ---- 13: an event that is not the caller's -----------------------------------------------------------------

INSTANTIATE = "/api/workflows/instantiate"


def of_event(path, event):
    return lambda scene: get(path.format(event(scene)), scene.vendor)


def instantiate(user, event):
    return lambda s: post(INSTANTIATE, getattr(s, user), {"workflow_id": s.template, "event_id": getattr(s, event)})


for path in ("/api/events/{}/members", "/api/tasks?event_id={}", "/api/workflow-instances?event_id={}"):
    attack(13, f"{path}, foreign", of_event(path, lambda scene: scene.foreign_event), 403, "not_a_member")
    attack(13, f"{path}, unknown", of_event(path, lambda scene: new_id()), 403, "not_a_member")
attack(13, "instantiate in a foreign event", instantiate("manager", "foreign_event"), 403, "not_a_member")

# ---- 14: a customer ----------------------------------------------------------------------------------------


def has_no_row(front, scene, sent, answer):
    assert answer.json["data"] == []


for action in TASK_ACTIONS:
    attack(14, f"a customer, a task in TODO: {action}", on_task("customer", action, "task"), 404, "not_found")
for action in ("pick", "assign", "transition"):
    prepare = on_task("customer", action, "done_task")
    attack(14, f"a customer, a task that is DONE: {action}", prepare, 403, "customer_read_only")
attack(14, "a customer instantiates", instantiate("customer", "event"), 403, "customer_read_only")
TODO_LIST = "/api/tasks?event_id={}&state=TODO"
attack(14, "a customer lists", lambda s: get(TODO_LIST.format(s.event), s.customer), 200, None, has_no_row)

# ---- 15: permission and eligibility ------------------------------------------------------------------------

NEEDED = {
    "get": "can_view",
    "transitions": "can_view",
    "pick": "can_take",
    "assign": "can_assign",
    "transition": "can_move_state",
}


def without(permission):
    return lambda scene: scene.user_without(permission)


def list_without(permission):
    return lambda scene: get(f"/api/tasks?event_id={scene.event}", scene.user_without(permission))


def save_template(user):
    def prepare(scene):
        node = {"node_id": "a", "label": "A", "task_type_id": scene.world.task_type}
        value = {"name": "x", "description": "", "nodes": [node], "edges": []}
        return post("/api/workflow-templates", getattr(scene, user), value)

    return prepare


for action, permission in NEEDED.items():
    prepare = on_task(without(permission), action, "task")
    attack(15, f"{action} without {permission}", prepare, 403, "permission_denied")
attack(15, "list without can_view", list_without("can_view"), 403, "permission_denied")
attack(15, "instantiate without can_assign", instantiate("vendor", "event"), 403, "permission_denied")
for action in ("pick", "transition"):
    attack(15, f"{action}, not eligible", on_task("coordinator", action, "task"), 403, "not_eligible")
for user in ("manager", "vendor", "customer"):
    attack(15, f"a template by a {user}", save_template(user), 403, "admin_required")
attack(15, "somebody else's task", on_task("vendor", "transition", "held_task"), 403, "task_held_by_another")

# ---- 16: fields that nobody asked for ----------------------------------------------------------------------

FIELDS = {
    "state": "DONE",
    "assignee_id": None,
    "deleted_at": None,
    "event_id": "x",
    "role": "admin",
    "open_parents": 0,
    "id": "x",
    "rank": 1,
    "__proto__": {},
    "constructor": {},
    "Next_State": "DONE",
    "next_state ": "DONE",
    "": 1,
}


def with_field(action, field, value):
    def prepare(scene):
        sent = on_task("manager", action, "task")(scene)
        sent.value = {**(sent.value or {}), field: value}
        return sent

    return prepare


for action in ("pick", "assign", "transition"):
    for field, value in FIELDS.items():
        attack(16, f"{action} with {field!r}", with_field(action, field, value), 400, "unknown_field")

# ---- 17: assignees and picks -------------------------------------------------------------------------------


def assign(assignee):
    return lambda scene: post(f"/api/tasks/{scene.task}/assign", scene.manager, {"user_id": assignee(scene)})


def inactive_member(scene):
    return scene.world.user("vendor", scene.event, is_active=False).id


attack(17, "assign to nobody known", assign(lambda s: new_id()), 400, "unknown_user")
attack(17, "assign to one who is no member", assign(lambda s: s.outsider.id), 400, "assignee_not_member")
attack(17, "assign to one who is not eligible", assign(lambda s: s.coordinator.id), 400, "assignee_not_eligible")
attack(17, "assign to a customer", assign(lambda s: s.customer.id), 400, "assignee_is_customer")
attack(17, "assign to one who is inactive", assign(inactive_member), 400, "assignee_inactive")
attack(17, "assign to one who takes none", assign(lambda s: s.user_without("can_take").id), 400, "assignee_cannot_take")
for value in ("x", "", 1, {}, [], True, "' OR 1=1 --"):
    attack(17, f"assign to {value!r}", assign(lambda s, value=value: value), 400, "invalid_field")
attack(17, "pick what is held", on_task("vendor", "pick", "held_task"), 400, "task_already_assigned")
attack(17, "pick what is DONE", on_task("vendor", "pick", "done_task"), 400, "task_not_todo")
attack(17, "assign what is DONE", on_task("manager", "assign", "done_task"), 400, "task_done")

# ---- 29: a task's life -------------------------------------------------------------------------------------

STATES = ("BLOCKED", "TODO", "IN_PROGRESS", "DONE")
LEGAL = {("TODO", "IN_PROGRESS"), ("IN_PROGRESS", "DONE"), ("IN_PROGRESS", "BLOCKED"), ("BLOCKED", "IN_PROGRESS")}


def move(task, new, reason="x"):
    """A transition of a task, which is a function of the scene."""
    return lambda s: post(f"/api/tasks/{task(s)}/transition", s.vendor, {"next_state": new, "reason": reason})


def new_task(state):
    return lambda scene: scene.new_task(state)


for old in STATES:
    for new in STATES:
        expected = (200, None) if (old, new) in LEGAL else (400, "illegal_transition")
        attack(29, f"{old} to {new}", move(new_task(old), new), *expected)
waiting = move(lambda scene: scene.waiting_task(), "IN_PROGRESS")
attack(29, "begin while a parent is open", waiting, 400, "dependencies_open")
for reason in ("", " \t\n", "x" * 1001, None, 1, ["x"]):
    prepare = move(lambda scene: scene.task, "IN_PROGRESS", reason)
    attack(29, f"the reason {str(reason)[:10]!r}", prepare, 400, "invalid_field")
