"""Attacks 5 and 9 to the last second and byte: the leeway of a token's times, and tokens with another byte."""

import time

import pytest
from attacks_on_identity import ME, es256, hs256

LEEWAY = 30  # seconds
CHANGES = {  # of a claim, in seconds from now: at the edges of the leeway
    "expired 29 s ago": ("exp", -LEEWAY + 1, 200, None),
    "expired 30 s ago": ("exp", -LEEWAY, 401, "token_expired"),
    "expired 31 s ago": ("exp", -LEEWAY - 1, 401, "token_expired"),
    "expires now": ("exp", 0, 200, None),
    "valid in 29 s": ("nbf", LEEWAY - 1, 200, None),
    "valid in 30 s": ("nbf", LEEWAY, 200, None),
    "valid in 31 s": ("nbf", LEEWAY + 1, 401, "invalid_token"),
}


def within_one_second(ask):
    """The answer to ask(now), asked again until the second that it was asked in is the one that it was answered in."""
    for _ in range(100):
        now = int(time.time())
        answer = ask(now)
        if int(time.time()) == now:
            return answer
    raise AssertionError("no request was answered within a second")


@pytest.mark.parametrize("make", (hs256, es256))
@pytest.mark.parametrize("name", CHANGES)
def test_the_leeway_to_the_second(front, scene, name, make):
    claim, seconds, status, code = CHANGES[name]
    answer = within_one_second(lambda now: front.nobody.with_token(make(scene, **{claim: now + seconds})).get(ME))
    assert (answer.status, answer.code) == (status, code)


@pytest.mark.parametrize("make", (hs256, es256))
def test_any_other_byte(front, scene, make):
    """Each byte of header, claims and signature, and the dots, becomes another one; the token itself is accepted."""
    good = make(scene)
    front.nobody.with_token(good).get(ME).ok()
    for place, old in enumerate(good):
        new = "A" if old != "A" else "B"
        front.nobody.with_token(good[:place] + new + good[place + 1 :]).get(ME).refused("invalid_token")
    for end in ("A", "=", "==", ".", "-"):
        front.nobody.with_token(good + end).get(ME).refused("invalid_token")
    front.nobody.with_token(good).get(ME).ok()
