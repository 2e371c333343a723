"""Rows of the matrix that need the whole site: a web server and several workers."""

import time

import pytest
from campaign import Campaign
from shim import KILL_AFTER, KILL_BEFORE, LIBPQ
from site_control import wait_for

DEADLOCK = "deadlock detected"
OPERATIONS = {False: 3000, True: 100000}  # of the search for deadlocks, without and with --long


def test_f11_workers_are_in_no_deadlock(site, shim, say, seeds, is_long):
    """All clients in one event, and nothing else goes wrong."""
    log = site.stack.var / "log" / "postgresql.log"
    before = log.read_text(errors="replace").count(DEADLOCK)
    campaign = Campaign(site, shim, next(seeds), OPERATIONS[is_long], kinds=(), events=1, say=say)
    assert campaign.run() == []
    assert log.read_text(errors="replace").count(DEADLOCK) == before


@pytest.mark.parametrize("action", (KILL_BEFORE, KILL_AFTER), ids=("before a call", "after a call"))
@pytest.mark.parametrize("call", (1, 6, 12))
def test_f15_a_worker_that_is_killed_in_a_request(site, site_world, shim, call, action):
    event = site_world.event()
    user, task = site_world.user("vendor", event), site_world.task(event)
    before = set(site.worker_pids())
    shim.arm(LIBPQ, action, call)
    answer = user.post(f"/api/tasks/{task}/pick")
    began = time.monotonic()
    assert answer.status == 502 and shim.hits() == 1
    shim.disarm()
    wait_for(lambda: len(site.worker_pids()) == site.workers and set(site.worker_pids()) != before, 5, "a new worker")
    assert time.monotonic() - began < 1
    assert len(before & set(site.worker_pids())) == site.workers - 1, "the others serve on"
    assert len(site_world.audit(task)) <= 2
    for _ in range(10):
        user.get(f"/api/tasks/{task}").ok()
