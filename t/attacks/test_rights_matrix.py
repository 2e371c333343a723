"""Attack 15, and 12 to 14 along with it: five roles × sixteen sets of rights × member or not × eligible or not, and
what each of them gets from every operation on the tasks of one event.

nginx is asked for all of it. The decision is made in the worker, and what reaches the worker is the same behind every
web server (all other tests see to that); so the others are asked for each role with every third set of rights, as
members and strangers, eligible and not, by turns.
"""

import itertools

import oracle
import pytest
from fronts import SERVERS
from oracle import PERMISSIONS, Task, Who
from world import new_id

ROLES = {
    "SystemAdmin": {"is_admin": True},
    "EventManager": {},
    "Vendor": {},
    "Customer": {"is_customer": True},
    "Coordinator": {},
}
RIGHTS = [
    frozenset(held) for count in range(len(PERMISSIONS) + 1) for held in itertools.combinations(PERMISSIONS, count)
]
SITUATIONS = list(itertools.product((True, False), repeat=2))  # whether a member, whether eligible
TASKS = (Task("TODO"), Task("IN_PROGRESS"))
NEXT = {"TODO": "IN_PROGRESS", "IN_PROGRESS": "DONE"}
ACTIONS = ("pick", "assign", "transition")


def caller(scenery, role, who):
    """A user of a user type of its own that bears the role's name."""
    world = scenery.world
    flags = {f"can_{name}": name in who.permissions for name in PERMISSIONS}
    flags["access_level"] = "admin" if who.is_admin else "regular"
    user_type = world.user_type(name=f"{role} {new_id()}", is_customer=who.is_customer, **flags)
    if who.is_eligible:
        world.map(user_type, scenery.task_type)
    event = scenery.event if who.is_member else scenery.elsewhere
    return world.user(role, event, type_id=user_type)


def on_task(caller, scenery, task_id, who, task):
    """Each operation on one task, by its name: how it is called, and what the oracle says."""
    path = f"/api/tasks/{task_id}"
    move = {"next_state": NEXT[task.state], "reason": "For the matrix."}
    return {
        "get": (lambda: caller.get(path), oracle.read(who, task)),
        "transitions": (lambda: caller.get(f"{path}/transitions"), oracle.read(who, task)),
        "pick": (lambda: caller.post(f"{path}/pick"), oracle.pick(who, task)),
        "assign": (
            lambda: caller.post(f"{path}/assign", {"user_id": scenery.colleague.id}),
            oracle.assign(who, task, Who(is_admin=True)),
        ),
        "transition": (lambda: caller.post(f"{path}/transition", move), oracle.transition(who, task, NEXT[task.state])),
    }


def on_event(caller, scenery, who):
    node = {"node_id": "a", "task_type_id": scenery.task_type, "label": "A"}
    instance = {"workflow_id": scenery.template, "event_id": scenery.event}
    scope = oracle.named_event(who, True, False)
    return {
        "list": (
            lambda: caller.get("/api/tasks", {"event_id": scenery.event, "limit": 1}),
            oracle.first(scope, oracle.permission(who, "view")),
        ),
        "members": (
            lambda: caller.get(f"/api/events/{scenery.event}/members", {"limit": 1}),
            oracle.named_event(who, True, True),
        ),
        "instantiate": (
            lambda: caller.post("/api/workflows/instantiate", instance),
            oracle.instantiate(who, True, True),
        ),
        "template": (
            lambda: caller.post("/api/workflow-templates", {"name": "A template", "nodes": [node], "edges": []}),
            oracle.save_template(who, True, False),
        ),
    }


def judge_all(front, scenery, role, who):
    """Asks for everything; of a task that may not be touched nothing has changed, of another one one thing."""
    user = caller(scenery, role, who)
    asking = front.caller(user)
    for ask, verdict in on_event(asking, scenery, who).values():
        oracle.check(ask(), verdict)
    wanted = [(task, user) for task in TASKS for _ in (*ACTIONS, "read")]
    made = scenery.tasks(wanted)
    expected, ids = scenery.transition_counts(made), iter(made)
    for task in TASKS:
        for names in (("get", "transitions"), *((action,) for action in ACTIONS)):
            task_id = next(ids)
            for name in names:
                ask, verdict = on_task(asking, scenery, task_id, who, task)[name]
                oracle.check(ask(), verdict)
                expected[task_id] += name in ACTIONS and verdict is None
    assert scenery.transition_counts(expected) == expected


def who_of(role, rights, situation):
    is_member, is_eligible = situation
    return Who(**{"permissions": rights, "is_member": is_member, "is_eligible": is_eligible, **ROLES[role]})


@pytest.mark.parametrize("rights", RIGHTS, ids=lambda rights: "+".join(sorted(rights)) or "nothing")
@pytest.mark.parametrize("role", ROLES)
def test_the_whole_matrix(fronts, scenery, role, rights):
    for situation in SITUATIONS:
        judge_all(fronts[SERVERS[0]], scenery, role, who_of(role, rights, situation))


@pytest.mark.parametrize("server", SERVERS[1:])
@pytest.mark.parametrize("role", ROLES)
def test_a_part_of_it(fronts, scenery, role, server):
    for number, rights in enumerate(RIGHTS[::3]):
        judge_all(fronts[server], scenery, role, who_of(role, rights, SITUATIONS[number % len(SITUATIONS)]))
