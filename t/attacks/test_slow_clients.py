"""Attack 30: clients that are slow or silent keep no worker busy, and workers that hang keep nobody for long.

That others are answered while such clients hold their connections is asserted. How fast they are is reported at the
end of the run, with and without: it depends on what else the machine does.
"""

import contextlib
import os
import resource
import select
import signal
import threading
import time

import pytest
from conftest import FIGURES
from differences import DIFFERENCES, allowed
from fronts import SERVERS, read_answer

IDLE = 1000  # connections
SLOW = 40  # connections of each kind, more than there are threads of workers
ASKED = 100  # requests of somebody else
FEWEST = 10  # of them must be answered while the slow ones are there
ENDING = [server for server in SERVERS if server not in DIFFERENCES["slow_head"][1]]

HEAD = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: "
BODY = b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"


@pytest.fixture(autouse=True, scope="module")
def many_files():
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, limits[1]), limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def is_open(connection):
    """Whether the other side has neither ended the connection nor said anything yet."""
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return not poll.poll(0)


def ask_others(front, scene, held=()):
    """The seconds of requests that somebody else makes, half of them on a new connection, while one of held is open."""
    seconds = []
    for number in range(ASKED):
        began = time.monotonic()
        if number % 2:
            front.caller(scene.vendor).get(f"/api/tasks/{scene.done_task}").ok()
        else:
            assert front.raw(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").status == 200
        if held and not any(is_open(connection) for connection in held):
            break
        seconds.append(time.monotonic() - began)
    return seconds


def compare(front, beside, alone, seconds):
    """Reports the slowest of a hundred."""
    assert len(seconds) >= FEWEST, "others were hardly answered while the connections were held"
    slowest = [1000 * sorted(values)[int(len(values) * 0.99) - 1] for values in (alone, seconds)]
    FIGURES.append(f"{front.name}: p99 {slowest[0]:.1f} ms alone, {slowest[1]:.1f} ms beside {beside}")


def test_idle_connections(front, scene):
    alone = ask_others(front, scene)
    connections = [front.connect() for _ in range(IDLE)]
    try:
        for connection in connections[::2]:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")  # half of them are kept after an answer
        for connection in connections[::2]:
            assert read_answer(connection).startswith(b"HTTP/1.1 200 ")
        compare(front, f"{IDLE} idle connections", alone, ask_others(front, scene, connections[::2]))
    finally:
        for connection in connections:
            connection.close()


def test_slow_heads_and_bodies(fronts, scene):
    """To all web servers at once: others are served meanwhile, and a head that takes too long is given up."""
    alone = {server: ask_others(front, scene) for server, front in fronts.items()}
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
        for server, front in fronts.items():
            compare(front, "slow heads and bodies", alone[server], ask_others(front, scene, bodies[server]))
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
