"""Each statement of each write, and just before it or just after it the end of the server's session or of the worker:
the change has happened whole or not at all, nobody is told otherwise, and the next request is answered."""

import pytest
from attempt import Attempt
from schedule import wait_until
from writes import WRITES

LEAST = 300  # kills in all


@pytest.fixture(scope="module")
def counts():
    return {}


def statements_of(attempt):
    """Runs the write undisturbed; the names of its statements."""
    host, names = attempt.host, []
    host.relay.holds = True
    attempt.send()
    while name := next_statement(attempt):
        names.append(name)
        host.relay.link.release()
        wait_until(lambda: host.serve() or not host.relay.link.in_flight)
    host.relay.holds = False
    return names


def next_statement(attempt):
    """The one that waits to be let through; None once there is an answer."""
    host = attempt.host
    wait_until(lambda: host.serve() or host.relay.is_waiting() or attempt.is_answered())
    return host.relay.link.steps[0].statement if host.relay.is_waiting() else None


def go_to(attempt, number, after):
    """Up to the statement of this number: it is done (but for the answer), or has not been sent. Returns the link."""
    host = attempt.host
    host.relay.holds = True
    attempt.send()
    for step in range(1, number + 1):
        assert next_statement(attempt)
        link = host.relay.link
        if step == number and not after:
            break
        link.withholds = step == number
        link.release()
        wait_until(lambda link=link: host.serve() or not link.in_flight)
    return link


@pytest.mark.parametrize("name", WRITES)
def test_a_write_that_is_cut_off_is_whole_or_not_there(world, team, host, counts, name):
    whole = Attempt(world, team, host, WRITES[name])
    whole.warm_up()
    statements = statements_of(whole)
    expected = whole.scene.left()
    assert expected != whole.before and statements[-1] == "COMMIT"
    counts[name] = 0
    for number, statement in enumerate(statements, 1):
        for after in (False, True):
            for victim in ("session", "worker"):
                attempt = Attempt(world, team, host, WRITES[name])
                pid = go_to(attempt, number, after).pid
                if victim == "session":
                    attempt.end_session(pid)
                else:
                    attempt.end_worker()
                host.relay.holds = False
                what = f"{name}: the {victim} ends {'after' if after else 'before'} {statement} ({number})"
                attempt.judge(expected, what, may_die="" if victim == "worker" else None)
                counts[name] += 1


def test_there_are_enough_kills(counts):
    assert set(counts) == set(WRITES)
    assert sum(counts.values()) >= LEAST, counts
