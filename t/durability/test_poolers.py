"""A transaction pooler between the workers and PostgreSQL: each transaction may have another session."""

import os
import subprocess
import sys

import pytest
import stack as stack_module
from pooler import SERVERS, Pooler
from rig import wait_for

CORE = ("test_tasks", "test_workflows", "test_repeats", "test_versions", "test_concurrency")
RECOVERY = 1.0  # seconds from the pooler's return to the first success


@pytest.fixture
def pooler(database):
    pooler = Pooler(database)
    yield pooler
    pooler.close()


@pytest.fixture
def statement_errors(stack):
    """A function that gives what PostgreSQL has said of prepared statements since the test began."""
    log = stack.var / "log" / "postgresql.log"
    start = log.stat().st_size
    return lambda: [line for line in log.read_text(errors="replace")[start:].splitlines() if "prepared statement" in line]


def test_the_core_of_the_api_passes_through_it(stack, pooler, statement_errors):
    """Tasks, workflows, repeats, versions and races, by the tests of t/api, with a whole stack behind the pooler."""
    for pooled in stack_module.started_stack(
        stack_module.ROOT / "var" / "pooled", {"DATABASE_URL": pooler.url}, stack.owner_url
    ):
        environment = {
            **os.environ,
            "EVENTFLOW_TEST_URL": f"http://{pooled.host}:{pooled.port}",
            "EVENTFLOW_VAR": str(pooled.var),
            "EVENTFLOW_TEST_OWNER_URL": stack.owner_url,
        }
        tests = [stack_module.ROOT / "t" / "api" / f"{name}.py" for name in CORE]
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
        result = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        clients, servers = pooler.counts()
    print(result.stdout.splitlines()[-1])
    assert result.returncode == 0, result.stdout[-5000:]
    assert servers <= SERVERS < clients, "the clients did not have to share"
    assert statement_errors() == []


def test_without_a_port_that_tells_it_is_found_out(world, event, pooler, start_worker, statement_errors):
    """A worker that believes in sessions is put right by the first statement that is missing, and nobody notices."""
    user, task = world.user("manager", event), world.task(event)
    caller = start_worker(threads=4, DATABASE_URL=pooler.url, DB_PREPARE="on").with_token(user.token)
    for _ in range(30):
        caller.get(f"/api/tasks/{task}").ok()
        caller.post(f"/api/tasks/{task}/pick").ok()
    assert len(world.audit(task)) == 2
    assert statement_errors(), "it was not put to the test"


def test_a_restart_of_the_pooler(world, event, pooler, start_worker):
    user, tasks = world.user("manager", event), world.tasks(event, 2)
    caller = start_worker(threads=4, DATABASE_URL=pooler.url)
    with_token = caller.with_token(user.token)
    for task in tasks:
        pooler.stop()
        caller.get("/readyz").refused("database_unavailable")
        with_token.post(f"/api/tasks/{task}/pick").refused("database_unavailable")
        pooler.start()
        wait_for(lambda: caller.get("/readyz").status == 200, RECOVERY)
        with_token.post(f"/api/tasks/{task}/pick").ok()
        assert len(world.audit(task)) == 2
