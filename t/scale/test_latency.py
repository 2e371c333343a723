"""A database that is 20 ms away: threads, not cores, decide how much is answered, and nobody waits behind somebody else."""

import tempfile
import threading
import time

import psycopg2
import pytest

from proxy import DelayingProxy

LATENCY = 0.02  # seconds
SECONDS = 2
CLIENTS = 24
USER = "00000000-0000-4000-8000-000000000002"
TASKS = "/api/tasks?event_id=20000000-0000-4000-8000-000000000001"


@pytest.fixture
def far(cluster, sample):
    """A connection string for the database behind the proxy."""
    with tempfile.TemporaryDirectory(prefix="far.", dir="/tmp") as folder:
        proxy = DelayingProxy(folder, cluster.folder, cluster.port, LATENCY)
        yield cluster.url(sample, "eventflow_api").replace(str(cluster.folder), folder)
        proxy.stop()


def answers_in_time(worker, uri):
    """How many answers all clients together get, and how many the one gets that gets the fewest."""
    counts = [0] * CLIENTS
    stop = threading.Event()

    def ask(number):
        client = worker.client()
        while not stop.is_set():
            client.get(uri, USER).ok()
            counts[number] += 1

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    before = sum(counts)
    time.sleep(SECONDS)
    total = sum(counts) - before
    stop.set()
    for thread in threads:
        thread.join()
    return total, min(counts)


def test_throughput_grows_with_the_threads(start_worker, far):
    totals = {}
    for threads in (1, 4, 12):
        worker = start_worker(None, url=far, threads=threads)
        totals[threads], fewest = answers_in_time(worker, "/api/events")
        assert fewest > 0, f"{threads} threads: a client got no answer at all"
        assert totals[threads] <= 1.1 * threads * SECONDS / LATENCY, "the proxy holds nothing back"
        worker.stop()
    print(f"\nanswers in {SECONDS} s by threads, {CLIENTS} clients, {LATENCY * 1000:.0f} ms: {totals}")
    assert totals[4] > 2.5 * totals[1] and totals[12] > 1.8 * totals[4], totals


def test_a_read_is_one_round_trip_and_a_write_two(start_worker, far):
    """By the clock: a round trip more could not be hidden."""
    client = start_worker(None, url=far, threads=1).client()
    task = client.get(f"{TASKS}&state=TODO", USER).ok()[0]["id"]
    moves = [{"next_state": state, "reason": "To and fro."} for state in ("IN_PROGRESS", "BLOCKED")]
    requests = {
        1: [("GET", uri, USER) for uri in (TASKS, f"/api/tasks/{task}", "/api/events")],
        2: [("POST", f"/api/tasks/{task}/transition", USER, value) for value in moves],
    }
    for round_trips, several in requests.items():
        for request in several * 3:
            client.ask(*request).ok()  # the statements are prepared by now
        times = []
        for request in several * 3:
            began = time.monotonic()
            client.ask(*request).ok()
            times.append(time.monotonic() - began)
        print(f"\n{round_trips} round trips: {min(times) * 1000:.1f} ms at best")
        assert round_trips * LATENCY <= min(times) < (round_trips + 1) * LATENCY


def test_who_waits_for_a_lock_holds_up_nobody(cluster, sample, start_worker):
    """Two of three threads wait for a row that another session has locked; the third serves all others meanwhile."""
    worker = start_worker(sample, threads=3)
    reader = worker.client()
    with psycopg2.connect(cluster.url(sample, "bootstrap")) as holder, holder.cursor() as cursor:
        cursor.execute("SELECT id FROM eventflow.tasks WHERE state <> 'DONE' LIMIT 1 FOR UPDATE")
        (task,) = cursor.fetchone()
        waiting = [worker.client() for _ in range(2)]
        for client in waiting:
            client.send("POST", f"/api/tasks/{task}/assign", USER, {"user_id": USER})
        time.sleep(0.2)
        for _ in range(50):
            reader.get("/api/events", USER).ok()
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        assert cursor.fetchone() == (2,), "they wait no more: the 50 answers prove nothing"
        holder.rollback()
    for client in waiting:
        assert client.receive().status in (200, 400, 403, 404), "whatever may be done to that task"
