"""Pairs of what may happen at once, their statements in every order: what is left is always what one after the
other would have left, and it is sound."""

import pytest
import soundness
from host import Host
from scenes import Scene
from schedule import Operator, Request, Run, every_order


@pytest.fixture(scope="module")
def hosts(stack):
    hosts = [Host(stack), Host(stack)]
    yield hosts
    for host in hosts:
        host.close()


@pytest.fixture(scope="module")
def make_team(world):
    """A function that makes the people of one scene. One who may lose a right has a type of their own."""
    constant = {name: world.user(name.split(" ")[-1]) for name in ("manager", "vendor", "other vendor")}

    def make():
        own_type = world.user_type(can_view=True, can_take=True, can_move_state=True)
        world.map(own_type, world.task_type)
        return {**constant, "volatile": world.user("volatile", type_id=own_type)}, own_type

    return make


def pick_and_pick(scene):
    scene.task("t")
    return scene.pick("vendor", "t"), scene.pick("other vendor", "t")


def pick_and_assign(scene):
    scene.task("t")
    return scene.pick("vendor", "t"), scene.assign("manager", "t", "other vendor")


def assign_and_soft_delete(scene):
    task = scene.task("t")
    delete = "UPDATE eventflow.tasks SET deleted_at = now() WHERE id = %s"
    return scene.assign("manager", "t", "vendor"), Operator("delete", scene.world.stack.owner_url, (delete, task))


def move_and_move(scene):
    scene.task("t")
    return scene.move("vendor", "t", "IN_PROGRESS"), scene.move("manager", "t", "IN_PROGRESS")


def finish_and_finish(scene):
    scene.task("p", "IN_PROGRESS")
    scene.task("q", "IN_PROGRESS")
    scene.task("child", parents=("p", "q"))
    return scene.move("vendor", "p", "DONE"), scene.move("manager", "q", "DONE")


def finish_and_instantiate(scene):
    scene.task("p", "IN_PROGRESS")
    scene.task("child", parents=("p",))
    template = scene.world.template(("a", "b"), (("a", "b"),))
    return scene.move("vendor", "p", "DONE"), scene.instantiate("manager", template)


# What takes a right away, and the names of its parameters.
MAY_NOT_MOVE = ("UPDATE eventflow.user_types SET can_move_state = false WHERE id = %s", "type")
MAY_NOT_TAKE = ("UPDATE eventflow.user_types SET can_take = false WHERE id = %s", "type")
NO_MEMBERSHIP = ("DELETE FROM eventflow.event_members WHERE event_id = %s AND user_id = %s", "event", "user")
NO_ELIGIBILITY = ("DELETE FROM eventflow.eligibility_mappings WHERE user_type_id = %s", "type")
NO_PROFILE = ("UPDATE eventflow.users SET is_active = false WHERE id = %s", "user")
ANOTHER_TYPE = (
    "UPDATE eventflow.users SET user_type_id = (SELECT y.id FROM eventflow.user_types y WHERE y.is_customer LIMIT 1)"
    " WHERE id = %s",
    "user",
)


def loss(scene, change):
    """Somebody loses a right."""
    statement, *names = change
    values = {"event": scene.event, "user": scene.team["volatile"].id, "type": scene.volatile_type}
    return Operator("loss", scene.world.stack.owner_url, (statement, *(values[name] for name in names)))


def move_and_loss(change):
    """A move by one who loses the right to it at the same time."""

    def pair(scene):
        scene.task("t")
        return scene.move("volatile", "t", "IN_PROGRESS"), loss(scene, change)

    return pair


def pick_and_loss(change):
    """One who takes a task loses the right to it at the same time."""

    def pair(scene):
        scene.task("t")
        return scene.pick("volatile", "t"), loss(scene, change)

    return pair


def assign_and_loss(change):
    """A task is given to one who loses the right to it at the same time."""

    def pair(scene):
        scene.task("t")
        return scene.assign("manager", "t", "volatile"), loss(scene, change)

    return pair


PAIRS = {
    "pick and pick": pick_and_pick,
    "pick and assign": pick_and_assign,
    "assign and soft delete": assign_and_soft_delete,
    "move and move": move_and_move,
    "done and done": finish_and_finish,
    "done and instantiate": finish_and_instantiate,
    "move and loss of permission": move_and_loss(MAY_NOT_MOVE),
    "move and loss of membership": move_and_loss(NO_MEMBERSHIP),
    "move and loss of eligibility": move_and_loss(NO_ELIGIBILITY),
    "move and end of the profile": move_and_loss(NO_PROFILE),
    "move and another type": move_and_loss(ANOTHER_TYPE),
    "pick and loss of permission": pick_and_loss(MAY_NOT_TAKE),
    "pick and loss of membership": pick_and_loss(NO_MEMBERSHIP),
    "pick and loss of eligibility": pick_and_loss(NO_ELIGIBILITY),
    "pick and end of the profile": pick_and_loss(NO_PROFILE),
    "assign and loss of permission": assign_and_loss(MAY_NOT_TAKE),
    "assign and loss of membership": assign_and_loss(NO_MEMBERSHIP),
    "assign and loss of eligibility": assign_and_loss(NO_ELIGIBILITY),
    "assign and end of the profile": assign_and_loss(NO_PROFILE),
}
LONGEST = {"done and instantiate"}  # a million orders, of which all but some dozens repeat another one
LONG = {"done and done"}
LEAST = 300  # orders in all


@pytest.fixture(scope="module")
def counts():
    return {}


@pytest.mark.parametrize("name", PAIRS)
def test_every_order_leaves_what_one_after_the_other_would_leave(world, hosts, make_team, counts, is_long, name):
    def is_blocked(backend):
        return world.value("SELECT cardinality(pg_blocking_pids(%s)) > 0", backend)

    def judge(scene, sessions, run):
        assert soundness.violations(world.connection, [scene.event]) == [], run.names()
        told = [scene.told(each.answer) if isinstance(each, Request) else each.answer for each in sessions]
        return tuple(told), scene.left()

    def scene_and_sessions():
        team, volatile_type = make_team()
        scene = Scene(world, team)
        scene.volatile_type = volatile_type
        return scene, [
            each if isinstance(each, Operator) else Request(letter, host, each)
            for letter, host, each in zip("AB", hosts, PAIRS[name](scene))
        ]

    serial = set()
    for preference in (min, max):
        scene, sessions = scene_and_sessions()
        serial.add(judge(scene, sessions, Run(sessions, is_blocked, preference=preference).execute()))
    seen = set()
    counts[name] = 0
    reduces = name in LONGEST or (name in LONG and not is_long)
    for scene, sessions, run in every_order(scene_and_sessions, is_blocked, reduces):
        counts[name] += 1
        outcome = judge(scene, sessions, run)
        assert outcome in serial, f"{run.names()}\nleft {outcome}\ninstead of {serial}"
        seen.add(outcome)
    assert seen == serial
    print(f"{name}: {counts[name]} orders")


def test_there_are_enough_orders(counts):
    assert set(counts) == set(PAIRS)
    assert sum(counts.values()) >= LEAST, counts
