"""Idempotency-Key: a request that carries one is done once, and its repeats are given the answer of the first time."""

import contextlib
import time

import psycopg2
import pytest

from sound import POSTS, body_of, path_of, scene_of
from test_concurrency import at_once
from world import PASSWORD, new_id

KEYED = [operation for operation in POSTS if not operation.path.startswith("/api/auth")]
KEYED_IDS = [operation.id for operation in KEYED]
every_operation = pytest.mark.parametrize("operation", KEYED, ids=KEYED_IDS)
BEGIN = {"next_state": "IN_PROGRESS", "reason": "Begun."}


@pytest.fixture
def key():
    return f"key {new_id()}"


def with_key(key, **more):
    return {"Idempotency-Key": key, **more}


def kept(world, user):
    return {key for (key,) in world.sql("SELECT key FROM eventflow.idempotency_keys WHERE user_id = %s", user.id)}


def traces(world):
    """What the operations leave behind, as numbers."""
    tables = ("task_transitions", "workflow_instances", "workflow_template_versions")
    return [world.value(f"SELECT count(*) FROM eventflow.{table}") for table in tables]


class Sound:
    """A sound request of an operation, by a user of the test's own."""

    def __init__(self, world, operation):
        scene = scene_of(world)
        self.world, self.operation, self.task, self.event = world, operation, scene["task"], scene["event"]
        kind = "admin" if operation.id == "workflow_template_save" else "manager"
        self.user = world.user(kind, scene["event"])
        self.path, self.body = path_of(operation, scene), body_of(operation, scene)
        if operation.id == "task_transition":
            self.body = BEGIN

    def send(self, headers, body=None, user=None):
        return (user or self.user).post(self.path, body or self.body, headers)


@contextlib.contextmanager
def in_flight(world, user, key, task=None):
    """Another transaction has the key, and perhaps the lock of the task."""
    connection = psycopg2.connect(world.stack.owner_url)
    cursor = connection.cursor()
    cursor.execute("SELECT eventflow.take_idempotency_key(%s, %s)", (user.id, key))
    if task:
        cursor.execute("SELECT FROM eventflow.tasks WHERE id = %s FOR UPDATE", (task,))
    try:
        yield
    finally:
        connection.rollback()
        connection.close()


# ---- A repeat ----------------------------------------------------------------------------------------------


@every_operation
def test_a_repeat_has_the_same_answer_and_does_nothing(stack, world, operation, key):
    sound = Sound(world, operation)
    first = sound.send(with_key(key))
    first.ok()
    before = traces(world)
    for _ in range(3):
        request_id = f"repeat-{new_id()}"
        again = sound.send(with_key(key, **{"X-Request-Id": request_id}))
        assert again.body == first.body and again.status == 200
        own = {"x-request-id", "date"}
        assert {item for item in again.header_list if item[0] not in own} == {
            item for item in first.header_list if item[0] not in own
        }
        assert again.headers["x-request-id"] == request_id
        (line,) = stack.log_lines(request_id)
        assert " round_trips=2 " in line
    assert traces(world) == before and kept(world, sound.user) == {key}


@every_operation
def test_a_key_costs_no_round_trip(stack, world, operation, key):
    for headers in ({}, with_key(key)):
        request_id = f"cost-{new_id()}"
        Sound(world, operation).send({**headers, "X-Request-Id": request_id}).ok()
        (line,) = stack.log_lines(request_id)
        assert " round_trips=2 " in line


def test_without_a_key_nothing_is_kept(world, event):
    user, task = world.user("manager", event), world.task(event)
    user.post(f"/api/tasks/{task}/pick").ok()
    assert kept(world, user) == set()


def test_an_answer_that_changed_nothing_is_kept_too(world, event, key):
    """The winner picks again, and once more when the task has moved on."""
    user, task = world.user("vendor", event), world.task(event)
    user.post(f"/api/tasks/{task}/pick").ok()
    second = user.post(f"/api/tasks/{task}/pick", None, with_key(key))
    second.ok()
    user.post(f"/api/tasks/{task}/transition", BEGIN).ok()
    assert user.post(f"/api/tasks/{task}/pick", None, with_key(key)).body == second.body
    user.post(f"/api/tasks/{task}/pick").refused("task_not_todo")


def test_a_large_answer_is_kept_whole(world, event, key):
    user = world.user("manager", event)
    names = [f"n{number}" for number in range(1000)]
    body = {"workflow_id": world.template(names, list(zip(names, names[1:]))), "event_id": event}
    first = user.post("/api/workflows/instantiate", body, with_key(key))
    assert len(first.ok()["tasks"]) == 1000
    assert user.post("/api/workflows/instantiate", body, with_key(key)).body == first.body
    assert len(user.get("/api/workflow-instances", {"event_id": event}).ok()) == 1


def test_a_key_is_its_users_own(world, event, key):
    first, second = world.user("manager", event), world.user("manager", event)
    task, other = world.tasks(event, 2)
    first.post(f"/api/tasks/{task}/pick", None, with_key(key)).ok()
    second.post(f"/api/tasks/{task}/pick", None, with_key(key)).refused("task_already_assigned")
    second.post(f"/api/tasks/{other}/pick", None, with_key(key)).ok()


# ---- Another request ---------------------------------------------------------------------------------------


def test_another_request_under_the_key_is_refused(world, event, key):
    user = world.user("manager", event)
    task, other = world.tasks(event, 2)
    path = f"/api/tasks/{task}/assign"
    colleague, template = world.user("vendor", event), world.template()
    first = user.post(path, {"user_id": colleague.id}, with_key(key))
    first.ok()
    before = traces(world)
    tag = {"If-Match": f'"{world.version(event)}-a"'}
    for where, body, more in (
        (path, {"user_id": None}, {}),
        (f"/api/tasks/{other}/assign", {"user_id": colleague.id}, {}),
        (path, {"user_id": colleague.id}, tag),
        (f"/api/tasks/{task}/pick", None, {}),
        ("/api/workflows/instantiate", {"workflow_id": template, "event_id": event}, {}),
    ):
        assert user.post(where, body, with_key(key, **more)).refused("idempotency_key_reused")
    raw = f'{{"user_id":  "{colleague.id}"}}'.encode()  # the bytes count, not what they mean
    user.call("POST", path, body=raw, headers=with_key(key)).refused("idempotency_key_reused")
    assert traces(world) == before
    assert user.post(path, {"user_id": colleague.id}, with_key(key)).body == first.body


def test_a_version_that_was_asked_for_is_part_of_the_request(world, event, key):
    user, task = world.user("manager", event), world.task(event)
    headers = with_key(key, **{"If-Match": f'"{world.version(event)}-a"'})
    first = user.post(f"/api/tasks/{task}/pick", None, headers)
    first.ok()
    assert user.post(f"/api/tasks/{task}/pick", None, headers).body == first.body
    user.post(f"/api/tasks/{task}/pick", None, with_key(key)).refused("idempotency_key_reused")


# ---- What is not kept --------------------------------------------------------------------------------------


def test_a_refusal_is_not_kept(world, event, key):
    user, colleague, task = world.user("manager", event), world.user("vendor"), world.task(event)
    body = {"user_id": colleague.id}
    user.post(f"/api/tasks/{task}/assign", body, with_key(key)).refused("assignee_not_member")
    world.join(event, colleague)
    user.post(f"/api/tasks/{task}/assign", body, with_key(key)).ok()
    stale = with_key(new_id(), **{"If-Match": '"1-a"'})
    user.post(f"/api/tasks/{task}/transition", BEGIN, stale).refused("version_mismatch")
    user.post(f"/api/tasks/{task}/transition", {**BEGIN, "reason": ""}, with_key(new_id())).refused("invalid_field")
    assert kept(world, user) == {key}


def test_an_answer_is_kept_for_a_day(world, event):
    user = world.user("manager", event)
    tasks = world.tasks(event, 4)
    keys = [new_id() for _ in tasks]
    for task, key in zip(tasks[:3], keys):
        user.post(f"/api/tasks/{task}/pick", None, with_key(key)).ok()
    age = "UPDATE eventflow.idempotency_keys SET created_at = now() - %s::interval WHERE key = %s"
    world.sql(age, "23 hours 59 minutes", keys[0])
    world.sql(age, "24 hours", keys[1])
    world.sql(age, "48 hours", keys[2])
    user.post(f"/api/tasks/{tasks[3]}/pick", None, with_key(keys[0])).refused("idempotency_key_reused")
    assert kept(world, user) == set(keys[:3])
    user.post(f"/api/tasks/{tasks[3]}/pick", None, with_key(keys[1])).ok()  # it is free, and the other one goes with it
    assert kept(world, user) == set(keys[:2])
    user.post(f"/api/tasks/{tasks[0]}/pick", None, with_key(keys[1])).refused("idempotency_key_reused")


# ---- While the first is in flight --------------------------------------------------------------------------


@every_operation
def test_while_the_first_is_in_flight(world, operation, key):
    """At once, though the first holds the lock of the task."""
    sound = Sound(world, operation)
    before = traces(world)
    with in_flight(world, sound.user, key, sound.task):
        began = time.monotonic()
        answer = sound.send(with_key(key))
        assert time.monotonic() - began < 1
        answer.refused("request_in_flight")
        assert answer.status == 409 and answer.headers["retry-after"] == "1"
    assert traces(world) == before
    sound.send(with_key(key)).ok()


def test_others_are_not_held_up(world, event, key):
    user, other = world.user("manager", event), world.user("manager", event)
    tasks = world.tasks(event, 3)
    with in_flight(world, user, key):
        user.post(f"/api/tasks/{tasks[0]}/pick").ok()
        user.post(f"/api/tasks/{tasks[1]}/pick", None, with_key(new_id())).ok()
        other.post(f"/api/tasks/{tasks[2]}/pick", None, with_key(key)).ok()


@every_operation
def test_of_many_at_once_one_is_done(world, operation):
    """The others are told to come back, or get its answer."""
    for _ in range(4):
        sound, key = Sound(world, operation), new_id()
        before = traces(world)
        answers = at_once(*(lambda: sound.send(with_key(key)) for _ in range(16)))
        done = {answer.body for answer in answers if answer.status == 200}
        assert len(done) == 1 and {answer.code for answer in answers if answer.status != 200} <= {"request_in_flight"}
        assert sound.send(with_key(key)).body in done
        assert sum(traces(world)) - sum(before) in (1, 2)  # an instance, and the beginning of its task


# ---- The order of refusals ---------------------------------------------------------------------------------


def lose_membership(world, sound):
    world.leave(sound.event, sound.user)


def lose_permission(world, sound):
    powerless = world.user_type(can_view=True)
    world.map(powerless, world.task_type)
    world.sql("UPDATE eventflow.users SET user_type_id = %s WHERE id = %s", powerless, sound.user.id)


def become_a_customer(world, sound):
    world.sql("UPDATE eventflow.users SET user_type_id = %s WHERE id = %s", world.types["customer"], sound.user.id)


def become_inactive(world, sound):
    world.sql("UPDATE eventflow.users SET is_active = false WHERE id = %s", sound.user.id)


LOSSES = {
    lose_membership: ("not_found", "not_a_member"),
    lose_permission: ("permission_denied", "admin_required"),
    become_a_customer: ("customer_read_only", "not_found", "admin_required"),
    become_inactive: ("profile_inactive",),
}


@pytest.mark.parametrize("lose", LOSSES, ids=[lose.__name__ for lose in LOSSES])
@every_operation
def test_what_was_kept_is_not_for_one_who_may_not_ask(world, operation, lose, key):
    """Neither the kept answer, nor that the key is another request's, nor that it is in flight."""
    sound = Sound(world, operation)
    first = sound.send(with_key(key))
    first.ok()
    if lose is lose_membership and operation.id == "workflow_template_save":
        return  # an admin needs none
    lose(world, sound)
    other = {**sound.body, "name": "Another"} if operation.id == "workflow_template_save" else sound.body
    for body in (sound.body, other):
        answer = sound.send(with_key(key), body)
        assert answer.status in (401, 403, 404) and answer.code in LOSSES[lose], str(answer)
    with in_flight(world, sound.user, key):
        assert sound.send(with_key(key)).code in LOSSES[lose]


def test_what_was_kept_is_given_whatever_has_become_of_the_task(world, event, key):
    """The caller is no longer eligible, somebody else holds the task, and it is DONE."""
    kind = world.user_type(can_view=True, can_take=True, can_move_state=True)
    world.map(kind, world.task_type)
    user, manager, task = world.user("", event, type_id=kind), world.user("manager", event), world.task(event)
    first = user.post(f"/api/tasks/{task}/transition", BEGIN, with_key(key))
    first.ok()
    manager.post(f"/api/tasks/{task}/assign", {"user_id": manager.id}).ok()
    world.sql("DELETE FROM eventflow.eligibility_mappings WHERE user_type_id = %s", kind)
    manager.post(f"/api/tasks/{task}/transition", {"next_state": "DONE", "reason": "Done."}).ok()
    assert user.post(f"/api/tasks/{task}/transition", BEGIN, with_key(key)).body == first.body


def test_of_a_deleted_task_nothing_is_told(world, event, key):
    user, task = world.user("vendor", event), world.task(event)
    user.post(f"/api/tasks/{task}/pick", None, with_key(key)).ok()
    world.sql("UPDATE eventflow.tasks SET deleted_at = now() WHERE id = %s", task)
    user.post(f"/api/tasks/{task}/pick", None, with_key(key)).refused("not_found")


def test_a_repeat_comes_after_eligibility_and_before_the_state(world, event, key):
    """For a key that is another request's, and one that is in flight."""
    user = world.user("vendor", event)
    first, done = world.task(event), world.task(event, "DONE")
    foreign = world.task(event, task_type=world.other_task_type)
    held = world.task(event, assignee=world.user("vendor", event))
    user.post(f"/api/tasks/{first}/pick", None, with_key(key)).ok()

    def expect(code):
        headers = with_key(key)
        user.post(f"/api/tasks/{foreign}/transition", BEGIN, headers).refused("not_eligible")
        user.post(f"/api/tasks/{held}/transition", BEGIN, headers).refused("task_held_by_another")
        user.post(f"/api/tasks/{done}/transition", BEGIN, headers).refused(code)
        user.post(f"/api/tasks/{done}/transition", BEGIN, {**headers, "If-Match": '"1-a"'}).refused(code)
        user.post(f"/api/tasks/{done}/transition", {**BEGIN, "reason": ""}, headers).refused("invalid_field")
        user.post(f"/api/tasks/{new_id()}/transition", BEGIN, headers).refused("not_found")

    expect("idempotency_key_reused")
    with in_flight(world, user, key):
        expect("request_in_flight")


# ---- The header --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["x", "~" * 128, "a b", '"quoted"', "a,b", "%00", "{}", "'; DROP TABLE x; --"])
def test_good_keys(world, event, value):
    user, task = world.user("vendor", event), world.task(event)
    first = user.post(f"/api/tasks/{task}/pick", None, with_key(value))
    first.ok()
    assert user.post(f"/api/tasks/{task}/pick", None, with_key(value)).body == first.body
    assert kept(world, user) == {value}


@pytest.mark.parametrize("value", ["x" * 129, "x" * 4000, "caf\xe9", "a\tb"])
def test_bad_keys(world, event, value):
    user, task = world.user("vendor", event), world.task(event)
    user.post(f"/api/tasks/{task}/pick", None, with_key(value)).refused("invalid_idempotency_key")
    assert len(world.audit(task)) == 1 and kept(world, user) == set()
    world.stranger().post(f"/api/tasks/{task}/pick", None, with_key(value)).refused("profile_not_found")


def test_what_is_no_change_has_no_use_for_a_key(world, event, nobody, key):
    user = world.user("manager", event, with_password=True)
    for headers in (with_key(key), with_key("x" * 200)):
        assert user.get("/api/tasks", {"event_id": event}, headers).ok() == []
        login = {"email": user.email, "password": PASSWORD}
        answers = [nobody.post("/api/auth/login", login, headers).ok() for _ in range(2)]
        assert answers[0]["refresh_token"] != answers[1]["refresh_token"]
    assert kept(world, user) == set()
