"""What a worker process costs: its start, its memory with warm caches, and that neither grows."""

import os
import re
import threading
import time

import pytest

START_MAX = 18_000_000  # instructions from the start to the first answer and on to the end; most load libraries
MEMORY_MAX = 4 * 1024 * 1024  # bytes for itself alone, with four threads and warm caches of the sample data
GROWTH_MAX = 256 * 1024
REQUESTS = int(os.environ.get("EVENTFLOW_TEST_REQUESTS", "20000"))  # a million to be sure
CLIENTS = 8
USERS = [f"00000000-0000-4000-8000-00000000000{number}" for number in range(1, 6)]
EVENT = "20000000-0000-4000-8000-000000000001"
URIS = [
    "/api/auth/me",
    "/api/events",
    f"/api/events/{EVENT}/members",
    "/api/users",
    "/api/user-types",
    "/api/task-types",
    "/api/eligibility-mappings",
    "/api/workflow-templates",
    "/api/workflow-instances",
    "/api/tasks",
    "/api/tasks?takeable=true",
    f"/api/tasks?event_id={EVENT}",
    "/nothing",
]


def ask_everything(worker, each):
    """Every user asks for everything, from several connections at once: each of them this often."""
    failures = []

    def ask():
        client = worker.client()
        for number in range(each):
            uri, user = URIS[number % len(URIS)], USERS[number // len(URIS) % len(USERS)]
            status = client.get(uri, user).status
            if status not in (200, 403, 404):
                failures.append((uri, user, status))

    threads = [threading.Thread(target=ask) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures[:5]


@pytest.mark.parametrize("uri", ["/healthz", "/api/task-types"])
def test_the_first_answer_is_quick(sample, start_worker, tmp_path, uri):
    """By what callgrind counts: the time depends on the machine and on what else it does, and is printed alone."""
    worker = start_worker(sample)
    assert worker.client().get(uri, USERS[1]).status == 200
    passed = time.monotonic() - worker.started
    counts = tmp_path / "callgrind"
    worker = start_worker(
        sample, prefix=("valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={counts}"), SANDBOX="off"
    )
    assert worker.client().get(uri, USERS[1]).status == 200
    worker.stop()
    instructions = int(re.search(r"^totals: (\d+)", counts.read_text(), re.M)[1])
    print(f"\n{uri}: {instructions:,} instructions; answered {passed * 1000:.1f} ms after the start")
    assert instructions < START_MAX


def test_memory_with_warm_caches_and_that_it_does_not_grow(sample, start_worker):
    worker = start_worker(sample, threads=4)
    ask_everything(worker, REQUESTS // CLIENTS // 4)
    warm = worker.memory()
    ask_everything(worker, REQUESTS // CLIENTS * 3 // 4)
    late = worker.memory()
    print(f"\nprivate memory after {REQUESTS // 4} requests {warm // 1024} KiB, after {REQUESTS} {late // 1024} KiB")
    assert late < MEMORY_MAX and late <= warm + GROWTH_MAX
