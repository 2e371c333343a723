"""Paths, methods and requests that no well-behaved client would send; ids that are unknown, or of something else."""

import json
import re

import pytest

from sound import IDS, OPERATIONS, SPECIFICATION, body_of, path_of
from world import new_id


@pytest.mark.parametrize(
    "operation", [operation for operation in OPERATIONS if "{" in operation.path], ids=lambda operation: operation.id
)
def test_ids_in_the_path(world, scene, operation):
    body = body_of(operation, scene)
    for value in (
        "x",
        "1",
        "null",
        new_id()[:-1],
        new_id() + "0",
        new_id().replace("-", ""),
        "g" + new_id()[1:],
        "%7B" + new_id() + "%7D",
        new_id() + "%20",
        "..",
        ".",
        "%2e%2e",
        "'",
        "x" * 5000,
    ):
        path = re.sub(r"\{\w+\}", value, operation.path)
        world.admin.call(operation.method, path, value=body).refused("not_found")
    # the path is looked at before query and body
    path = re.sub(r"\{\w+\}", "no-uuid", operation.path)
    world.admin.call(operation.method, path, "unknown=1", value=body).refused("not_found")
    if body is not None:
        world.admin.call(operation.method, path, value={"unknown": 1}).refused("not_found")
        world.admin.call(operation.method, path, body=b"{").refused("not_found")
    world.admin.call(operation.method, re.sub(r"\{\w+\}", new_id(), operation.path), value=body).refused("not_found")


def test_an_id_may_be_in_capitals(world, scene):
    """It is the same id (RFC 9562), and is answered in small letters."""
    answer = world.admin.get(f"/api/tasks/{scene['task'].upper()}")
    assert answer.ok()["id"] == scene["task"]


HOSTILE_PATHS = (
    "/api",
    "/api/",
    "/api/nothing",
    "/api/tasks/",
    "/api//tasks",
    "//api/tasks",
    "/api/./tasks",
    "/api/../api/tasks",
    "/api/tasks/.",
    "/api/%74asks",
    "/api/tasks%2F",
    "/api%2Ftasks",
    "/api/tasks;x",
    "/api/tasks;",
    "/api\\tasks",
    "/api/tasks%5C",
    "/API/tasks",
    "/api/Tasks",
    "/api/tasks%20",
    "/api/tasks%00",
    "/api/tasks%c0%af",
    "/api/tasks%ff",
    "/api/tasks/%2e%2e/events",
    "/api/user_types",
    "/api/tasks.json",
    "/api/tasks/\u00fc",
    "/healthz/",
    "/readyz/x",
    "/openapi.json/",
    "/docs%2f",
    "/%64ocs",
    "/openapi%2ejson",
    "/api/../docs",
    "/.env",
    "/api/tasks/*",
    "/api/tasks'",
    "/api/workflow-templates/x",
    "/api/auth",
    "/api/auth/login/",
)


@pytest.mark.parametrize("path", HOSTILE_PATHS)
def test_hostile_paths(world, path):
    for method in ("GET", "POST", "OPTIONS"):
        answer = world.admin.raw(
            f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {world.admin.token}\r\n"
            f"Content-Length: 0\r\nConnection: close\r\n\r\n".encode()
        )
        assert answer.code in ("not_found", "bad_request"), answer


@pytest.mark.parametrize("operation", OPERATIONS, ids=IDS)
def test_other_methods(world, scene, operation):
    path = path_of(operation, scene)
    taken = {other.method for other in OPERATIONS if other.path == operation.path}
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - taken:
        answer = world.admin.call(method, path, body=b"{}")
        answer.refused("method_not_allowed")
        assert method == "TRACE" or taken <= set(answer.headers["allow"].replace(" ", "").split(","))
    for method in ("BREW", "PROPFIND", "GETX"):
        world.admin.call(method, path).refused("method_not_implemented")


LOGIN = b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\n"
CHUNKED = LOGIN + b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n"
CLOSE = b"Host: x\r\nConnection: close\r\n"
RAW_REQUESTS = {
    "NUL in the path": b"GET /api/tasks\0 HTTP/1.1\r\n" + CLOSE,
    "high bytes in the path": b"GET /api/tasks\xff\xfe HTTP/1.1\r\n" + CLOSE,
    "absolute form": b"GET http://evil.example.com/api/nothing HTTP/1.1\r\n" + CLOSE,
    "no version": b"GET /api/tasks HTTQ/1.1\r\n" + CLOSE,
    "negative length": LOGIN + b"Content-Length: -5\r\n",
    "two lengths": LOGIN + b"Content-Length: 2\r\nContent-Length: 3\r\n",
    "length and chunks": CHUNKED + b"Content-Length: 2\r\n\r\n0\r\n",
    "bad chunks": CHUNKED + b"\r\nzz\r\n{}\r\n0\r\n",
    "too large by its chunks": CHUNKED + b"\r\n200000\r\n" + b" " * 0x200000 + b"\r\n0\r\n",
    "header without a colon": b"GET /api/tasks HTTP/1.1\r\nnonsense\r\n" + CLOSE,
    "a header a second time": b"GET /api/tasks HTTP/1.1\r\nX-Request-Id: a\r\nX-Request-Id: b\r\n" + CLOSE,
}


@pytest.mark.parametrize("name", RAW_REQUESTS)
def test_raw_requests(nobody, name):
    assert 400 <= nobody.raw(RAW_REQUESTS[name] + b"\r\n").status < 500


def test_a_body_in_chunks(nobody, scene):
    """The web server puts it together."""
    body = json.dumps(body_of(SPECIFICATION.by_id["auth_login"], scene)).encode()
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:7], body[7:20], body[20:]))
    nobody.raw(CHUNKED + b"\r\n" + chunks + b"0\r\n\r\n").ok()


def test_ids_of_another_event_or_kind(world, event):
    """Ids of one kind in the place of another are unknown there; rows of another event are out of scope."""
    user, other = world.user("manager", event), world.event()
    task, theirs = world.task(event), world.task(other)
    for kind_of_another in (event, user.id, world.task_type, theirs):
        user.get(f"/api/tasks/{kind_of_another}").refused("not_found")
    user.post(f"/api/tasks/{task}/assign", {"user_id": event}).refused("unknown_user")
    user.post("/api/workflows/instantiate", {"workflow_id": task, "event_id": event}).refused("not_found")
    no_event = {"workflow_id": world.template(), "event_id": task}
    world.admin.post("/api/workflows/instantiate", no_event).refused("unknown_event")
    node = {"node_id": "a", "task_type_id": user.id, "label": "A"}
    template = {"name": "x", "nodes": [node], "edges": []}
    world.admin.post("/api/workflow-templates", template).refused("unknown_task_type")
    (instance,) = world.instances(other, world.template(), 1)
    assert user.get("/api/tasks", {"event_id": event, "workflow_instance_id": instance}).ok() == []
    assert user.get("/api/tasks", {"workflow_instance_id": instance}).ok() == []
