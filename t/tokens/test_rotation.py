"""Keys come and go: a new one is found by itself, and with one that is gone goes what was remembered."""

import itertools
import os
import threading
import time

import pytest
from signing_keys import SigningKey

ONLY_LONG = pytest.mark.skipif("EVENTFLOW_TEST_LONG" not in os.environ, reason="it takes half a minute")


def test_a_new_key_is_found_by_one_fetch(holders, server):
    holder = holders(server).wait_until_fetched()
    old = server.keys.current
    assert holder.show(holder.token(old)).status == 200
    new = server.keys.rotate()
    first = holder.show(holder.token(new))
    assert first.code in (None, "invalid_token") and first.seconds < 1
    holder.becomes(None, holder.token(new))
    assert holder.asked() == 2
    assert holder.show(holder.token(old)).status == 200


def test_a_key_that_is_gone(holders, server):
    """SIGHUP brings about at once what ten minutes do: the test must not wait that long."""
    holder = holders(server).wait_until_fetched()
    old, new = server.keys.current, server.keys.rotate()
    token = holder.token(old)
    assert holder.show(token).status == 200
    server.keys.revoke(old)
    assert holder.show(token).status == 200, "it is remembered, and the key set too"
    holder.hang_up()
    holder.becomes(None, holder.token(new))
    assert holder.show(token).code == "invalid_token", "what was remembered died with the key"
    assert holder.worker.process.poll() is None


def test_the_same_set_keeps_what_is_remembered(holders, server):
    """Fetched again, it is no other set: the number of it stays."""
    holder = holders(server).wait_until_fetched()
    token = holder.token(server.keys.current)
    assert holder.show(token).status == 200
    asked = holder.asked()
    holder.show(holder.token(SigningKey("ES256")))
    while holder.asked() == asked:
        time.sleep(0.02)
    time.sleep(0.2)
    assert holder.show(token).status == 200
    assert holder.log().count("keys from") == 1


def flood(holder, seconds, slowest):
    """Shows tokens of unknown keys, and each time a good one; adds the seconds of the slowest answer to a list."""
    evil, good = SigningKey("ES256"), holder.token(holder.server.keys.current)
    end, longest = time.monotonic() + seconds, 0
    for number in itertools.count():
        if time.monotonic() > end:
            break
        evil.id = f"evil-{number}"
        unknown, known = holder.show(holder.token(evil)), holder.show(good)
        assert (unknown.code, known.code) == ("invalid_token", None)
        longest = max(longest, unknown.seconds, known.seconds)
        time.sleep(0.01)
    slowest.append(longest)


@pytest.mark.parametrize("seconds, fetches", ((5, 2), pytest.param(32, 3, marks=ONLY_LONG)))
def test_unknown_keys_bring_one_fetch_in_half_a_minute(holders, server, seconds, fetches):
    """In each worker; the one at its start comes besides. Nobody waits meanwhile."""
    workers = [holders(server).wait_until_fetched() for _ in range(2)]
    slowest = []
    threads = [threading.Thread(target=flood, args=(holder, seconds, slowest)) for holder in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.asked()) == len(workers) * fetches
    assert len(slowest) == len(workers) and max(slowest) < 1
