"""CORS, HEAD, OPTIONS and the request id."""

import re

import pytest

from stack import CORS_ORIGIN
from world import new_id

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PREFLIGHT = {
    "Origin": CORS_ORIGIN,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization",
}


def is_known_origin(stack):
    return CORS_ORIGIN in stack.settings.get("CORS_ORIGINS", "")


def test_an_allowed_origin(stack, world):
    if not is_known_origin(stack):
        pytest.skip("this stack was not started by the tests")
    for answer in (
        world.admin.get("/api/events", headers={"Origin": CORS_ORIGIN}),
        world.admin.get("/api/tasks/none", headers={"Origin": CORS_ORIGIN}),
        world.nobody.get("/api/events", headers={"Origin": CORS_ORIGIN}),
    ):
        assert answer.headers["access-control-allow-origin"] == CORS_ORIGIN
        assert {"etag", "x-request-id", "link"} <= set(
            answer.headers["access-control-expose-headers"].replace(" ", "").lower().split(",")
        )
        assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    "origin",
    (
        "https://evil.example.com",
        "null",
        "*",
        CORS_ORIGIN + ".evil",
        CORS_ORIGIN + "/",
        CORS_ORIGIN.upper(),
        CORS_ORIGIN.replace("https", "http"),
        CORS_ORIGIN + ":443",
        "https://example.com",
    ),
)
def test_another_origin(world, origin):
    for method in ("GET", "OPTIONS"):
        answer = world.admin.call(method, "/api/events", headers={**PREFLIGHT, "Origin": origin})
        assert not [name for name in answer.headers if name.startswith("access-control-")]
        assert "Origin" in answer.headers["vary"]


def test_preflight(stack, nobody):
    if not is_known_origin(stack):
        pytest.skip("this stack was not started by the tests")
    answer = nobody.call("OPTIONS", f"/api/tasks/{new_id()}/pick", headers=PREFLIGHT)
    assert answer.status == 204 and answer.headers["access-control-allow-origin"] == CORS_ORIGIN
    assert "POST" in answer.headers["access-control-allow-methods"]
    allowed = answer.headers["access-control-allow-headers"].replace(" ", "").lower().split(",")
    assert {"authorization", "content-type", "if-match", "if-none-match", "x-request-id"} <= set(allowed)


def test_options_tells_the_methods_of_every_path(nobody, specification):
    for operation in specification.operations:
        if operation.is_document:
            continue
        path = re.sub(r"\{\w+\}", new_id(), operation.path)
        answer = nobody.call("OPTIONS", path)
        methods = {other.method for other in specification.operations if other.path == operation.path}
        expected = methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())
        assert answer.status == 204 and set(answer.headers["allow"].replace(" ", "").split(",")) == expected, path
    assert nobody.call("OPTIONS", "/api/nothing").status == 404


def test_head_is_get_without_a_body(world, event, specification):
    user, task = world.user("manager", event), world.task(event)
    for operation in specification.operations:
        if operation.method != "GET" or operation.is_document:
            continue
        path = operation.path.replace("{taskId}", task).replace("{eventId}", event)
        headers = {"X-Request-Id": "the-same"}
        get, head = user.get(path, headers=headers), user.call("HEAD", path, headers=headers)
        assert get.status == head.status == 200 and head.body == b""
        drop = ("date", "connection", "transfer-encoding")
        assert {name: value for name, value in head.headers.items() if name not in drop} == {
            name: value for name, value in get.headers.items() if name not in drop
        }, path
    assert world.nobody.call("HEAD", "/api/events").status == 401
    assert user.call("HEAD", f"/api/tasks/{new_id()}").status == 404


@pytest.mark.parametrize("request_id", ("a", "A-z_0.9", "x" * 64))
def test_the_callers_request_id_is_kept(world, request_id):
    for answer in (
        world.admin.get("/api/events", headers={"X-Request-Id": request_id}),
        world.admin.get("/api/none", headers={"X-Request-Id": request_id}),
    ):
        assert answer.headers["x-request-id"] == request_id


@pytest.mark.parametrize("request_id", ("", "x" * 65, "two words", "a,b", "ü", "<script>", "a\tb", "%0d%0a"))
def test_a_request_id_that_is_none_is_replaced(world, request_id):
    answer = world.admin.get("/api/events", headers={"X-Request-Id": request_id.encode()})
    assert UUID.fullmatch(answer.headers["x-request-id"])


def test_each_request_gets_an_id_of_its_own(nobody):
    assert len({nobody.get("/healthz").headers["x-request-id"] for _ in range(20)}) == 20


def test_what_the_web_server_says_has_the_callers_request_id_too(nobody):
    answer = nobody.call(
        "POST", "/api/auth/login", body=b"x" * (1024 * 1024 + 1), headers={"X-Request-Id": "too-large"}
    )
    answer.refused("payload_too_large")
    assert answer.headers["x-request-id"] == "too-large"


@pytest.mark.parametrize(
    "name", ("Proxy", "X-HTTP-Method-Override", "X-Forwarded-For", "X-User", "Range", "Accept", "Accept-Encoding")
)
def test_other_headers_change_nothing(world, event, name):
    user, headers = world.user("vendor", event), {"X-Request-Id": "the-same"}
    world.task(event)
    plain = user.get("/api/tasks", {"event_id": event}, headers)
    odd = user.get("/api/tasks", {"event_id": event}, {**headers, name: "DELETE; bytes=0-1"})
    assert (odd.status, odd.body) == (plain.status, plain.body)
