"""The primary is lost, and its standby takes over: what was acknowledged, and how soon a worker is back by itself."""

import time

import pytest
import soundness

from client import Caller
from pair import Pair, Writers, connect
from world import World

RECOVERY = 1  # seconds from the promotion to the first acknowledged write


@pytest.fixture
def pair_of(database, judge):
    """A function that makes a pair, and the world in it."""
    made = []

    def make(is_synchronous):
        pair = Pair(database)
        made.append(pair)
        pair.start(is_synchronous)
        world = World(pair.stack, Caller(None, judge))
        made.append(world.connection)
        return pair, world

    yield make
    for each in reversed(made):
        each.close()


def promote(server):
    """The moment at which it was the primary."""
    server.control("promote")
    return time.monotonic()


def violations(pair, events):
    """On whichever is the primary. (Other tests' events are in the copy, too, with what these have written by hand.)"""
    connection = connect(pair.stack.owner_url)
    found = soundness.violations(connection, events)
    connection.close()
    return found


def test_with_a_synchronous_standby_nothing_acknowledged_is_lost(pair_of, start_worker):
    pair, world = pair_of(is_synchronous=True)
    caller = start_worker(threads=4, DATABASE_URL=pair.api_url)
    with Writers(world, caller) as writers:
        writers.go_on(200)
        pair.a.kill()
        before = len(writers.acknowledged)
        seconds = writers.first_after(promote(pair.b))
        writers.go_on()
    print(f"{len(writers.acknowledged)} acknowledged, {before} of them before; {seconds:.3f} s, gap {writers.gap():.3f} s")
    assert writers.lost(pair.b) == set()
    assert writers.refused == [] and violations(pair, writers.events) == [] and seconds < RECOVERY


def test_without_one_exactly_what_it_had_not_received_is_lost(pair_of, start_worker):
    pair, world = pair_of(is_synchronous=False)
    caller = start_worker(threads=4, DATABASE_URL=pair.api_url)
    with Writers(world, caller) as writers:
        writers.go_on()
        pair.stop_sending()
        writers.go_on()
        pair.a.kill()
        seconds = writers.first_after(promote(pair.b))
        writers.go_on()
    lost, broken = writers.lost(pair.b), violations(pair, writers.events)
    commits = pair.a.commits_after(pair.b.first_position())
    pair.a.control("start")  # by itself, to be asked what it had
    rows = pair.a.rows("SELECT xmin, request_id FROM eventflow.task_transitions WHERE request_id IS NOT NULL")
    not_received = {request for transaction, request in rows if transaction in commits}
    print(f"{len(writers.acknowledged)} acknowledged, {len(lost)} of them lost; {seconds:.3f} s, gap {writers.gap():.3f} s")
    assert lost and lost == not_received & set(writers.acknowledged) and broken == []


def test_what_is_remembered_of_lost_changes_is_forgotten(pair_of, start_worker):
    """After them the same versions come again, for other changes."""
    pair, world = pair_of(is_synchronous=False)
    event = world.event()
    user = world.user("manager", event)
    tasks = world.tasks(event, 2)
    caller = start_worker(threads=1, DATABASE_URL=pair.api_url).with_token(user.token)
    pair.stop_sending()

    def change(task, name):
        """And read everything often enough that it is remembered."""
        caller.post(f"/api/tasks/{task}/pick").ok()
        world.sql("UPDATE eventflow.task_types SET name = %s WHERE id = %s", name, world.task_type)
        return [caller.get("/api/tasks", {"event_id": event}) for _ in range(3)][-1], caller.get("/api/task-types")

    old = change(tasks[0], "Lost work")
    old_version = world.version(event)
    pair.a.kill()
    promote(pair.b)
    world.connection.close()
    world.connection = connect(pair.stack.owner_url)
    new = change(tasks[1], "Other work")
    assert world.version(event) == old_version, "the test is about versions that come again"
    assert {row["id"]: row["assignee_id"] for row in new[0].ok()} == {tasks[0]: None, tasks[1]: user.id}
    assert [row["name"] for row in new[1].ok() if row["id"] == world.task_type] == ["Other work"]
    for before, query in zip(old, ({"event_id": event}, None)):
        assert caller.get(before.path, query, {"If-None-Match": before.etag}).status == 200


def test_a_primary_that_is_one_no_more_is_left(pair_of, start_worker):
    """Its sessions go on, and refuse changes (25006)."""
    pair, world = pair_of(is_synchronous=False)
    event = world.event()
    user, tasks = world.user("manager", event), world.tasks(event, 2)
    caller = start_worker(threads=1, DATABASE_URL=pair.api_url).with_token(user.token)
    caller.post(f"/api/tasks/{tasks[0]}/pick").ok()
    promote(pair.b)
    pair.a.rows("ALTER SYSTEM SET default_transaction_read_only = on")
    pair.a.control("reload")
    time.sleep(0.2)
    caller.post(f"/api/tasks/{tasks[1]}/pick").ok()
    count = f"SELECT count(*) FROM eventflow.task_transitions WHERE task_id = '{tasks[1]}'"
    assert (pair.a.rows(count), pair.b.rows(count)) == ([["1"]], [["2"]])
