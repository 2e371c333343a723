"""Every allocation, every call to libpq and every read and write of every operation fails, once or from then on: no
worker dies of it, nothing is half done, and the next request is answered."""

import collections
import time

import pytest
from attempt import Attempt
from operations import OPERATIONS
from shim import ALLOCATION, COUNT, FAIL, IO, LIBPQ

SHORT = ("pick", "task_list")
SHORT_STRIDES = {ALLOCATION: 7, LIBPQ: 4, IO: 4}  # of the calls that are tried without --long
WITHOUT_MEMORY = 0.3  # seconds
LEAST = 60  # calls in all
FAMILIES = {"allocation": ALLOCATION, "libpq": LIBPQ, "io": IO}


@pytest.fixture
def strides(request, is_long):
    strides = dict.fromkeys(SHORT_STRIDES, 1) if is_long else dict(SHORT_STRIDES)
    strides[ALLOCATION] = request.config.getoption("--stride") or strides[ALLOCATION]
    return strides


@pytest.fixture(scope="module")
def counts():
    """How many calls have failed, of each family."""
    return collections.Counter()


@pytest.fixture(params=OPERATIONS)
def operation(request, is_long):
    if not is_long and request.param not in SHORT:
        pytest.skip("only with --long")
    return OPERATIONS[request.param]


def calls_of(family, world, team, host, operation):
    """Runs the operation undisturbed: the names of its calls, its answer, and what it leaves."""
    for _ in range(2):  # what is allocated once is then there
        whole = Attempt(world, team, host, operation)
        whole.warm_up()
        host.shim.arm(family, COUNT)
        status, body = whole.run()
        host.shim.disarm()
    return host.shim.names(), (status, body.get("code")), whole.scene.left()


def wait_for_memory(attempt):
    """The first thing that is allocated is what a connection is known by: it is not accepted until that can be had."""
    deadline = time.monotonic() + WITHOUT_MEMORY
    while time.monotonic() < deadline:
        attempt.host.serve()
        assert not attempt.is_answered()
    attempt.host.shim.disarm()


@pytest.mark.parametrize("persists", (False, True), ids=("once", "from then on"))
@pytest.mark.parametrize("family", FAMILIES)
def test_a_call_that_fails_breaks_nothing(world, team, shimmed_host, operation, family, persists, strides, counts):
    host, shim, number_of = shimmed_host, shimmed_host.shim, FAMILIES[family]
    calls, good, expected = calls_of(number_of, world, team, host, operation)
    if not calls:
        pytest.skip("there are no such calls")
    wrong = []
    for number in range(1, len(calls) + 1, strides[number_of]):
        counts[family] += 1
        attempt = Attempt(world, team, host, operation)
        attempt.warm_up()
        shim.arm(number_of, FAIL, number, persists)
        attempt.send()
        try:
            if number == 1 and persists and number_of == ALLOCATION:
                wait_for_memory(attempt)
            attempt.judge(
                expected,
                f"call {number} of {len(calls)}, {calls[number - 1]}",
                statuses=(good[0], 500, 503),
                on_answer=shim.disarm,
                may_close=number_of == IO,
            )
        except AssertionError as error:
            wrong.append(str(error))
        finally:
            shim.disarm()
    assert not wrong, "\n".join(wrong)


def test_the_calls_were_many(counts, say):
    say(f"calls that failed: {dict(counts)}")
    assert set(counts) == set(FAMILIES) and sum(counts.values()) >= LEAST
