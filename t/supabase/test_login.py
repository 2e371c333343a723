"""Login, refresh and logout by Supabase Auth: what it is asked, what comes of its answers, and what never does."""

import json
import os
import pathlib
import subprocess
import threading
import time

import jwt
import pytest

import stack as stack_module
from auth_server import JWKS, LOGOUT, TOKEN, RateLimit
from conftest import PASSWORD, SAMPLE_PASSWORD
from signing_keys import SecretKey

INVALID = "invalid_refresh_token"


def login(nobody, user, password=PASSWORD, headers=None):
    return nobody.post("/api/auth/login", {"email": user.email, "password": password}, headers)


def refresh(nobody, token):
    return nobody.post("/api/auth/refresh", {"refresh_token": token})


def session_of(token):
    return jwt.decode(token, options={"verify_signature": False})["session_id"]


# ---- What goes well --------------------------------------------------------------------------------------------


def test_a_login_passes_the_tokens_on(nobody, server, user):
    answer = login(nobody, user).ok()
    (request,) = server.asked(TOKEN)
    assert (request.method, request.path, request.query) == ("POST", TOKEN, {"grant_type": "password"})
    assert request.json() == {"email": user.email, "password": PASSWORD}
    assert request.headers["content-type"] == "application/json"
    assert request.headers["x-supabase-api-version"] == "2024-01-01"
    assert request.headers["apikey"] == server.anon_key
    assert request.headers["sb-forwarded-for"] == "127.0.0.1"
    assert "authorization" not in request.headers and "cookie" not in request.headers
    session = server.accounts.sessions[session_of(answer["access_token"])]
    assert answer["refresh_token"] == session.refresh_tokens[-1] and answer["token_type"] == "bearer"
    assert answer["user"]["id"] == user.id and answer["user"]["email"] == user.email
    assert abs(answer["expires_at"] - time.time() - 3600) < 5 and abs(answer["expires_in"] - 3600) < 5
    assert nobody.with_token(answer["access_token"]).get("/api/auth/me").ok()["user"] == answer["user"]


@pytest.mark.parametrize("algorithm", ("ES256", "RS256", "EdDSA", "HS256"))
def test_tokens_of_every_kind_are_verified_and_passed_on(nobody, server, user, algorithm):
    server.keys.use(algorithm)
    answer = login(nobody, user).ok()
    assert jwt.get_unverified_header(answer["access_token"])["alg"] == algorithm
    nobody.with_token(answer["access_token"]).get("/api/auth/me").ok()
    refresh(nobody, answer["refresh_token"]).ok()


def test_a_key_that_is_not_listed_yet(nobody, server, user):
    """Supabase lists a key before it signs with it. If it did not, the login would fail, and no token be passed on."""
    unlisted = server.keys.rotate("ES256")
    server.keys.revoke(unlisted)
    login(nobody, user).refused("login_unavailable")


@pytest.mark.parametrize("password", ('"\\/\b\f\n\r\t', "пароль 密码 🔑", "x" * 200, " "))
def test_a_password_arrives_as_it_was_given(nobody, server, user, password):
    login(nobody, user, password).refused("invalid_credentials")
    (request,) = server.asked(TOKEN)
    assert request.json() == {"email": user.email, "password": password}


def test_a_refresh(nobody, server, user):
    first = login(nobody, user).ok()
    second = refresh(nobody, first["refresh_token"]).ok()
    request = server.asked(TOKEN)[-1]
    assert request.query == {"grant_type": "refresh_token"}
    assert request.json() == {"refresh_token": first["refresh_token"]}
    assert (request.headers["apikey"], request.headers["sb-forwarded-for"]) == (server.anon_key, "127.0.0.1")
    assert second["refresh_token"] != first["refresh_token"] and second["user"] == first["user"]
    nobody.with_token(second["access_token"]).get("/api/auth/me").ok()
    third = refresh(nobody, second["refresh_token"]).ok()
    refresh(nobody, first["refresh_token"]).refused(INVALID)  # used twice: Supabase ends the session
    refresh(nobody, third["refresh_token"]).refused(INVALID)
    refresh(nobody, "unknown").refused(INVALID)


def test_a_logout_of_one_session(nobody, server, user):
    answer, other = login(nobody, user).ok(), login(nobody, user).ok()
    caller = nobody.with_token(answer["access_token"])
    caller.post("/api/auth/logout", {"refresh_token": answer["refresh_token"]}).done()
    (request,) = server.asked(LOGOUT)
    assert request.query == {"scope": "local"} and request.body == ""
    assert request.headers["authorization"] == f"Bearer {answer['access_token']}"
    refresh(nobody, answer["refresh_token"]).refused(INVALID)
    refresh(nobody, other["refresh_token"]).ok()
    caller.post("/api/auth/logout", {"refresh_token": answer["refresh_token"]}).done()  # it has ended already


def test_a_logout_from_everywhere(nobody, server, user):
    answer, other = login(nobody, user).ok(), login(nobody, user).ok()
    nobody.with_token(answer["access_token"]).post("/api/auth/logout").done()
    assert server.asked(LOGOUT)[-1].query == {"scope": "global"}
    refresh(nobody, other["refresh_token"]).refused(INVALID)


@pytest.mark.parametrize("name", ("admin", "manager1", "vendor1", "coordinator1", "customer1"))
def test_the_sample_users_are_at_supabase(nobody, server, name):
    answer = nobody.post("/api/auth/login", {"email": f"{name}@eventflow.com", "password": SAMPLE_PASSWORD}).ok()
    assert answer["user"]["id"] == server.accounts.by_email[f"{name}@eventflow.com"].id
    nobody.with_token(answer["access_token"]).get("/api/tasks").ok()


# ---- What Supabase refuses -------------------------------------------------------------------------------------


def test_wrong_email_wrong_password_and_banned_are_the_same(nobody, user, person):
    same = {"X-Request-Id": "the-same"}
    wrong = login(nobody, user, "wrong", same)
    wrong.refused("invalid_credentials")
    banned, unknown = person(is_banned=True), person()
    unknown.email = "nobody@example.com"
    for other, password in ((unknown, PASSWORD), (banned, PASSWORD), (banned, "wrong")):
        assert login(nobody, other, password, same).body == wrong.body


def test_an_email_that_is_not_confirmed(nobody, person):
    user = person(is_confirmed=False)
    login(nobody, user).refused("email_not_confirmed")
    login(nobody, user, "wrong").refused("invalid_credentials")


def test_without_an_active_profile(nobody, person):
    login(nobody, person(has_profile=False)).refused("profile_not_found")
    login(nobody, person(is_active=False)).refused("profile_inactive")


def test_who_becomes_inactive_is_refreshed_no_more(world, nobody, person):
    user = person()
    token = login(nobody, user).ok()["refresh_token"]
    world.sql("UPDATE eventflow.users SET is_active = false WHERE id = %s", user.id)
    refresh(nobody, token).refused("profile_inactive")
    user.post("/api/auth/logout").refused("profile_inactive")


def test_who_is_banned_is_refreshed_no_more(nobody, person):
    user = person()
    token = login(nobody, user).ok()["refresh_token"]
    user.account.is_banned = True
    refresh(nobody, token).refused(INVALID)


def test_a_rate_limit(nobody, server, user):
    server.rate_limit = RateLimit(burst=3)
    for _ in range(3):
        login(nobody, user, "wrong").refused("invalid_credentials")
    answer = login(nobody, user)
    answer.refused("rate_limited")
    assert answer.status == 429 and int(answer.headers["retry-after"]) >= 1
    refresh(nobody, "unknown").refused("rate_limited")


def test_email_logins_that_are_switched_off(nobody, server, user):
    server.is_email_enabled = False
    login(nobody, user).refused("login_unavailable")


# ---- Tokens that are not to be believed ------------------------------------------------------------------------

OTHER = SecretKey("another secret, which is not the project's own")


def changed_claims(server, **changes):
    def change(answer):
        claims = jwt.decode(answer["access_token"], options={"verify_signature": False})
        return {**answer, "access_token": server.keys.current.sign({**claims, **changes})}

    return change


def signed_by_another(answer):
    claims = jwt.decode(answer["access_token"], options={"verify_signature": False})
    return {**answer, "access_token": OTHER.sign(claims)}


def unsigned(answer):
    claims = jwt.decode(answer["access_token"], options={"verify_signature": False})
    return {**answer, "access_token": jwt.encode(claims, None, "none")}


BAD_TOKENS = {
    "signed by another": lambda _: signed_by_another,
    "unsigned": lambda _: unsigned,
    "no token": lambda _: lambda answer: {**answer, "access_token": "x.y.z"},
    "expired": lambda server: changed_claims(server, exp=int(time.time()) - 60),
    "of another issuer": lambda server: changed_claims(server, iss="https://evil.example.com/auth/v1"),
    "of another role": lambda server: changed_claims(server, role="service_role"),
    "without a user": lambda server: changed_claims(server, sub="somebody"),
    "anonymous": lambda server: changed_claims(server, is_anonymous=True),
    "without a refresh token": lambda _: lambda answer: {**answer, "refresh_token": None},
    "with a long refresh token": lambda _: lambda answer: {**answer, "refresh_token": "x" * 1025},
}


@pytest.mark.parametrize("name", BAD_TOKENS)
def test_a_bad_token_is_not_passed_on(nobody, server, user, name):
    server.change = BAD_TOKENS[name](server)
    answer = login(nobody, user)
    answer.refused("login_unavailable")
    assert b"eyJ" not in answer.body


def test_a_token_of_somebody_else_is_theirs(nobody, server, user, person):
    """The answer's user is who the token says, whatever else stands in Supabase's answer."""
    other = person()
    server.change = changed_claims(server, sub=other.id)
    assert login(nobody, user).ok()["user"]["id"] == other.id


# ---- A server that misbehaves ----------------------------------------------------------------------------------

BROKEN = (
    "broken_json",
    "closed",
    "dripping",
    "empty",
    "endless",
    "endless_headers",
    "error_500",
    "gateway_error",
    "html",
    "no_http",
    "redirect",
    "slow",
    "truncated",
    "wrong_shape",
)


def timed(call):
    began = time.monotonic()
    return call(), time.monotonic() - began


@pytest.mark.parametrize("mode", BROKEN)
def test_a_login_while_it_misbehaves(nobody, server, user, mode):
    server.misbehave(mode, TOKEN)
    answer, seconds = timed(lambda: login(nobody, user))
    answer.refused("login_unavailable")
    assert seconds < 3.6 and "retry-after" in answer.headers
    paths = [request.path for request in server.asked() if request.path != JWKS]
    assert paths == [TOKEN], "it is asked once, and no redirect is followed"
    server.behave()
    login(nobody, user).ok()


def test_a_login_ends_within_the_deadline(server, user, cgi):
    """That is shorter here than what Supabase is given at most."""
    server.misbehave("slow", TOKEN)
    body = json.dumps({"email": user.email, "password": PASSWORD}).encode()
    answer, seconds = timed(lambda: cgi("/api/auth/login", body, {"REQUEST_DEADLINE": "2"}))
    assert answer.status == 503 and "login_unavailable" in answer.body
    assert 1 < seconds < 2.5


@pytest.mark.parametrize("mode", ("closed", "error_500", "html", "slow", "redirect"))
def test_a_refresh_and_a_logout_while_it_misbehaves(nobody, server, user, mode):
    answer = login(nobody, user).ok()
    caller = nobody.with_token(answer["access_token"])
    for path in (TOKEN, LOGOUT):
        server.misbehave(mode, path)
    for call in (lambda: refresh(nobody, answer["refresh_token"]), lambda: caller.post("/api/auth/logout")):
        refusal, seconds = timed(call)
        refusal.refused("login_unavailable")
        assert seconds < 3.6
    server.behave()
    refresh(nobody, answer["refresh_token"]).ok()


@pytest.mark.parametrize("certificate", ("wrong_host", "expired", "untrusted"))
def test_a_server_that_cannot_prove_who_it_is_learns_nothing(nobody, server, user, certificate):
    server.certificate = certificate
    login(nobody, user).refused("login_unavailable")
    assert server.asked(TOKEN) == []


def test_logins_that_hang_do_not_slow_the_rest(stack, nobody, server, user):
    """One login for each worker hangs for three seconds; more are refused at once, and all else goes on."""
    server.misbehave("slow", TOKEN)
    logins, reads = [], []
    stop = threading.Event()

    def log_in():
        while not stop.is_set():
            logins.append(timed(lambda: login(nobody, user)))

    threads = [threading.Thread(target=log_in) for _ in range(6)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    ends = time.monotonic() + 4
    while time.monotonic() < ends:
        answer, seconds = timed(lambda: user.get("/api/auth/me"))
        answer.ok()
        reads.append(seconds)
    stop.set()
    for thread in threads:
        thread.join()
    assert {answer.code for answer, _ in logins} == {"login_busy", "login_unavailable"}
    hanging = [seconds for answer, seconds in logins if answer.code == "login_unavailable"]
    busy = sorted(seconds for answer, seconds in logins if answer.code == "login_busy")
    reads.sort()
    print(f"{len(reads)} reads, median {reads[len(reads) // 2]:.4f} s, slowest {reads[-1]:.3f} s")
    assert 2 <= len(hanging) <= 8 and max(hanging) < 3.6
    assert len(reads) > 100 and reads[len(reads) // 2] < 0.1 and reads[-1] < 1
    assert busy[len(busy) // 2] < 0.1


# ---- Settings --------------------------------------------------------------------------------------------------


def credentials(user, password=PASSWORD):
    return json.dumps({"email": user.email, "password": password}).encode()


def test_a_secret_key_makes_supabase_believe_the_address(cgi, server, user):
    settings = {"SUPABASE_SECRET_KEY": server.secret_key}
    server.rate_limit = RateLimit(burst=1)
    for address in ("192.0.2.7", "2001:db8::7"):
        assert cgi("/api/auth/login", credentials(user), settings, REMOTE_ADDR=address).status == 200
        assert cgi("/api/auth/login", credentials(user), settings, REMOTE_ADDR=address).status == 429
        request = server.asked(TOKEN)[-1]
        assert (request.headers["apikey"], request.headers["sb-forwarded-for"]) == (server.secret_key, address)


@pytest.mark.parametrize("address", ("", "unix:", "192.0.2.7, 192.0.2.8", "localhost", "192.0.2.7:80"))
def test_what_is_no_address_is_not_forwarded(cgi, server, user, address):
    assert cgi("/api/auth/login", credentials(user), REMOTE_ADDR=address).status == 200
    assert "sb-forwarded-for" not in server.asked(TOKEN)[-1].headers


def test_a_key_that_supabase_does_not_know(cgi, server, user):
    for settings in ({"SUPABASE_ANON_KEY": "sb_publishable_wrong"}, {"SUPABASE_ANON_KEY": ""}):
        answer = cgi("/api/auth/login", credentials(user), settings)
        assert answer.status == 503 and "login_unavailable" in answer.body
        assert "status 401" in answer.log


def test_nobody_listens(cgi, server, user):
    answer = cgi("/api/auth/login", credentials(user), {"SUPABASE_URL": "https://localhost:1"})
    assert answer.status == 503 and "the connection was refused" in answer.log


def test_no_proxy_of_the_environment_is_used(cgi, server, user):
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY", "HTTP_PROXY"), "http://127.0.0.1:1")
    assert cgi("/api/auth/login", credentials(user), proxies).status == 200


def test_without_the_private_authority(cgi, server, user):
    answer = cgi("/api/auth/login", credentials(user), {"SUPABASE_CA_FILE": ""})
    assert answer.status == 503 and "TLS failed" in answer.log
    assert server.asked(TOKEN) == []


def test_the_sample_password_in_production(cgi, server):
    body = json.dumps({"email": "vendor1@eventflow.com", "password": SAMPLE_PASSWORD}).encode()
    assert cgi("/api/auth/login", body).status == 200
    answer = cgi("/api/auth/login", body, {"ENVIRONMENT": "production"})
    assert answer.status == 401 and "invalid_credentials" in answer.body
    assert len(server.asked(TOKEN)) == 1, "it is not even asked"


def test_the_check_says_whether_people_can_log_in(stack, server):
    def check(**settings):
        environment = {**os.environ, "EVENTFLOW_ENV_FILE": str(stack.var / "eventflow.env"), **settings}
        program = stack_module.BUILD / "eventflow-check"
        done = subprocess.run([str(program)], env=environment, capture_output=True, text=True, timeout=30)
        return next(line for line in done.stdout.splitlines() if " login: " in line)

    assert check() == "ok   login: Supabase Auth answers to our key"
    assert check(SUPABASE_ANON_KEY="wrong").startswith("warn login: Supabase Auth: it answered with status 401;")
    server.misbehave("error_500", "/auth/v1/health")
    assert "it answered with status 500" in check()
    server.certificate = "untrusted"
    assert "TLS failed" in check()


# ---- The log ---------------------------------------------------------------------------------------------------


def test_no_secret_is_logged(stack, nobody, server, user):
    """Of all that this module has sent and got, not only in this test."""
    answer = login(nobody, user).ok()
    renewed = refresh(nobody, answer["refresh_token"]).ok()
    for mode in ("error_500", "html", "truncated", "wrong_shape"):
        server.misbehave(mode, TOKEN)
        login(nobody, user).refused("login_unavailable")
        refresh(nobody, renewed["refresh_token"]).refused("login_unavailable")
    server.behave()
    nobody.with_token(renewed["access_token"]).post("/api/auth/logout").done()
    text = stack.log_text()
    assert "Supabase Auth: it answered with status 500 and code unexpected_failure" in text
    assert "eyJ" not in text, "a token"
    for secret in (
        PASSWORD,
        SAMPLE_PASSWORD,
        user.email,
        server.anon_key,
        server.secret_key,
        server.jwt_secret,
        answer["refresh_token"],
        renewed["refresh_token"],
    ):
        assert secret not in text
