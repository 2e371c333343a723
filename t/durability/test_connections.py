"""A worker's connections to the database: found dead before they are used, made again, and never waited for beyond a
request's deadline."""

import contextlib
import os
import signal
import statistics
import threading
import time

import psycopg2
import pytest

from rig import took, wait_for

AWAY = "database_unavailable"
RECOVERY = 1.0  # seconds from the database's return to the first success


def ready(caller):
    return caller.get("/readyz")


@contextlib.contextmanager
def locked(database, task):
    """Another session holds the task's row."""
    connection = psycopg2.connect(database.stack.owner_url)
    connection.cursor().execute("SELECT FROM eventflow.tasks WHERE id = %s FOR UPDATE", (task,))
    try:
        yield
    finally:
        connection.close()


@pytest.mark.parametrize("end", ["terminated", "restart fast", "restart immediate"])
def test_an_idle_connection_that_died_is_replaced_unseen(database, start_worker, end):
    caller = start_worker(threads=1)
    for _ in range(3):
        ready(caller).ok()
        if end == "terminated":
            database.terminate()
        else:
            database.restart(end.split()[1])
        ready(caller).ok()


def test_what_was_prepared_and_set_is_made_again(world, event, database, start_worker):
    user = world.user("manager", event)
    task = world.task(event)
    caller = start_worker(threads=1).with_token(user.token)
    for _ in range(2):
        assert caller.get(f"/api/tasks/{task}").ok()["created_at"].endswith("Z")
        assert len(caller.get("/api/tasks", {"event_id": event}).ok()) == 1
        database.terminate()


def test_while_the_database_is_away_the_answer_is_503_at_once(world, event, database, start_worker):
    user = world.user("manager", event)
    task = world.task(event)
    caller = start_worker(threads=1)
    database.stop()
    try:
        for _ in range(20):
            caller.get("/healthz").ok()
            answer, seconds = took(lambda: ready(caller))
            answer.refused(AWAY)
            assert answer.status == 503 and answer.headers["retry-after"] == "1"
            caller.with_token(user.token).post(f"/api/tasks/{task}/pick").refused(AWAY)
            assert seconds < 0.5
            time.sleep(0.05)
    finally:
        database.start()
    wait_for(lambda: ready(caller).status == 200, RECOVERY)
    caller.with_token(user.token).post(f"/api/tasks/{task}/pick").ok()


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_recovery_takes_less_than_a_second(database, start_worker, mode):
    """However long it was away, and while clients ask all the time."""
    caller = start_worker(threads=2)
    times = []
    for away in (0, 0.5, 2, 4):
        database.stop(mode)
        end = time.monotonic() + away
        while time.monotonic() < end:
            ready(caller).refused(AWAY)
            time.sleep(0.01)
        database.start()
        times.append(wait_for(lambda: ready(caller).status == 200))
    print(f"recovery after {mode}: {[round(seconds, 3) for seconds in times]} s")
    assert max(times) < RECOVERY and statistics.median(times) < RECOVERY / 2


def test_a_crash_of_one_session_ends_all_and_they_come_back(world, database, start_worker):
    """kill -9 of a server process: PostgreSQL ends every session and recovers by itself."""
    caller = start_worker(threads=2)
    ready(caller).ok()
    pid = database.session_pids()[0]
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: ready(caller).status == 200, 5)
    wait_for(database.is_running)
    database.reconnect()


def test_a_worker_may_be_started_before_the_database(database, start_worker):
    database.stop()
    try:
        caller = start_worker(threads=2)
        caller.get("/healthz").ok()
        ready(caller).refused(AWAY)
        time.sleep(2)
        ready(caller).refused(AWAY)
    finally:
        database.start()
    wait_for(lambda: ready(caller).status == 200, RECOVERY)


def test_a_server_that_takes_connections_and_says_nothing(proxy, database, start_worker):
    """One thread waits, within its request's deadline; the others are told at once, and serve what needs no database."""
    proxy.is_silent = True
    caller = start_worker(threads=2, DATABASE_URL=database.url_by(proxy.folder), REQUEST_DEADLINE="3")
    answer, seconds = took(lambda: ready(caller))
    answer.refused(AWAY)
    assert 2 < seconds < 3
    waiting = threading.Thread(target=ready, args=(caller,))
    time.sleep(1)
    waiting.start()
    time.sleep(0.2)
    for _ in range(20):
        answer, seconds = took(lambda: caller.get("/healthz"))
        answer.ok()
        assert seconds < 0.5
        answer, seconds = took(lambda: ready(caller))
        answer.refused(AWAY)
        assert seconds < 0.5
    waiting.join()
    assert proxy.connections == 2
    proxy.is_silent = False
    wait_for(lambda: ready(caller).status == 200, 6)


def test_hosts_are_asked_in_turn_and_one_that_is_silent_leaves_time_for_the_next(proxy, database, start_worker):
    """The first is dead, the second silent, the third serves; the one that served is asked first the next time."""
    proxy.is_silent = True
    folders = f"/nowhere,{proxy.folder},{database.folder}"
    url = database.url_by(folders) + "&connect_timeout=1&target_session_attrs=read-write"
    caller = start_worker(threads=1, DATABASE_URL=url)
    answer, seconds = took(lambda: ready(caller))
    answer.ok()
    assert 0.9 < seconds < 2
    database.terminate()
    answer, seconds = took(lambda: ready(caller))
    answer.ok()
    assert seconds < 0.5 and proxy.connections == 1


def test_a_session_that_stands_still_is_given_up_at_the_deadline(world, database, start_worker):
    """SIGSTOP of the server process."""
    caller = start_worker(threads=1, REQUEST_DEADLINE="2").with_token(world.admin.token)
    caller.get("/api/auth/me").ok()
    pids = database.session_pids()
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        answer, seconds = took(lambda: caller.get("/api/auth/me"))
        answer.refused(AWAY)
        assert 1 < seconds < 2
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
    caller.get("/api/auth/me").ok()


def test_a_server_that_reads_no_more_is_given_up_at_the_deadline(world, proxy, database, start_worker):
    """What is sent is more than the socket takes. Whoever is between may still hold the rest, and send it on."""
    nodes = [
        {"node_id": f"n{i}", "task_type_id": world.task_type, "label": "x", "metadata": {"description": "d" * 900}}
        for i in range(900)
    ]
    body = {"name": "Big", "nodes": nodes, "edges": []}
    url = database.url_by(proxy.folder)
    caller = start_worker(threads=1, REQUEST_DEADLINE="2", DATABASE_URL=url).with_token(world.admin.token)
    caller.get("/api/auth/me").ok()
    proxy.is_deaf = True
    answer, seconds = took(lambda: caller.post("/api/workflow-templates", body))
    answer.refused("outcome_unknown")
    assert 1 < seconds < 2
    proxy.is_deaf = False
    proxy.release.set()
    wait_for(lambda: caller.post("/api/workflow-templates", body).status == 200)
    caller.post("/api/workflow-templates", body).ok()


def test_a_lock_is_waited_for_two_seconds_at_most(world, event, database, start_worker):
    user = world.user("manager", event)
    task = world.task(event)
    caller = start_worker(threads=1).with_token(user.token)
    with locked(database, task):
        answer, seconds = took(lambda: caller.post(f"/api/tasks/{task}/pick"))
        answer.refused("database_busy")
        assert 1.9 < seconds < 2.5
        caller.get(f"/api/tasks/{task}").ok()
    caller.post(f"/api/tasks/{task}/pick").ok()
    assert len(world.audit(task)) == 2


@pytest.fixture
def plain_url(database):
    """A role that may do what the login role may, and has none of its settings."""
    database.superuser("DROP ROLE IF EXISTS plain; CREATE ROLE plain LOGIN PASSWORD 'plain' IN ROLE eventflow_api")
    database.superuser("ALTER ROLE plain SET timezone = 'Asia/Tokyo'; ALTER ROLE plain SET datestyle = 'German'")
    yield f"postgresql://plain:plain@/eventflow?host={database.folder}"
    database.superuser("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'plain'")
    database.superuser("DROP ROLE plain")


@pytest.mark.parametrize("prepare", ["on", "off"])
def test_a_role_without_settings_has_the_same_limits(world, event, database, start_worker, plain_url, prepare):
    user = world.user("manager", event)
    task = world.task(event)
    caller = start_worker(threads=1, DATABASE_URL=plain_url, DB_PREPARE=prepare).with_token(user.token)
    caller.get(f"/api/tasks/{task}").ok()
    with locked(database, task):
        answer, seconds = took(lambda: caller.post(f"/api/tasks/{task}/pick"))
        answer.refused("database_busy")
        assert 1.9 < seconds < 2.5
    caller.post(f"/api/tasks/{task}/pick").ok()


def test_a_pooler_that_is_found_out_late_has_the_same_limits(world, event, database, proxy, start_worker, plain_url):
    """The session was given limits once; the one in its place has neither these nor what was prepared."""
    user = world.user("manager", event)
    task = world.task(event)
    url = plain_url.replace(database.folder, proxy.folder)
    caller = start_worker(threads=1, DATABASE_URL=url, DB_PREPARE="auto").with_token(user.token)
    caller.get(f"/api/tasks/{task}").ok()
    proxy.discards = True
    caller.get(f"/api/tasks/{task}").ok()
    assert not proxy.discards
    with locked(database, task):
        answer, seconds = took(lambda: caller.post(f"/api/tasks/{task}/pick"))
        answer.refused("database_busy")
        assert 1.9 < seconds < 2.5


@pytest.mark.parametrize(
    "setting, code",
    [("statement_timeout = '100ms'", "database_busy"), ("default_transaction_read_only = on", "database_read_only")],
)
def test_a_stricter_setting_of_the_role_holds(world, event, database, start_worker, setting, code):
    user = world.user("manager", event)
    task = world.task(event)
    database.superuser(f"ALTER ROLE eventflow_api SET {setting}")
    try:
        caller = start_worker(threads=1).with_token(user.token)
        with locked(database, task):
            answer, seconds = took(lambda: caller.post(f"/api/tasks/{task}/pick"))
            answer.refused(code)
            assert seconds < 1
            caller.get(f"/api/tasks/{task}").ok()
    finally:
        database.superuser(f"ALTER ROLE eventflow_api RESET {setting.split()[0]}")
        database.superuser("ALTER ROLE eventflow_api SET statement_timeout = '5s'")
    assert len(world.audit(task)) == 1
    if code == "database_read_only":  # the session that refuses a change is given up, and a new one takes it at once
        caller.post(f"/api/tasks/{task}/pick").ok()


def test_when_the_role_has_no_connection_left(world, database, start_worker):
    database.superuser("ALTER ROLE eventflow_api CONNECTION LIMIT 0")
    try:
        caller = start_worker(threads=1)
        ready(caller).refused(AWAY)
        caller.get("/healthz").ok()
    finally:
        database.superuser("ALTER ROLE eventflow_api CONNECTION LIMIT -1")
    wait_for(lambda: ready(caller).status == 200, RECOVERY)


