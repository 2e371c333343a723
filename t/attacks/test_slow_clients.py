"""Attack 30: clients that are slow or silent keep nobody else waiting, and workers that hang keep nobody for long."""

import contextlib
import os
import resource
import signal
import threading
import time

import pytest
from differences import DIFFERENCES, allowed
from fronts import SERVERS, read_answer

IDLE = 1000  # connections
SLOW = 40  # connections of each kind
ASKED = 40  # requests of somebody else
ENDING = [server for server in SERVERS if server not in DIFFERENCES["slow_head"][1]]
BOUND = 2  # seconds for each of them, on a machine that may be busy with other things

HEAD = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: "
BODY = b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"


@pytest.fixture(autouse=True, scope="module")
def many_files():
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, limits[1]), limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def slowest(front, scene):
    """The seconds of the slowest of some requests, half of them with a new connection."""
    seconds = 0
    for number in range(ASKED):
        began = time.monotonic()
        if number % 2:
            front.caller(scene.vendor).get(f"/api/tasks/{scene.done_task}").ok()
        else:
            assert front.raw(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").status == 200
        seconds = max(seconds, time.monotonic() - began)
    return seconds


def test_idle_connections(front, scene):
    connections = [front.connect() for _ in range(IDLE)]
    try:
        for connection in connections[::2]:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")  # half of them are kept after an answer
        for connection in connections[::2]:
            assert read_answer(connection).startswith(b"HTTP/1.1 200 ")
        assert slowest(front, scene) < BOUND
    finally:
        for connection in connections:
            connection.close()


def test_slow_heads_and_bodies(fronts, scene):
    """To all web servers at once: others are served meanwhile, and a head that takes too long is given up."""
    began = time.monotonic()
    heads = {server: [front.connect() for _ in range(SLOW)] for server, front in fronts.items()}
    bodies = {server: [front.connect() for _ in range(SLOW)] for server, front in fronts.items()}
    ended = {}

    def drip():
        """A byte each half second, as long as anybody listens."""
        for server in SERVERS:
            for connection in heads[server]:
                connection.sendall(HEAD)
            for connection in bodies[server]:
                connection.sendall(BODY)
        while len(ended) < len(ENDING) and time.monotonic() - began < 40:
            time.sleep(0.5)
            for server in SERVERS:
                for connection in (*heads[server], *bodies[server]):
                    try:
                        connection.sendall(b"x")
                    except OSError:
                        if connection in heads[server]:
                            ended.setdefault(server, time.monotonic() - began)

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        for front in fronts.values():
            assert slowest(front, scene) < BOUND, front.name
        thread.join()
    finally:
        for connection in sum([*heads.values(), *bodies.values()], []):
            connection.close()
    assert set(ended) == set(ENDING), f"of slow heads: {ended}"


def signal_all(pids, signals):
    """To the processes of each web server's workers, the signal of that web server."""
    for server, number in signals.items():
        for pid in pids[server]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)


def test_workers_that_hang_are_a_gateway_timeout(fronts):
    """Of all web servers at once, because each waits for fifteen seconds."""
    late = {front.name: front.stack.worker_pids() for front in fronts.values()}
    answers = {}

    def ask(front):
        answers[front.name] = front.nobody.get("/healthz")

    threads = [threading.Thread(target=ask, args=(front,)) for front in fronts.values()]
    try:
        signal_all(late, dict.fromkeys(SERVERS, signal.SIGSTOP))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        # mod_fcgid takes a worker that was stopped for one that has ended, and starts others
        signal_all(late, {**dict.fromkeys(SERVERS, signal.SIGCONT), "apache-fcgid": signal.SIGKILL})
    fronts["apache-fcgid"].nobody.get("/healthz").ok()
    fronts["apache-fcgid"].remember_workers()
    assert set(answers) == set(SERVERS)
    for server, answer in answers.items():
        assert answer.status in allowed(server, 504, "late_worker"), answer
