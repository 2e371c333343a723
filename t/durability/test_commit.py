"""A COMMIT whose answer is lost: what was written is looked for, and the answer tells the truth or says that it cannot."""

import threading
import time

import pytest

from rig import took, wait_for
from world import PASSWORD
from writes import WRITES, finish, instantiate, pick

AWAY, UNKNOWN = "database_unavailable", "outcome_unknown"


@pytest.fixture
def caller(proxy, database, start_worker):
    """By way of the proxy, with the connection made and all statements prepared."""
    caller = start_worker(threads=1, DATABASE_URL=database.url_by(proxy.folder), REQUEST_DEADLINE="3")
    caller.get("/readyz").ok()
    return caller


def shape_of(value):
    """A JSON value with the names of its members alone."""
    if isinstance(value, dict):
        return {name: shape_of(item) for name, item in value.items()}
    return [shape_of(item) for item in value] if isinstance(value, list) else type(value)


@pytest.mark.parametrize("make", WRITES.values(), ids=WRITES)
def test_committed_and_the_answer_lost(world, proxy, caller, make):
    expected = shape_of(make(world).send(caller).ok())
    write = make(world)
    proxy.plan = "lose the answer"
    assert shape_of(write.send(caller).ok()) == expected
    assert proxy.plan is None and write.count() == 1


@pytest.mark.parametrize("make", [finish, WRITES["save_new"]])
def test_committed_and_a_pooler_says_that_its_server_is_gone(world, proxy, caller, make):
    """It says so in the place of the first statement that has no answer, though COMMIT was behind it."""
    write = make(world)
    proxy.plan = "lose the answer as a pooler does"
    write.send(caller).ok()
    assert proxy.plan is None and write.count() == 1


@pytest.mark.parametrize("make", WRITES.values(), ids=WRITES)
def test_the_commit_never_arrived(world, proxy, caller, make):
    write = make(world)
    proxy.plan = "lose the commit"
    write.send(caller).refused(AWAY)
    assert proxy.plan is None and write.count() == 0
    write.send(caller).ok()
    assert write.count() == 1


@pytest.mark.parametrize("make", WRITES.values(), ids=WRITES)
def test_committed_and_the_server_silent(world, proxy, caller, make):
    """The worker waits, leaves itself time to look, and answers within its deadline."""
    write = make(world)
    proxy.plan = "hold the answer"
    answer, seconds = took(lambda: write.send(caller))
    answer.ok()
    assert write.count() == 1 and 2 < seconds < 3


@pytest.mark.parametrize("make", WRITES.values(), ids=WRITES)
def test_a_commit_that_is_still_on_its_way_is_waited_for(world, proxy, caller, make):
    """The session that will commit holds the row that the look waits for, or the lock of the row that it makes."""
    write = make(world)
    proxy.plan = "hold the commit"
    threading.Timer(0.7, proxy.release.set).start()
    answer, seconds = took(lambda: write.send(caller))
    answer.ok()
    assert write.count() == 1 and 0.6 < seconds < 2


@pytest.mark.parametrize("make", WRITES.values(), ids=WRITES)
def test_what_cannot_be_asked_in_time_is_said_to_be_unknown(world, proxy, caller, make):
    write = make(world)
    proxy.plan = "hold the commit"
    answer, seconds = took(lambda: write.send(caller))
    answer.refused(UNKNOWN)
    assert answer.status == 503 and seconds < 3 and write.count() == 0
    proxy.release.set()
    wait_for(lambda: write.count() == 1)


def test_while_the_database_is_away_it_is_unknown(world, proxy, caller):
    write = instantiate(world)
    proxy.plan, proxy.is_closed = "lose the answer", True
    answer, seconds = took(lambda: write.send(caller))
    answer.refused(UNKNOWN)
    assert 2 < seconds < 3 and write.count() == 1


def test_it_is_asked_as_soon_as_the_database_is_back(world, proxy, caller):
    write = instantiate(world)
    proxy.plan, proxy.is_closed = "lose the answer", True
    threading.Timer(1, lambda: setattr(proxy, "is_closed", False)).start()
    answer, seconds = took(lambda: write.send(caller))
    answer.ok()
    assert 0.9 < seconds < 2 and write.count() == 1


def test_another_write_of_the_same_number_is_no_proof(world, proxy, caller, database):
    """The task's next transition was written by somebody else, who came between."""
    event = world.event()
    user, task = world.user("vendor", event), world.task(event)
    body = {"next_state": "IN_PROGRESS", "reason": "Begun."}
    proxy.plan = "lose the commit"
    proxy.at_loss = lambda: world.sql(
        "UPDATE eventflow.tasks SET state = 'IN_PROGRESS', transition_count = 2 WHERE id = %s;"
        " INSERT INTO eventflow.task_transitions (event_id, task_id, number, kind, from_state, to_state, actor_id,"
        " reason, event_version) VALUES (%s, %s, 2, 'state', 'TODO', 'IN_PROGRESS', %s, 'Begun.', 9)",
        task, event, task, user.id,
    )
    caller.with_token(user.token).post(f"/api/tasks/{task}/transition", body).refused(AWAY)
    assert len(world.audit(task)) == 2


def test_a_refresh_token_whose_answer_was_lost_is_used_once(world, proxy, caller):
    user = world.user("vendor", with_password=True)
    login = caller.post("/api/auth/login", {"email": user.email, "password": PASSWORD}).ok()
    proxy.plan = "lose the answer"
    again = caller.post("/api/auth/refresh", {"refresh_token": login["refresh_token"]}).ok()
    proxy.plan = "lose the commit"
    caller.post("/api/auth/refresh", {"refresh_token": again["refresh_token"]}).refused(AWAY)
    caller.post("/api/auth/refresh", {"refresh_token": again["refresh_token"]}).ok()
    caller.post("/api/auth/refresh", {"refresh_token": again["refresh_token"]}).refused("invalid_refresh_token")


def test_a_login_and_a_logout_whose_answer_was_lost(world, proxy, caller):
    user = world.user("vendor", with_password=True)
    proxy.plan = "lose the answer"
    login = caller.post("/api/auth/login", {"email": user.email, "password": PASSWORD}).ok()
    caller.post("/api/auth/refresh", {"refresh_token": login["refresh_token"]}).ok()
    for plan in ("lose the commit", "lose the answer"):
        proxy.plan = plan
        assert caller.with_token(login["access_token"]).post("/api/auth/logout", {}).status == 204
        assert world.sql("SELECT FROM eventflow.sessions WHERE user_id = %s", user.id) == []
        caller.post("/api/auth/login", {"email": user.email, "password": PASSWORD}).ok()


def test_a_login_whose_commit_may_still_come_is_no_failure(world, proxy, caller):
    """All of it goes out at once: a server that has nothing of it may get it yet."""
    user = world.user("vendor", with_password=True)
    proxy.plan = "lose the commit"
    caller.post("/api/auth/login", {"email": user.email, "password": PASSWORD}).refused(UNKNOWN)
    proxy.plan = "hold the commit"
    threading.Timer(0.7, proxy.release.set).start()
    login = caller.post("/api/auth/login", {"email": user.email, "password": PASSWORD}).ok()
    caller.post("/api/auth/refresh", {"refresh_token": login["refresh_token"]}).ok()


STANDBY = {
    True: "ALTER SYSTEM SET synchronous_standby_names = 'nobody'",
    False: "ALTER SYSTEM RESET synchronous_standby_names",
}


@pytest.fixture
def lonely(database):
    """A function that sets whether COMMIT waits for a synchronous standby, which is not there."""

    def set_lonely(is_lonely):
        for statement in (STANDBY[is_lonely], "SELECT pg_reload_conf()"):
            database.superuser(statement)

    yield set_lonely
    set_lonely(False)


@pytest.mark.parametrize("is_back", [False, True])
def test_a_commit_that_no_standby_has_is_no_success(world, database, start_worker, lonely, is_back):
    """Somebody ends the wait for the standby, and PostgreSQL then says COMMIT, with a warning: the change is there, and would
    be lost with this server."""
    write = pick(world)
    caller = start_worker(threads=1, REQUEST_DEADLINE="4")
    caller.get("/readyz").ok()
    lonely(True)
    answers = []
    thread = threading.Thread(target=lambda: answers.append(write.send(caller)))
    thread.start()
    began = time.monotonic()
    while thread.is_alive():
        if not is_back or time.monotonic() - began < 1:
            database.superuser("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
        elif is_back:
            lonely(False)
        time.sleep(0.1)
    lonely(False)
    assert "canceling wait for synchronous replication" in caller.worker.log.read_text()
    if is_back:
        answers[0].ok()
    else:
        answers[0].refused(UNKNOWN)
    assert write.count() == 1
