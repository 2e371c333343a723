"""Each statement of each write, and just before it or just after it the end of the server's session or of the worker:
the change has happened whole or not at all, nobody is told otherwise, and the next request is answered."""

import pytest
from attempt import Attempt
from writes import WRITES

LEAST = 300  # kills in all


@pytest.fixture(scope="module")
def counts():
    return {}


@pytest.mark.parametrize("name", WRITES)
def test_a_write_that_is_cut_off_is_whole_or_not_there(world, team, host, counts, name):
    whole = Attempt(world, team, host, WRITES[name])
    whole.warm_up()
    statements = whole.run_by_statements()
    expected = whole.scene.left()
    assert expected != whole.before and statements[-1] == "COMMIT"
    counts[name] = 0
    for number, statement in enumerate(statements, 1):
        for after in (False, True):
            for victim in ("session", "worker"):
                attempt = Attempt(world, team, host, WRITES[name])
                pid = attempt.go_to(number, after).pid
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
