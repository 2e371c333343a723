"""Rows of the matrix that are about moments within one request: a worker of one thread, whose statements pass one by
one."""

import os
import re
import signal
import time
import uuid

import pytest
import tokens
from attempt import Attempt
from nemesis import ORDINARY
from scenes import parse
from schedule import wait_until
from shim import INTERRUPT, IO, SHORTEN
from writes import WRITES

AWAY = 503, "database_unavailable"
STOPS_IN = 10  # seconds that a worker may take to end


def ready(world, team, host, name):
    attempt = Attempt(world, team, host, WRITES[name])
    attempt.warm_up()
    return attempt


def statements_and_outcome(world, team, host, name):
    """How many statements the write has, and what it leaves."""
    whole = ready(world, team, host, name)
    count = len(whole.run_by_statements())
    wait_until(lambda: host.serve() or whole.is_answered())
    return count, whole.scene.left()


def refusal(attempt):
    answer = attempt.host.answer_on(attempt.connection, 5)
    status, body = parse(answer)
    assert status != 503 or b"\r\nRetry-After: 1\r\n" in answer
    return status, body.get("code")


@pytest.mark.parametrize("mode", ("fast", "immediate"))
def test_f01_f02_a_restart_in_a_transaction(site_world, site_team, site_host, restart, mode):
    attempt = ready(site_world, site_team, site_host, "finish")
    attempt.go_between_the_round_trips()
    restart(mode)
    site_host.relay.let_go()
    assert refusal(attempt) == AWAY and attempt.scene.left() == attempt.before
    began = time.monotonic()
    wait_until(lambda: attempt.next_status() == 200)
    assert time.monotonic() - began < 1


def test_f12_an_idle_transaction_is_cut_off(world, team, host, role_setting):
    """The worker takes too long between its two round trips."""
    name = "idle_in_transaction_session_timeout"
    role_setting(name, "100ms", ORDINARY[name])
    attempt = ready(world, team, host, "finish")
    attempt.end_session(host.relay.link.pid)
    link = attempt.go_between_the_round_trips()
    os.kill(host.process.pid, signal.SIGSTOP)
    try:
        wait_until(lambda: host.serve() or link.is_closed)
    finally:
        os.kill(host.process.pid, signal.SIGCONT)
        host.relay.let_go()
    assert refusal(attempt) == AWAY
    assert attempt.scene.left() == attempt.before and attempt.next_status() == 200


def test_f09_a_failure_behind_the_last_statement(world, team, host):
    """All that was asked for has been answered, and then the transaction is no more, as when a timeout strikes there."""
    attempt = ready(world, team, host, "finish")
    link = host.relay.link
    host.relay.holds_sync = True
    attempt.send()
    wait_until(lambda: host.serve() or (link.steps and link.steps[0].is_sync and not link.in_flight))
    link.fail()
    wait_until(lambda: host.serve() or link.has_failed)
    host.relay.let_go()
    assert refusal(attempt) == (503, "database_busy")
    assert attempt.scene.left() == attempt.before and attempt.next_status() == 200


@pytest.mark.parametrize("name", ("finish", "instantiate"))
def test_f16_a_worker_that_is_told_to_stop_at_a_statement_answers(world, team, host, name):
    count, expected = statements_and_outcome(world, team, host, name)
    for number in range(1, count + 1):
        attempt = ready(world, team, host, name)
        attempt.go_to(number)
        host.process.send_signal(signal.SIGTERM)
        host.relay.let_go()
        status, body = parse(host.answer_on(attempt.connection, 5))
        attempt.connection.socket.close()
        assert status == 200 and attempt.scene.left() == expected, f"at {number}: {status} {body}"
        assert host.process.wait(STOPS_IN) == 0
    host.start()


@pytest.mark.parametrize("name", ("finish", "instantiate"))
def test_f18_a_client_that_goes_away_at_a_statement(world, team, host, name):
    count, expected = statements_and_outcome(world, team, host, name)
    for number in range(1, count + 1):
        for after in (False, True):
            attempt = ready(world, team, host, name)
            link = attempt.go_to(number, after)
            attempt.connection.socket.close()
            link.withholds = False
            host.relay.let_go()
            if after:  # what was withheld is gone, and with it the session
                link.close()
            assert attempt.next_status() == 200
            left = attempt.scene.left()
            assert left in (attempt.before, expected), f"at {number}, {after}: half of it is there: {left}"


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize("action", (SHORTEN, INTERRUPT), ids=("short", "interrupted"))
def test_f21_calls_that_are_short_or_interrupted(world, team, shimmed_host, action, name):
    shim = shimmed_host.shim
    _, expected = statements_and_outcome(world, team, shimmed_host, name)
    attempt = ready(world, team, shimmed_host, name)
    shim.arm(IO, action, 1, persists=True)
    attempt.send()
    statuses = (200,) if action == SHORTEN else (200, 503)
    attempt.judge(expected, name, statuses, may_close=action == INTERRUPT, on_answer=shim.disarm)
    assert shim.hits() > 100 or action == INTERRUPT, "nothing was shortened"


@pytest.mark.parametrize("skew", (-3600, 3600))
def test_f22_a_wrong_clock_dates_nothing(world, team, shimmed_host, skew):
    host = shimmed_host
    attempt = ready(world, team, host, "pick")

    def status_with(**claims):
        token = tokens.mint(world.stack, world.admin.id, jti=uuid.uuid4().hex, **claims)
        return parse(host.get("/api/auth/me", token, 5))[0]

    now = int(time.time())
    host.shim.set_clock(skew)
    attempt.end_session(host.relay.link.pid)  # a new one looks at the server's clock
    try:
        assert attempt.run()[0] == 200, "its token lives for an hour, and some seconds"
        assert status_with(exp=now + 2 * 3600) == 200
        assert status_with(exp=now + skew - 60) == 401 and status_with(exp=now + skew + 60) == 200
    finally:
        host.shim.set_clock(0)
    direction = "behind" if skew < 0 else "ahead of"
    words = rf"the clock of this machine is 3[56]\d\d seconds {direction} that of the database"
    assert re.search(words, host.log.read_text())
    again = ready(world, team, host, "pick")
    assert again.run()[0] == 200
    for each in (attempt, again):
        last = world.audit(each.scene.tasks["t"])[-1]
        age = world.value("SELECT extract(epoch FROM now() - %s)", last["created_at"])
        assert 0 <= age < 60
