"""Attack 30: too many requests; and what is said when a worker is lost."""

import os
import signal
import threading
import time

import psycopg2
from differences import allowed


def flood(front, count, token=None, threads=8):
    """Answers to that many requests, sent as fast as they can be."""
    answers = []

    def ask():
        caller = front.nobody.with_token(token)
        answers.extend(caller.get("/api/auth/me" if token else "/healthz") for _ in range(count // threads))

    running = [threading.Thread(target=ask) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    assert len(answers) == count, "some were not answered as they should be"
    return answers


def codes_of(answers):
    return {(answer.status, answer.code) for answer in answers}


def test_rate_limit_of_a_token(limited, scene):
    assert codes_of(flood(limited, 120, scene.vendor.token)) == {(200, None), (429, "rate_limited")}
    time.sleep(1)  # the address has had its part of it, too
    limited.caller(scene.manager).get("/api/auth/me").ok()


def test_rate_limit_of_an_address(limited):
    answers = flood(limited, 800)
    assert codes_of(answers) == {(200, None), (429, "rate_limited")}
    assert all(answer.headers["retry-after"] == "1" for answer in answers if answer.status == 429)
    time.sleep(1)
    limited.nobody.get("/healthz").ok()


def hold_row(scene, task):
    """A transaction that keeps a request for the task waiting."""
    connection = psycopg2.connect(scene.stack.owner_url)
    connection.cursor().execute("SELECT FROM eventflow.tasks WHERE id = %s FOR UPDATE", (task,))
    return connection


def test_a_worker_that_dies_is_a_bad_gateway(limited, scene):
    """And nothing was written; the next request is served."""
    task = scene.new_task()
    locker = hold_row(scene, task)
    answers = []
    thread = threading.Thread(
        target=lambda: answers.append(limited.caller(scene.vendor).post(f"/api/tasks/{task}/pick"))
    )
    thread.start()
    time.sleep(0.5)
    for pid in limited.stack.worker_pids():
        os.kill(pid, signal.SIGKILL)
    thread.join()
    locker.close()
    assert answers[0].status in allowed(limited.name, 502, "lost_worker"), answers[0]
    assert answers[0].code in ("bad_gateway", "service_unavailable")
    deadline = time.monotonic() + 10
    while limited.nobody.wire.exchange("GET", "/readyz", None, {})[0] != 200:
        assert time.monotonic() < deadline, "no worker has taken the place"
        time.sleep(0.3)
    assert len(scene.world.audit(task)) == 1
