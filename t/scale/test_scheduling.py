"""A worker lets those finish who run when it is woken, unless another policy was chosen for it (sched(7))."""

import os

import pytest


@pytest.mark.parametrize("prefix, policy", [((), os.SCHED_BATCH), (("chrt", "--idle", "0"), os.SCHED_IDLE)])
def test_every_thread_has_the_policy(start_worker, sample, prefix, policy):
    worker = start_worker(sample, threads=3, prefix=prefix)
    assert worker.client().get("/healthz").status == 200
    threads = [int(thread) for thread in os.listdir(f"/proc/{worker.process.pid}/task")]
    assert len(threads) > 3
    assert {os.sched_getscheduler(thread) for thread in threads} == {policy}
