"""A worker's own life: its start, its end while requests are under way, its replacement, and its shortages. No request
that was taken is ever left without an answer."""

import os
import resource
import signal
import socket
import subprocess
import threading
import time

import fastcgi
import psycopg2
import pytest
import stack as stack_module
from load import Load
from processes import processor_time
from rig import took, wait_for

LIVE = fastcgi.request("GET", "/healthz")
REQUESTS = 20_000  # under which workers and web server are restarted
REPLACED = 1.0  # seconds from a worker's death to its successor
OVERSTAY = 10  # seconds, as SERVER_DRAIN_MAX
LIMIT = resource.RLIMIT_NOFILE


def status_of(answer):
    return int(answer.split(b" ")[1])


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(child) for child in file.read().split()]


# ---- The end ---------------------------------------------------------------------------------------------------


def test_what_is_under_way_is_answered(world, event, database, start_worker):
    """SIGTERM finds a request at each stage at once: none of its bytes sent, half of its head, half of its body, all of
    it, and the statement waiting for a lock; and a connection that is idle, and asks later."""
    user, tasks = world.user("manager", event), world.tasks(event, 4)
    caller = start_worker(threads=4)
    token = {"HTTP_AUTHORIZATION": f"Bearer {user.token}"}
    picks = [fastcgi.request("POST", f"/api/tasks/{task}/pick", **token) for task in tasks]
    body = b'{"next_state":"IN_PROGRESS","reason":"' + b"x" * 900 + b'"}'
    move = fastcgi.request("POST", f"/api/tasks/{tasks[0]}/transition", body, CONTENT_TYPE="application/json", **token)
    unsent, half_head, half_body, whole, locked, idle = (
        fastcgi.Connection(caller.worker.path, timeout=10) for _ in range(6)
    )
    idle.send(LIVE)
    assert status_of(idle.answer()) == 200
    holder = psycopg2.connect(database.stack.owner_url)
    holder.cursor().execute("SELECT FROM eventflow.tasks WHERE id = %s FOR UPDATE", (tasks[3],))
    locked.send(picks[3])
    half_head.send(picks[1][:50])
    half_body.send(move[:-500])
    time.sleep(0.3)
    whole.send(picks[2])
    caller.worker.process.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    assert caller.worker.process.poll() is None
    half_head.send(picks[1][50:])
    half_body.send(move[-500:])
    unsent.send(picks[0])
    holder.close()
    for connection in (unsent, half_head, half_body, whole, locked):
        assert status_of(connection.answer()) == 200
    idle.send(LIVE)
    assert status_of(idle.answer()) == 200
    for connection in (unsent, half_head, half_body, whole, locked, idle):
        connection.socket.close()
    assert caller.worker.process.wait(timeout=2) == 0
    assert [len(world.audit(task)) for task in tasks] == [3, 2, 2, 2]


def ask_until_closed(connection, pause, unanswered):
    """Asks on a kept connection until its peer takes no more; what was taken must be answered."""
    while True:
        try:
            connection.send(LIVE)
        except OSError:
            return
        try:
            assert status_of(connection.answer()) == 200
        except (OSError, ConnectionError) as error:
            unanswered.append(repr(error))
            return
        time.sleep(pause)


def test_a_web_server_that_never_lets_go(start_worker):
    """Its connections are closed at last, idle ones and busy ones; each request that was taken is answered."""
    worker = start_worker(threads=4).worker
    pauses, unanswered = [0, 0, 0, 0.0003, 0.001, 0.003, 0.01, 0.1], []
    idle, *busy = connections = [fastcgi.Connection(worker.path, timeout=20) for _ in range(1 + len(pauses))]
    for connection in connections:  # it has been accepted, or it would wait for another process
        connection.send(LIVE)
        assert status_of(connection.answer()) == 200
    threads = [
        threading.Thread(target=ask_until_closed, args=(connection, pause, unanswered))
        for connection, pause in zip(busy, pauses)
    ]
    for thread in threads:
        thread.start()
    worker.process.send_signal(signal.SIGTERM)
    status, seconds = took(lambda: worker.process.wait(timeout=OVERSTAY + 5))
    for thread in threads:
        thread.join()
    assert unanswered == [] and idle.is_closed()
    assert status == 0 and OVERSTAY - 1 < seconds < OVERSTAY + 2


def ask_anew(path, stop, answers, unanswered):
    """Asks on one new connection after the other."""
    while not stop.is_set():
        connection = fastcgi.Connection(path, timeout=20)
        try:
            connection.send(fastcgi.request("GET", "/healthz", keep=False))
            answers.append(status_of(connection.answer()))
        except (OSError, ConnectionError) as error:
            unanswered.append(repr(error))
        connection.socket.close()


def test_no_connection_that_was_accepted_is_forgotten(start_worker):
    """Straight to the socket that several processes share, while each is replaced again and again: a connection is either
    accepted and answered, or left to the others."""
    worker = start_worker(threads=8, processes=2).worker
    stop, answers, unanswered = threading.Event(), [], []
    threads = [threading.Thread(target=ask_anew, args=(worker.path, stop, answers, unanswered)) for _ in range(8)]
    for thread in threads:
        thread.start()
    restarts, end = 0, time.monotonic() + 5
    while time.monotonic() < end:
        for pid in children(worker.process.pid):
            os.kill(pid, signal.SIGTERM)
            wait_for(lambda: pid not in children(worker.process.pid))
            restarts += 1
            time.sleep(0.02)
    stop.set()
    for thread in threads:
        thread.join()
    print(f"{restarts} restarts, {len(answers)} answers")
    assert unanswered == [] and set(answers) == {200}
    assert restarts > 20 and len(answers) > 500


# ---- Replacement -----------------------------------------------------------------------------------------------


def workers_of(stack):
    """The processes that its supervisor has now."""
    return children(int((stack.var / "run" / "workers.pid").read_text()))


def test_a_killed_worker_is_replaced_within_a_second(stack):
    times = []
    for pid in workers_of(stack):
        os.kill(pid, signal.SIGKILL)
        times.append(wait_for(lambda: pid not in (pids := workers_of(stack)) and len(pids) == 2))
    print(f"replaced after {[round(seconds, 3) for seconds in times]} s")
    assert max(times) < REPLACED


def test_reloads_and_a_rolling_restart_lose_nothing(stack, world):
    """`nginx -s reload` each second, and SIGTERM to one worker after the other, as an operator does it, under load."""
    restarts, reloads, stop = 0, 0, threading.Event()
    with Load(stack, world, REQUESTS) as load:
        began = last_reload = time.monotonic()
        pids = []
        while not load.is_over():
            pids = pids or workers_of(stack)
            pid = pids.pop()
            os.kill(pid, signal.SIGTERM)
            while pid in workers_of(stack) and not load.is_over():
                if time.monotonic() - last_reload >= 1:
                    stack.reload_web_server()
                    reloads, last_reload = reloads + 1, time.monotonic()
                time.sleep(0.05)
            restarts += 1
            time.sleep(0.2)
    seconds = time.monotonic() - began
    print(f"{REQUESTS} requests in {seconds:.1f} s, {restarts} restarts of workers, {reloads} reloads of nginx")
    assert load.failures == []
    assert restarts >= 4 and reloads >= 4, "too little happened meanwhile"
    for client in load.clients:
        assert client.moved and len(world.audit(client.task)) == 3 + client.moved


# ---- The start -------------------------------------------------------------------------------------------------


@pytest.fixture
def slow_start(stack, proxy, database, tmp_path):
    """A worker that is started and not ready yet: it asks a database that says nothing."""
    proxy.is_silent = True
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "worker.sock"))
        listener.listen(64)
        settings = {
            "EVENTFLOW_ENV_FILE": str(stack.var / "eventflow.env"),
            "DATABASE_URL": database.url_by(proxy.folder),
            "ENVIRONMENT": "production",
            "REQUEST_DEADLINE": "2",
        }
        process = subprocess.Popen(
            [stack_module.BUILD / "eventflow"],
            env={**os.environ, **settings},
            stdin=listener,
            stderr=(tmp_path / "worker.log").open("w"),
        )
        wait_for(lambda: proxy.connections == 1)
        yield process, tmp_path / "worker.log"
        process.kill()
        process.wait()


def test_a_signal_that_comes_early_is_kept(slow_start):
    process, log = slow_start
    process.send_signal(signal.SIGHUP)
    wait_for(lambda: "serving" in log.read_text())
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=2) == 0


def test_an_end_that_comes_early_is_kept(slow_start):
    process, log = slow_start
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=5) == 0
    assert "stopping" in log.read_text()


@pytest.mark.skipif("ASAN_OPTIONS" in os.environ, reason="the address sanitizer reserves terabytes of addresses")
@pytest.mark.parametrize("megabytes", (60, 150, 450))
def test_with_too_little_memory_it_serves_whole_or_not_at_all(stack, tmp_path, megabytes):
    """256 threads, each with a stack of 1 MiB: never fewer than were asked for."""
    log = tmp_path / "worker.log"
    process = subprocess.Popen(
        ["prlimit", f"--as={megabytes << 20}", "spawn-fcgi", "-n", "-s", tmp_path / "worker.sock", "--"]
        + [stack_module.BUILD / "eventflow", "--threads", "256"],
        env={**os.environ, "EVENTFLOW_ENV_FILE": str(stack.var / "eventflow.env"), "LOG_LEVEL": "INFO"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=log.open("w"),
    )
    wait_for(lambda: process.poll() is not None or "serving" in log.read_text())
    if process.poll() is None:
        assert len(os.listdir(f"/proc/{process.pid}/task")) == 257
        process.terminate()
        assert process.wait(timeout=2) == 0
    else:
        assert process.returncode == 1
        assert log.read_text().count(" - ERROR - ") == 1


# ---- Shortages -------------------------------------------------------------------------------------------------


def test_without_descriptors_it_neither_spins_nor_dies(start_worker):
    """Those who cannot be accepted wait; the connections that there are go on at their pace."""
    worker = start_worker(threads=2).worker
    pid = worker.process.pid
    kept = fastcgi.Connection(worker.path)
    kept.send(LIVE)
    kept.answer()
    open_now = len(os.listdir(f"/proc/{pid}/fd"))
    soft, hard = resource.prlimit(pid, LIMIT)
    resource.prlimit(pid, LIMIT, (open_now + 1, hard))
    waiting = [fastcgi.Connection(worker.path, timeout=5) for _ in range(4)]
    for connection in waiting:
        connection.send(LIVE)
    assert status_of(waiting[0].answer()) == 200, "there was one descriptor left"
    used = processor_time(pid)
    for _ in range(20):
        kept.send(LIVE)
        answer, seconds = took(kept.answer)
        assert status_of(answer) == 200 and seconds < 0.5
        time.sleep(0.1)
    assert processor_time(pid) - used < 0.2
    assert worker.log.read_text().count("cannot accept a connection") == 1
    waiting[0].socket.close()
    assert status_of(waiting[1].answer()) == 200, "the next one takes its place"
    resource.prlimit(pid, LIMIT, (soft, hard))
    for connection in waiting[2:]:
        assert status_of(connection.answer()) == 200
    assert worker.process.poll() is None
