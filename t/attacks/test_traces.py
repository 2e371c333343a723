"""What the whole run has left behind: one line for each request, no secret, nothing that the database had to refuse."""

import re
import secrets

import pytest
import tokens
from auth_server import JWKS, TOKEN
from conftest import VAR
from world import new_id

MALFORMED = re.compile(
    r"ERROR: .*(invalid byte sequence|invalid input syntax|out of range|unsupported Unicode|syntax error|malformed)"
)


@pytest.fixture(scope="module")
def canaries(fronts, scene, judge):
    """Secrets that were used behind each web server, in every way that a log could have caught."""
    planted = {
        name: f"canary-{name}-{secrets.token_hex(16)}" for name in ("note", "password", "wrong_password", "broken")
    }
    planted["token"] = tokens.mint(scene.stack, scene.vendor.id, canary=planted["broken"])
    for front in fronts.values():
        caller = front.nobody.with_token(planted["token"])
        path = f"/api/tasks/{scene.new_task()}/transition"
        caller.post(path, {"next_state": "IN_PROGRESS", "reason": planted["note"]}).ok()
        caller.post(path, {"next_state": "NONE", "reason": planted["note"]}).refused("invalid_field")
        caller.call("POST", path, body=planted["note"].encode()).refused("invalid_json")
        caller.get("/api/tasks", {"access_token": planted["token"]}).refused("unknown_parameter")
        front.nobody.with_token(planted["token"] + "x").get("/api/auth/me").refused("invalid_token")
        token_line = f"HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {planted['token']}\r\n"
        front.raw(f"GET /api/none {token_line}X\x01: y\r\n\r\n".encode())
        front.raw(f"GET /\x01 {token_line}\r\n".encode())
        for password in ("password", "wrong_password"):
            front.nobody.post("/api/auth/login", {"email": "a@example.com", "password": planted[password]})
    judge.guard(**planted)
    return planted


def test_no_secret_is_in_a_log(canaries, judge):
    logs = list(VAR.glob("*/log/*"))
    assert len(logs) > 8, logs
    found = {str(log): judge.found_in(log.read_text(errors="replace")) for log in logs}
    assert {log: names for log, names in found.items() if names} == {}
    assert len(judge.secrets) >= 8, judge.secrets.keys()


def test_a_request_is_one_line_of_the_log(front):
    """Whatever stands in what could be reflected."""
    for value in ("%0d%0aforged", "%0aforged", "%e2%80%a8forged", "=x%20-%20forged"):
        request_id = f"trace-{new_id()}"
        headers = {"X-Request-Id": request_id, "Origin": value, "User-Agent": value, "Referer": value}
        front.nobody.get(f"/api/none{value}", headers=headers).refused("not_found")
        assert len(front.stack.log_lines(request_id)) == 1
    assert "forged" not in front.stack.log_text()


def test_the_database_never_saw_malformed_data(fronts):
    log = (fronts["nginx"].stack.var / "log" / "postgresql.log").read_text(errors="replace")
    assert MALFORMED.findall(log) == []


def test_supabase_was_asked_for_keys_and_logins_alone(supabase, fronts):
    """No token can send a worker anywhere; an unknown key asks for the key set at most every thirty seconds."""
    assert {request.path for request in supabase.requests} <= {JWKS, TOKEN, "/auth/v1/health"}
