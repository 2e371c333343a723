"""A PostgreSQL that stands still as a whole, and requests that wait for a thread: whatever the others wait for, each is
answered within its deadline, which begins when the worker could first have read it."""

import contextlib
import os
import signal
import threading
import time

import fastcgi
import psycopg2
import pytest
from site_control import standing_still

DEADLINE = 5  # seconds: what EventFlow promises, by default
MARGIN = 0.5  # seconds: the worker looks five times a second who waits, and the machine is busy
CLIENTS = 16
THREADS = 2


class Clients:
    """They ask a worker at the same time, without a pause, each on a connection of its own: one that is kept, or a new
    one for each request. answers: (moment of the request, seconds until its answer, status)."""

    def __init__(self, path, is_kept, requests):
        self.path, self.is_kept = path, is_kept
        self.answers, self.ends = [], threading.Event()
        self.threads = [threading.Thread(target=self._run, args=(requests[i % len(requests)],)) for i in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def _run(self, request):
        connection = None
        while not self.ends.is_set():
            began = time.monotonic()
            connection = connection or fastcgi.Connection(self.path, timeout=30)
            connection.send(fastcgi.request(*request[:2], keep=self.is_kept, HTTP_AUTHORIZATION=request[2]))
            status = int(connection.answer().split(b"Status: ")[1][:3])
            self.answers.append((began, time.monotonic() - began, status))
            if not self.is_kept:
                connection.socket.close()
                connection = None
            time.sleep(0.01)

    def stop(self):
        self.ends.set()
        for thread in self.threads:
            thread.join()


@contextlib.contextmanager
def asking(caller, is_kept, requests):
    clients = Clients(caller.worker.path, is_kept, requests)
    try:
        yield clients
    finally:
        clients.stop()


def wait_until_it_answers(database):
    psycopg2.connect(database.stack.owner_url).close()
    return time.monotonic()


def judge_times(answers):
    slowest = max(seconds for _, seconds, _ in answers)
    print(f"{len(answers)} answers, the slowest after {slowest:.2f} s")
    assert slowest < DEADLINE + MARGIN


@pytest.mark.parametrize("is_kept, lasts", ((True, 11), (False, 7)), ids=("kept connections", "new connections"))
def test_each_answer_comes_in_time_and_the_first_success_soon(world, event, database, start_worker, is_kept, lasts):
    user, task = world.user("manager", event), world.task(event)
    caller = start_worker(threads=THREADS)
    token = f"Bearer {user.token}"
    requests = [("GET", f"/api/tasks/{task}", token), ("POST", f"/api/tasks/{task}/pick", token), ("GET", "/readyz", "")]
    with asking(caller, is_kept, requests) as clients:
        time.sleep(0.5)
        with standing_still(database.postmaster()):
            time.sleep(lasts)
        back = wait_until_it_answers(database)
        time.sleep(1.5)
    judge_times(clients.answers)
    assert {status for *_, status in clients.answers} <= {200, 400, 503}
    recovery = min(began + seconds for began, seconds, status in clients.answers if began > back and status == 200) - back
    print(f"the first success {recovery:.3f} s after it was back")
    assert recovery < 1
    assert len(world.audit(task)) == 2


def test_who_waits_for_those_who_wait_for_a_lock(world, event, database, start_worker):
    """Each change of the task may wait for two seconds, and there are more of them than threads: no outage, but time
    that passes for all."""
    user, task = world.user("manager", event), world.task(event)
    caller = start_worker(threads=THREADS)
    requests = [("POST", f"/api/tasks/{task}/pick", f"Bearer {user.token}")]
    holder = psycopg2.connect(database.stack.owner_url)
    holder.cursor().execute("SELECT FROM eventflow.tasks WHERE id = %s FOR UPDATE", (task,))
    with contextlib.closing(holder), asking(caller, True, requests) as clients:
        time.sleep(DEADLINE + 2)
    judge_times(clients.answers)
    assert any(status == 503 for *_, status in clients.answers), "nobody waited in vain"


def test_one_session_that_stands_still_is_no_outage(world, event, database, start_worker):
    """One request is lost to it; all others are answered as ever."""
    user, task = world.user("manager", event), world.task(event)
    database.terminate()  # those of other workers
    caller = start_worker(threads=THREADS)
    requests = [("GET", f"/api/tasks/{task}", f"Bearer {user.token}")]
    with asking(caller, True, requests) as clients:
        time.sleep(0.5)
        pid = database.session_pids()[0]
        os.kill(pid, signal.SIGSTOP)
        time.sleep(DEADLINE + 1)
        os.kill(pid, signal.SIGCONT)
    judge_times(clients.answers)
    statuses = [status for *_, status in clients.answers]
    assert statuses.count(503) == 1 and statuses.count(200) == len(statuses) - 1 > 100
