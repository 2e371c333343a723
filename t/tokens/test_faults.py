"""The key set cannot be had: from the start, or later, when the keys of before are kept."""

import contextlib
import time

import pytest
from auth_server import JWKS
from signing_keys import SecretKey, SigningKey

SECRET = "a secret of the tests, which is long enough"


def misbehaves(mode):
    return lambda server: server.misbehave(mode, JWKS)


def has_certificate(name):
    return lambda server: setattr(server, "certificate", name)


def serves(change):
    """Another key set than the real one."""
    return lambda server: setattr(server.keys, "key_set", lambda: change(type(server.keys).key_set(server.keys)))


FAULTS = {
    "slow": (misbehaves("slow"), "took too long"),
    "dripping": (misbehaves("dripping"), "took too long"),
    "endless": (misbehaves("endless"), "too large"),
    "endless headers": (misbehaves("endless_headers"), "too large"),
    "more than 64 KiB": (serves(lambda keys: {**keys, "pad": "x" * 65536}), "too large"),
    "10 MB": (serves(lambda keys: {**keys, "pad": "x" * 10_000_000}), "too large"),
    "half a set": (misbehaves("broken_json"), "no sound JSON"),
    "nothing": (misbehaves("empty"), "no sound JSON"),
    "a page": (misbehaves("html"), "no sound JSON"),
    "another shape": (misbehaves("wrong_shape"), 'no JSON object with an array "keys"'),
    "no keys": (serves(lambda keys: {"keys": []}), "no key that can be used"),
    "keys of no use": (serves(lambda keys: {"keys": [1, {"kty": "oct", "k": "AAAA"}]}), "no key that can be used"),
    "500": (misbehaves("error_500"), "status 500"),
    "502": (misbehaves("gateway_error"), "status 502"),
    "a redirect": (misbehaves("redirect"), "status 307"),
    "a closed connection": (misbehaves("closed"), "cut short"),
    "a truncated answer": (misbehaves("truncated"), "cut short"),
    "no HTTP": (misbehaves("no_http"), "cut short, or is no HTTP"),
    "another host's certificate": (has_certificate("wrong_host"), "TLS failed"),
    "an expired certificate": (has_certificate("expired"), "TLS failed"),
    "a certificate that nobody vouches for": (has_certificate("untrusted"), "TLS failed"),
}


def mend(server):
    server.behave()
    with contextlib.suppress(AttributeError):
        del server.keys.key_set


def wait_for(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("name", FAULTS)
def test_from_the_start(holders, server, name):
    """Nobody waits for it; what needs the keys is told so; and it mends itself."""
    begin, reason = FAULTS[name]
    begin(server)
    holder = holders(server)
    token = holder.token(server.keys.current)
    for _ in range(20):
        answer = holder.show(token)
        assert (answer.status, answer.code) == (503, "keys_unavailable") and "Retry-After" in answer.headers
        assert answer.seconds < 1
    ready = holder.get("/readyz")
    assert (ready.status, ready.code) == (503, "not_ready") and ready.seconds < 1
    assert holder.get("/healthz").status == 200
    for bad in (holder.token(SecretKey(SECRET)), "x", holder.token(server.keys.current, {"kid": ""})):
        assert holder.show(bad).code == "invalid_token", "no keys are needed to see that"
    wait_for(lambda: "cannot fetch" in holder.log())
    assert reason in holder.log(), holder.log()
    mend(server)
    holder.becomes(None, token)
    assert holder.get("/readyz").status == 200
    assert server.asked("/auth/v1/elsewhere") == []


@pytest.mark.parametrize("name", FAULTS)
def test_later(holders, server, name):
    """The keys of before are kept, and an unknown one is unknown."""
    begin, reason = FAULTS[name]
    holder = holders(server).wait_until_fetched()
    known, unknown = holder.token(server.keys.current), holder.token(SigningKey("ES256"))
    begin(server)
    assert holder.show(unknown).code == "invalid_token"  # has the set fetched, in vain
    wait_for(lambda: "cannot fetch" in holder.log())
    assert reason in holder.log() and "the keys of before are kept" in holder.log()
    assert holder.show(known).status == 200
    assert holder.show(holder.token(server.keys.current, iat=1)).status == 200, "one that is not remembered"
    assert holder.show(unknown).code == "invalid_token"
    assert holder.get("/readyz").status == 200
    assert server.asked("/auth/v1/elsewhere") == []


def test_nobody_listens(holders, servers, server):
    other = servers()
    other.__exit__()
    holder = holders(server, SUPABASE_URL=other.url)
    assert holder.show(holder.token(server.keys.current)).code == "keys_unavailable"
    wait_for(lambda: "the connection was refused" in holder.log())


def test_with_the_secret_at_hand(holders, server):
    """Supabase is down: who signs in with the secret is served all the same."""
    server.misbehave("error_500", JWKS)
    holder = holders(server, secret=SECRET)
    assert holder.show(holder.token(SecretKey(SECRET))).status == 200
    assert holder.show(holder.token(server.keys.current)).code == "keys_unavailable"
    wait_for(lambda: holder.get("/readyz").status == 200)


def test_a_project_that_signs_with_the_secret(holders, server):
    """Its key set is empty, and rightly so: a token of another kind is bad, not early."""
    server.keys.listed.clear()
    holder = holders(server, secret=SECRET).wait_until_fetched()
    assert holder.get("/readyz").status == 200
    assert holder.show(holder.token(SecretKey(SECRET))).status == 200
    assert holder.show(holder.token(SigningKey("ES256"))).code == "invalid_token"
    assert "cannot fetch" not in holder.log()


def test_sighup_while_it_cannot_be_had(holders, server):
    """An operator who drops the keys means it."""
    holder = holders(server).wait_until_fetched()
    token = holder.token(server.keys.current)
    assert holder.show(token).status == 200
    server.misbehave("error_500", JWKS)
    holder.hang_up()
    holder.becomes("keys_unavailable", token)
    assert holder.get("/readyz").code == "not_ready"
    server.behave()
    holder.becomes(None, token)


def test_a_worker_stops_in_the_middle_of_a_fetch(holders, server):
    server.misbehave("slow", JWKS)
    holder = holders(server)
    wait_for(lambda: holder.asked() == 1)
    began = time.monotonic()
    assert holder.worker.stop() == 0
    assert time.monotonic() - began < 5


def test_plain_http_on_this_machine(holders, servers):
    server = servers(with_tls=False)
    server.url = server.url.replace("localhost", "127.0.0.1")
    holder = holders(server).wait_until_fetched()
    assert holder.show(holder.token(server.keys.current)).status == 200
