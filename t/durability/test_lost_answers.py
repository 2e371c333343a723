"""A client that got a 503, or nothing, repeats with its Idempotency-Key: the change is made once, whatever had happened."""

import pytest

from rig import wait_for
from world import new_id
from writes import WRITES, pick

every_write = pytest.mark.parametrize("make", WRITES.values(), ids=WRITES)
BUSY = {"request_in_flight", "outcome_unknown", "database_unavailable", "database_busy"}


@pytest.fixture
def caller(proxy, database, start_worker):
    caller = start_worker(threads=2, DATABASE_URL=database.url_by(proxy.folder), REQUEST_DEADLINE="3")
    caller.get("/readyz").ok()
    return caller


@pytest.fixture
def key():
    return {"Idempotency-Key": new_id()}


def repeat_until_done(write, caller, key):
    """As a client would."""
    answers = [write.send(caller, headers=key)]
    while answers[-1].status != 200:
        assert answers[-1].code in BUSY and len(answers) < 100, str(answers[-1])
        answers.append(write.send(caller, headers=key))
    return answers[-1]


@every_write
@pytest.mark.parametrize("plan", ["lose the answer", "lose the commit"])
def test_a_repeat_after_a_lost_commit(world, proxy, caller, make, plan, key):
    write = make(world)
    proxy.plan = plan
    first = write.send(caller, headers=key)
    assert (first.status == 200) == (plan != "lose the commit") and proxy.plan is None
    again = repeat_until_done(write, caller, key)
    assert write.count() == 1 and (first.status != 200 or again.body == first.body)
    assert write.send(caller, headers=key).body == again.body and write.count() == 1


@every_write
def test_a_repeat_while_nobody_knows(world, proxy, caller, make, key):
    """The first one's COMMIT arrives long after its client was told that nobody knows."""
    write = make(world)
    proxy.plan = "hold the commit"
    assert write.send(caller, headers=key).code in ("outcome_unknown", "database_unavailable")
    write.send(caller, headers=key).refused("request_in_flight")
    assert write.count() == 0
    proxy.release.set()
    wait_for(lambda: write.count() == 1)
    again = repeat_until_done(write, caller, key)
    assert write.send(caller, headers=key).body == again.body and write.count() == 1


@pytest.mark.parametrize("plan", ["lose the answer", "lose the commit", "hold the answer"])
def test_an_answer_that_changes_nothing_is_simply_given_again(world, proxy, caller, plan, key):
    """The pick of one who holds the task already: only the keeping of its answer is at stake."""
    write = pick(world)
    write.send(caller).ok()
    proxy.plan = plan
    first = write.send(caller, headers=key)
    first.ok()
    assert proxy.plan is None and write.send(caller, headers=key).body == first.body and write.count() == 1


@every_write
def test_a_repeat_after_the_worker_was_killed(world, proxy, database, start_worker, make, key):
    """The worker dies while its COMMIT is on the way; another one is asked."""
    url = database.url_by(proxy.folder)
    first, second = (start_worker(threads=1, DATABASE_URL=url, REQUEST_DEADLINE="3") for _ in range(2))
    for caller in (first, second):
        caller.get("/readyz").ok()
    write = make(world)
    proxy.plan = "hold the answer"
    proxy.at_commit = first.worker.process.kill
    with pytest.raises(ConnectionError):
        write.send(first, headers=key)
    again = repeat_until_done(write, second, key)
    assert write.count() == 1 and write.send(second, headers=key).body == again.body
