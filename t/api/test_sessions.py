"""Sessions of the local issuer: refresh tokens are used once, a used one ends its session, and a logout does too."""

import ctypes
import hashlib
import re
import time

import jwt
import pytest

from test_concurrency import at_once
from world import PASSWORD, new_id

RACES = 40
INVALID = "invalid_refresh_token"


@pytest.fixture(scope="module")
def user(world):
    return world.user("vendor", with_password=True)


@pytest.fixture(scope="module")
def first(world, nobody, user):
    """The answer of one login, for the tests that only look."""
    return login(nobody, user)


def login(nobody, user, password=PASSWORD):
    return nobody.post("/api/auth/login", {"email": user.email, "password": password}).ok()


def refresh(nobody, token):
    return nobody.post("/api/auth/refresh", {"refresh_token": token})


def claims_of(answer):
    return jwt.decode(answer["access_token"], options={"verify_signature": False})


def sessions_of(world, user):
    return world.value("SELECT count(*) FROM eventflow.sessions WHERE user_id = %s", user.id)


def test_a_refresh_gives_what_a_login_gives(nobody, user):
    answer = login(nobody, user)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", answer["refresh_token"])
    time.sleep(2.1)
    renewed = refresh(nobody, answer["refresh_token"]).ok()
    assert renewed["user"] == answer["user"] and renewed["token_type"] == "bearer"
    assert renewed["refresh_token"] != answer["refresh_token"]
    before, after = claims_of(answer), claims_of(renewed)
    assert after["exp"] == renewed["expires_at"] > before["exp"]
    assert abs(after.pop("amr")[0]["timestamp"] - before.pop("amr")[0]["timestamp"]) <= 1, "the time of the password"
    same = {name: value for name, value in before.items() if name not in ("iat", "exp")}
    assert {name: after[name] for name in same} == same, "the session and the user stay"
    assert nobody.with_token(renewed["access_token"]).get("/api/auth/me").ok()["user"]["id"] == user.id


def test_each_login_is_a_session_of_its_own(nobody, user, first):
    other = login(nobody, user)
    assert claims_of(other)["session_id"] != claims_of(first)["session_id"]


def test_a_chain_of_refreshes(world, nobody, user):
    token = world.refresh_token(user)
    for _ in range(5):
        token = refresh(nobody, token).ok()["refresh_token"]


def test_a_spent_token_ends_its_session(world, nobody, user):
    spent, other = world.refresh_token(user), world.refresh_token(user)
    second = refresh(nobody, spent).ok()["refresh_token"]
    third = refresh(nobody, second).ok()["refresh_token"]
    refresh(nobody, spent).refused(INVALID)
    for token in (spent, second, third):
        refresh(nobody, token).refused(INVALID)
    refresh(nobody, other).ok()


def test_tokens_that_never_were(nobody, first):
    token = first["refresh_token"]
    for wrong in (token[:-1], token + "x", token.swapcase(), " " + token, "x", "'", "x" * 1024, "ü", first["access_token"]):
        refresh(nobody, wrong).refused(INVALID)
    refresh(nobody, "x" * 1025).refused("invalid_field")
    refresh(nobody, "").refused("invalid_field")
    refresh(nobody, token).ok()


def test_of_two_at_once_one_wins_and_the_session_ends(world, nobody, user):
    for _ in range(RACES):
        token = world.refresh_token(user)
        answers = at_once(lambda: refresh(nobody, token), lambda: refresh(nobody, token))
        assert sorted(answer.status for answer in answers) == [200, 401]
        winner = next(answer for answer in answers if answer.status == 200)
        refresh(nobody, winner.json["data"]["refresh_token"]).refused(INVALID)


def test_a_reuse_beside_a_refresh_leaves_no_token(world, nobody, user):
    """Whichever is first: what the refresh gives belongs to a session that the reuse ends."""
    for _ in range(RACES):
        spent = world.refresh_token(user)
        current = refresh(nobody, spent).ok()["refresh_token"]
        renewed, reused = at_once(lambda: refresh(nobody, current), lambda: refresh(nobody, spent))
        reused.refused(INVALID)
        if renewed.status == 200:
            refresh(nobody, renewed.json["data"]["refresh_token"]).refused(INVALID)
        else:
            renewed.refused(INVALID)


def test_a_logout_beside_a_refresh_leaves_no_token(world, nobody, user):
    for _ in range(RACES):
        token = world.refresh_token(user)
        renewed, ended = at_once(lambda: refresh(nobody, token), lambda: user.post("/api/auth/logout"))
        ended.done()
        if renewed.status == 200:
            refresh(nobody, renewed.json["data"]["refresh_token"]).refused(INVALID)
        else:
            renewed.refused(INVALID)


def test_one_who_is_inactive(world, nobody):
    user = world.user("vendor")
    token = world.refresh_token(user)
    world.sql("UPDATE eventflow.users SET is_active = false WHERE id = %s", user.id)
    refresh(nobody, token).refused("profile_inactive")
    user.post("/api/auth/logout").refused("profile_inactive")
    world.sql("UPDATE eventflow.users SET is_active = true WHERE id = %s", user.id)
    refresh(nobody, token).ok()


def test_one_who_is_gone(world, nobody):
    user = world.user("vendor")
    token = world.refresh_token(user)
    world.sql("DELETE FROM eventflow.users WHERE id = %s", user.id)
    refresh(nobody, token).refused(INVALID)
    user.post("/api/auth/logout").refused("profile_not_found")
    assert sessions_of(world, user) == 0


def test_a_logout_ends_one_session(world, nobody, user):
    answer, other = login(nobody, user), world.refresh_token(user)
    caller = nobody.with_token(answer["access_token"])
    caller.post("/api/auth/logout", {"refresh_token": answer["refresh_token"]}).done()
    refresh(nobody, answer["refresh_token"]).refused(INVALID)
    caller.get("/api/auth/me").ok()  # the access token lives until it expires
    caller.post("/api/auth/logout", {"refresh_token": answer["refresh_token"]}).done()
    refresh(nobody, other).ok()


def test_a_spent_token_ends_the_session_at_a_logout_too(world, nobody, user):
    spent = world.refresh_token(user)
    current = refresh(nobody, spent).ok()["refresh_token"]
    user.post("/api/auth/logout", {"refresh_token": spent}).done()
    refresh(nobody, current).refused(INVALID)


@pytest.mark.parametrize("body", (None, {}), ids=("no body", "an empty object"))
def test_a_logout_from_everywhere(world, nobody, user, body):
    tokens = [world.refresh_token(user) for _ in range(3)]
    other = world.refresh_token(world.user("vendor"))
    user.post("/api/auth/logout", body).done()
    for token in tokens:
        refresh(nobody, token).refused(INVALID)
    refresh(nobody, other).ok()
    user.post("/api/auth/logout", body).done()


def test_nobody_logs_another_out(world, nobody, user):
    theirs = world.refresh_token(user)
    world.user("admin").post("/api/auth/logout", {"refresh_token": theirs}).done()
    refresh(nobody, theirs).ok()


def test_a_logout_needs_a_token(nobody, first):
    nobody.post("/api/auth/logout", {"refresh_token": first["refresh_token"]}).refused("missing_token")
    nobody.with_token("x.y.z").post("/api/auth/logout").refused("invalid_token")


def test_a_token_that_is_too_old(world, nobody):
    user = world.user("vendor", with_password=True)
    old, live = world.refresh_token(user, "0"), world.refresh_token(user)
    refresh(nobody, old).refused(INVALID)
    assert sessions_of(world, user) == 2
    login(nobody, user)  # which also sweeps what has expired
    assert sessions_of(world, user) == 2
    refresh(nobody, live).ok()


def test_old_spent_tokens_are_swept(world, nobody):
    user = world.user("vendor")
    first = world.refresh_token(user)
    second = refresh(nobody, first).ok()["refresh_token"]
    world.sql(
        "UPDATE eventflow.refresh_tokens SET expires_at = now() WHERE token_hash = %s",
        hashlib.sha256(first.encode()).digest(),
    )
    refresh(nobody, second).ok()
    left = world.sql(
        "SELECT spent_at IS NULL FROM eventflow.refresh_tokens t JOIN eventflow.sessions s ON s.id = t.session_id"
        " WHERE s.user_id = %s ORDER BY 1",
        user.id,
    )
    assert left == [(False,), (True,)]


def test_it_lives_for_thirty_days(world, nobody):
    user = world.user("vendor", with_password=True)
    token = login(nobody, user)["refresh_token"]
    query = (
        "SELECT round(extract(epoch FROM s.expires_at - now()) / 86400), t.expires_at = s.expires_at"
        " FROM eventflow.refresh_tokens t JOIN eventflow.sessions s ON s.id = t.session_id"
        " WHERE s.user_id = %s AND t.spent_at IS NULL"
    )
    assert world.sql(query, user.id) == [(30, True)]
    world.sql("UPDATE eventflow.sessions SET expires_at = now() + interval '1 day' WHERE user_id = %s", user.id)
    refresh(nobody, token).ok()
    assert world.sql(query, user.id) == [(30, True)]


def test_it_is_stored_by_its_hash_alone(world, nobody, user):
    token = login(nobody, user)["refresh_token"]
    digest = hashlib.sha256(token.encode()).digest()
    assert world.value("SELECT count(*) FROM eventflow.refresh_tokens WHERE token_hash = %s", digest) == 1
    for table in ("refresh_tokens", "sessions"):
        assert not world.value(f"SELECT bool_or(t::text LIKE %s) FROM eventflow.{table} t", f"%{token}%")


def test_the_round_trips(stack, world, nobody, user):
    def round_trips(caller, path, body):
        request_id = f"trips-{new_id()}"
        caller.call("POST", path, value=body, headers={"X-Request-Id": request_id})
        (line,) = stack.log_lines(request_id)
        return int(re.search(r"round_trips=(\d+)", line)[1])

    token = world.refresh_token(user)
    assert round_trips(nobody, "/api/auth/login", {"email": user.email, "password": PASSWORD}) == 2
    assert round_trips(nobody, "/api/auth/refresh", {"refresh_token": token}) == 2
    assert round_trips(nobody, "/api/auth/refresh", {"refresh_token": token}) == 2
    assert round_trips(user, "/api/auth/logout", {"refresh_token": token}) == 2


def test_no_refresh_token_is_logged(stack, world, nobody, user):
    spent = world.refresh_token(user)
    current = refresh(nobody, spent).ok()["refresh_token"]
    user.post("/api/auth/logout", {"refresh_token": world.refresh_token(user)}).done()
    refresh(nobody, spent).refused(INVALID)
    text = stack.log_text()
    assert "a spent refresh token was used" in text
    assert spent not in text and current not in text
    assert hashlib.sha256(spent.encode()).hexdigest() not in text


# ---- Passwords -------------------------------------------------------------------------------------------------


LIBCRYPT = ctypes.CDLL("libcrypt.so.1")
LIBCRYPT.crypt.restype = ctypes.c_char_p


def bcrypt(password):
    """The hash of a password's first 72 bytes: bcrypt does not look at more."""
    return LIBCRYPT.crypt(password.encode(), b"$2b$10$wxroO4uLUSzfkPpIAOFnIu").decode()


@pytest.fixture(scope="module")
def with_password(world):
    """Makes users who have this very password."""

    def make(password):
        user = world.user("vendor")
        world.sql(
            "INSERT INTO eventflow.user_passwords (user_id, password_hash) VALUES (%s, %s)",
            user.id,
            bcrypt(password),
        )
        return user

    return make


@pytest.mark.parametrize("password", ("x", "x" * 72, "€" * 24, "ß" * 36, " ", '"\\/\b\f\n\r\t', "пароль 密码 🔑"))
def test_passwords_of_every_kind(nobody, with_password, password):
    user = with_password(password)
    login(nobody, user, password)
    nobody.post("/api/auth/login", {"email": user.email, "password": password[:-1] + "y"}).refused("invalid_credentials")


@pytest.mark.parametrize("password", ("x" * 73, "€" * 24 + "x", "x" * 200), ids=len)
def test_what_bcrypt_would_cut_is_refused(nobody, with_password, password):
    """The hash is that of the first 72 bytes, so bcrypt alone would say yes."""
    user = with_password(password)
    nobody.post("/api/auth/login", {"email": user.email, "password": password}).refused("invalid_credentials")


def test_a_password_with_nul_in_it(nobody, with_password):
    user = with_password("x")
    nobody.post("/api/auth/login", {"email": user.email, "password": "x\0y"}).refused("invalid_json")
