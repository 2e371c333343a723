"""Bearer tokens: which are taken, which are refused, and with which code."""

import base64
import hashlib
import hmac
import json
import time

import jwt
import pytest

import tokens
from world import PASSWORD


def part(value):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sign(stack, header, claims):
    """A token with a header and claims of any kind, and a signature that fits: PyJWT would not write these."""
    head = f"{part(header)}.{part(claims)}"
    return f"{head}.{part(hmac.new(stack.secret.encode(), head.encode(), hashlib.sha256).digest())}"


BAD_CLAIMS = {
    "sub is missing": {"sub": None},
    "sub is no UUID": {"sub": "somebody"},
    "sub is a number": {"sub": 1},
    "sub is empty": {"sub": ""},
    "role is missing": {"role": None},
    "role is anon": {"role": "anon"},
    "role is service_role": {"role": "service_role"},
    "aud is missing": {"aud": None},
    "aud is another": {"aud": "others"},
    "aud is an empty list": {"aud": []},
    "iss is missing": {"iss": None},
    "iss is another": {"iss": "https://evil.example.com/auth/v1"},
    "exp is missing": {"exp": None},
    "exp is text": {"exp": "9999999999"},
    "exp is a fraction": {"exp": 9999999999.5},
    "exp is true": {"exp": True},
    "exp is too large": {"exp": 2**53 + 1},
    "exp is negative": {"exp": -1},
    "exp is enormous": {"exp": 10**30},
    "nbf is text": {"nbf": "1"},
    "nbf is a fraction": {"nbf": 1.5},
    "nbf lies ahead": {"nbf": int(time.time()) + 3600},
    "anonymous": {"is_anonymous": True},
    "OAuth client": {"client_id": "some-client"},
}
GOOD_CLAIMS = {
    "aud is a list": {"aud": ["others", "authenticated"]},
    "iat is nonsense": {"iat": "yesterday"},
    "iat lies ahead": {"iat": 9999999999},
    "nbf is past": {"nbf": 1},
    "nbf within the leeway": {"nbf": int(time.time()) + 15},
    "not anonymous": {"is_anonymous": False},
    "other claims": {"app_metadata": {"role": "admin"}, "user_role": "SystemAdmin", "email": "x"},
}


def me(nobody, token):
    return nobody.with_token(token).get("/api/auth/me")


@pytest.fixture(scope="module")
def user(world):
    return world.user("vendor")


@pytest.mark.parametrize("name", BAD_CLAIMS)
def test_bad_claims(stack, nobody, user, name):
    claims = tokens.claims(stack, user.id, **BAD_CLAIMS[name])
    me(nobody, sign(stack, {"alg": "HS256", "typ": "JWT"}, claims)).refused("invalid_token")


@pytest.mark.parametrize("name", GOOD_CLAIMS)
def test_good_claims(stack, nobody, user, name):
    claims = tokens.claims(stack, user.id, **GOOD_CLAIMS[name])
    assert me(nobody, sign(stack, {"alg": "HS256", "typ": "JWT"}, claims)).ok()["user"]["id"] == user.id


def test_expiry_and_its_leeway(stack, nobody, user):
    now = int(time.time())
    me(nobody, tokens.mint(stack, user.id, exp=now - 3600)).refused("token_expired")
    me(nobody, tokens.mint(stack, user.id, exp=now - 32)).refused("token_expired")
    me(nobody, tokens.mint(stack, user.id, exp=now - 20)).ok()
    me(nobody, tokens.mint(stack, user.id, exp=0)).refused("token_expired")


def test_a_token_expires_while_it_is_used(stack, nobody, user):
    """What a worker remembers of a token ends with the token."""
    token = tokens.mint(stack, user.id, exp=int(time.time()) - 29)
    me(nobody, token).ok()
    deadline = time.monotonic() + 5
    while me(nobody, token).status == 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    me(nobody, token).refused("token_expired")


BAD_HEADERS = (
    {"alg": "none"},
    {"alg": "None"},
    {"alg": "NONE"},
    {"alg": "hs256"},
    {"alg": "HS384"},
    {"alg": "HS512"},
    {"alg": "RS256"},
    {"alg": "ES256"},
    {"alg": 1},
    {"alg": None},
    {},
    {"alg": ["HS256"]},
    {"alg": "HS256", "crit": ["exp"]},
    {"alg": "HS256", "crit": []},
    [],
    "HS256",
    1,
)


@pytest.mark.parametrize("header", BAD_HEADERS, ids=str)
def test_bad_headers(stack, nobody, user, header):
    claims = tokens.claims(stack, user.id)
    me(nobody, sign(stack, header, claims)).refused("invalid_token")
    me(nobody, f"{part(header)}.{part(claims)}.").refused("invalid_token")


def test_the_key_id_is_ignored(stack, nobody, user):
    for kid in ("../../dev/null", "' OR 1=1 --", "x" * 1024):
        me(nobody, sign(stack, {"alg": "HS256", "kid": kid}, tokens.claims(stack, user.id))).ok()


def test_a_damaged_token(stack, nobody, user):
    good = tokens.mint(stack, user.id)
    header, claims, signature = good.split(".")
    me(nobody, good).ok()
    for place in range(0, len(good), 3):
        other = "A" if good[place] != "A" else "B"
        if good[place] != "." and good[:place] + other != good[: place + 1]:
            damaged = good[:place] + other + good[place + 1 :]
            assert me(nobody, damaged).status == 401, place
    last = good[:-1] + chr(ord(good[-1]) + 1)
    for damaged in (
        f"{header}.{claims}",
        f"{header}.{claims}.",
        f"{header}..{signature}",
        f".{claims}.{signature}",
        f"{good}.x",
        f"{good}=",
        f"{header}.{claims}.{signature[:-4]}",
        f"{header}.{claims}.{signature}AAAA",
        "..",
        ".",
        "a.b.c",
        "€",
        f"{good}\u00e9",
        last,
    ):
        assert me(nobody, damaged.encode().decode("latin-1")).code == "invalid_token", damaged


def test_another_secret(stack, nobody, user):
    claims = tokens.claims(stack, user.id)
    for secret in ("", "x" * 48, stack.secret.upper(), stack.secret[:-1]):
        if secret != stack.secret:
            me(nobody, jwt.encode(claims, secret, algorithm="HS256")).refused("invalid_token")


def test_claims_that_are_no_sound_json(stack, nobody, user):
    good = json.dumps(tokens.claims(stack, user.id)).encode()
    for bad in (
        b"",
        b"null",
        b"[]",
        b'["sub"]',
        good + b"x",
        good[:-1],
        good[:-1] + b',"sub":"' + user.id.encode() + b'"}',
        b"\xff" + good,
        good[:-1] + b',"x":"\\u0000"}',
        good[:-1] + b',"x":NaN}',
        b"[" * 2000,
    ):
        assert me(nobody, sign(stack, {"alg": "HS256"}, bad)).code == "invalid_token", bad[:80]


def test_the_size_of_a_token(stack, nobody, user):
    base = len(tokens.mint(stack, user.id, x=""))
    fits = tokens.mint(stack, user.id, x="x" * int((8192 - base) * 0.74))
    assert 8000 < len(fits) <= 8192
    me(nobody, fits).ok()
    larger = tokens.mint(stack, user.id, x="x" * 6300)
    assert 8192 < len(larger) < 9000
    me(nobody, larger).refused("invalid_token")


def test_a_header_without_a_token(stack, world, user):
    good = tokens.mint(stack, user.id)
    for value in (
        None,
        "",
        "Bearer",
        "Bearer ",
        f"Basic {good}",
        good,
        f"Bearer {good}, Bearer {good}",
        f"Bearer {good} {good}",
        f"Bearer  {good}",
        f"Token {good}",
        f"Bearer\t{good}",
        f"BearerX {good}",
    ):
        assert world.nobody.get("/api/auth/me", headers={"Authorization": value}).code in (
            "missing_token",
            "invalid_token",
        ), value
    world.nobody.get("/api/auth/me").refused("missing_token")
    for scheme in ("Bearer", "bearer", "BEARER"):
        world.nobody.get("/api/auth/me", headers={"Authorization": f"{scheme} {good}"}).ok()
    world.nobody.get("/api/auth/me", {"access_token": good}).refused("missing_token")


def test_two_authorization_headers(stack, world, user):
    good = tokens.mint(stack, user.id)
    answer = world.nobody.raw(
        f"GET /api/auth/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {good}\r\nAuthorization: Bearer {good}\r\n"
        "Connection: close\r\n\r\n".encode()
    )
    assert answer.status in (400, 401)


def test_a_profile_is_needed(world):
    world.stranger().get("/api/auth/me").refused("profile_not_found")
    world.user("admin", is_active=False).get("/api/auth/me").refused("profile_inactive")


def test_claims_give_no_rights(stack, world, nobody, user):
    """Only `sub` counts; what a token says of roles does not."""
    token = tokens.mint(
        stack, user.id, app_metadata={"role": "admin", "user_type": "SystemAdmin"}, access_level="admin"
    )
    template = {"name": "x", "nodes": [], "edges": []}
    nobody.with_token(token).post("/api/workflow-templates", template).refused("admin_required")


# ---- Login -------------------------------------------------------------------------------------------------


def login(nobody, email, password):
    return nobody.post("/api/auth/login", {"email": email, "password": password}, {"X-Request-Id": "the-same"})


def test_wrong_email_and_wrong_password_are_the_same(world, nobody):
    user = world.user("vendor", with_password=True)
    passwordless = world.user("vendor")
    wrong = login(nobody, user.email, "wrong")
    wrong.refused("invalid_credentials")
    for email, password in (
        ("nobody@example.com", PASSWORD),
        (user.email, PASSWORD + " "),
        (user.email, "x" * 73),
        (user.email, "x" * 200),
        (user.email, "a\u0000b"),
        (passwordless.email, PASSWORD),
        ("' OR true --", PASSWORD),
        ("%", PASSWORD),
    ):
        answer = login(nobody, email, password)
        assert answer.body == wrong.body or answer.code in ("invalid_json", "invalid_field"), (email, password)


def test_they_take_the_same_time(world, nobody):
    user = world.user("vendor", with_password=True)

    def seconds(email):
        times = []
        for _ in range(5):
            start = time.monotonic()
            login(nobody, email, "wrong")
            times.append(time.monotonic() - start)
        return sorted(times)[2]

    known, unknown = seconds(user.email), seconds("nobody@example.com")
    assert 0.5 < known / unknown < 2, (known, unknown)


def test_a_login_of_one_who_is_inactive(world, nobody):
    user = world.user("vendor", with_password=True, is_active=False)
    login(nobody, user.email, PASSWORD).refused("profile_inactive")
    login(nobody, user.email, "wrong").refused("invalid_credentials")


def test_the_case_of_an_email_does_not_matter(world, nobody):
    user = world.user("vendor", with_password=True)
    answer = login(nobody, user.email.upper(), PASSWORD).ok()
    assert answer["user"]["id"] == user.id
    assert 0 <= answer["expires_at"] - time.time() - answer["expires_in"] + 2 <= 4
    me(nobody, answer["access_token"]).ok()
