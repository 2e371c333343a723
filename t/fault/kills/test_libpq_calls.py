"""Each call of the worker to libpq in a write, and just before it or just after it the end of the server's session or
of the worker."""

import pytest
from attempt import Attempt
from schedule import wait_until
from shim import COUNT, KILL_AFTER, KILL_BEFORE, LIBPQ, LIE, PAUSE_AFTER, PAUSE_BEFORE
from writes import WRITES


def ready(world, team, host, write, connection):
    """connection: whether the worker's connection to the server is there before the request."""
    attempt = Attempt(world, team, host, write)
    attempt.warm_up()
    if connection == "new":
        attempt.end_session(host.relay.link.pid)
    return attempt


def end(attempt, link):
    """Ends the session of the link; one that is only beginning cannot be named, and loses its way to the worker."""
    if link.pid:
        attempt.end_session(link.pid)
    else:
        link.close()


@pytest.mark.parametrize("connection", ("kept", "new"))
@pytest.mark.parametrize("name", WRITES)
def test_a_write_that_is_cut_off_at_a_call_is_whole_or_not_there(world, team, shimmed_host, name, connection, is_long):
    if not is_long:
        pytest.skip("only with --long: the statements are tried in any case")
    host, shim, write = shimmed_host, shimmed_host.shim, WRITES[name]
    whole = ready(world, team, host, write, connection)
    shim.arm(LIBPQ, COUNT)
    assert whole.run()[0] == 200
    shim.disarm()
    calls, expected = shim.names(), whole.scene.left()
    assert "PQpipelineSync" in calls and ("PQconnectStartParams" in calls) == (connection == "new")
    for number, call in enumerate(calls, 1):
        for action in (PAUSE_BEFORE, PAUSE_AFTER, KILL_BEFORE, KILL_AFTER):
            attempt = ready(world, team, host, write, connection)
            shim.arm(LIBPQ, action, number)
            attempt.send()
            wait_until(lambda: host.serve() or shim.is_paused() or attempt.is_answered() or not host.is_alive())
            if shim.is_paused() and host.relay.link:
                end(attempt, host.relay.link)
            is_kill = action in (KILL_BEFORE, KILL_AFTER)
            if is_kill and shim.hits():
                host.process.wait(5)
            shim.disarm()
            attempt.judge(expected, f"action {action} at call {number}, {call}", may_die="" if is_kill else None)


@pytest.mark.parametrize("name", WRITES)
def test_a_commit_that_the_server_answers_with_rollback_is_no_success(world, team, shimmed_host, name):
    """The server calls COMMIT a success even when the transaction had failed; only the command tag tells."""
    shim = shimmed_host.shim
    attempt = ready(world, team, shimmed_host, WRITES[name], "kept")
    shim.arm(LIBPQ, LIE, 1, persists=True)
    status, body = attempt.run()
    shim.disarm()
    assert status in (500, 503), f"{status} {body}"
    assert attempt.scene.left() == attempt.before
