"""Attacks 19 to 28: bodies, queries, paths, headers, methods, origins and graphs that should not be."""

import json
import urllib.parse

from attack import Attack, Sent, get, post
from fronts import comparable
from world import new_id

ATTACKS = []
HOST = "Host: x\r\nConnection: close\r\n"


def attack(number, name, prepare, status, code, check=None):
    ATTACKS.append(Attack(number, name, prepare, status, code, check=check))


def transition(body, content_type="application/json"):
    """A transition of a task in TODO, with bytes for a body."""
    headers = {"Content-Type": content_type}
    return lambda s: post(f"/api/tasks/{s.task}/transition", s.vendor, body=body, headers=headers)


def tasks(query):
    return lambda scene: get(f"/api/tasks?{query}", scene.vendor)


def raw_get(path):
    """A request for a path that no client would send."""

    def prepare(scene):
        line = f"GET {path} HTTP/1.1\r\nAuthorization: Bearer {scene.admin.token}\r\n{HOST}\r\n"
        return Sent("GET", path, raw=line.encode())

    return prepare


# ---- 19 and 20: what is no JSON, and what no text may hold -------------------------------------------------

VALID = b'{"next_state":"IN_PROGRESS","reason":"x"}'
NO_JSON = (
    b"", b" ", b"null,", b"{", b"}", b"[", b"{]", b'{"reason"}', b'{"reason":}', b'{"reason":"x",}', b'{,"reason":"x"}',
    b"{'reason':'x'}", b"{reason:1}", b'{"reason":"x"}x', b'{"reason":"x"}{}', b"\xef\xbb\xbf" + VALID,
    b"\xff\xfe{\0}\0",
    b'{"reason":NaN}', b'{"reason":Infinity}', b'{"reason":-Infinity}', b'{"reason":01}', b'{"reason":+1}',
    b'{"reason":1.}', b'{"reason":.5}', b'{"reason":1e}', b'{"reason":0x10}', b'{"reason":-}', b'{"reason":1 2}',
    b'{"reason":tru}',
    b'{"reason":True}', b'{"reason":undefined}', b"// x\n{}", b"/* x */{}", b"{}#", b'{"reason":"\\x41"}',
    b'{"reason":"\\u12"}', b'{"reason":"x","reason":"x"}', b'{"reason":"a","re\\u0061son":"b"}', b'{"reason":1e400}',
    b'{"reason":-1e999}', b'{"reason":9223372036854775808}', b'{"reason":' + b"1" * 400 + b"}", b"[" * 17 + b"]" * 17,
    b"[" * 100000, b'{"a":' * 100000, b'{"reason":' + b"[" * 16 + b"]" * 16 + b"}", b'"' + b"x" * 100000,
    b'{"reason":"' + b"\\" * 100001 + b'"}',
)  # fmt: skip
NO_TEXT = (
    VALID + b"\0", b'{"reason":"\t"}', b'{"reason":"\n"}', b'{"reason":"\x00"}', b'{"reason":"\x1f"}',
    b'{"reason":"\\ud800"}', b'{"reason":"\\udc00"}', b'{"reason":"\\udc00\\ud800"}', b'{"reason":"\\u0000"}',
    b'{"\\u0000":"x"}', b'{"reason\\u0000":"x"}', b'{"reason":"\xff"}', b'{"reason":"\xc0\xaf"}',
    b'{"reason":"\xed\xa0\x80"}', b'{"reason":"\xf4\x90\x80\x80"}', b'{"reason":"\xe2\x82"}', b'{"\xff":1}',
)  # fmt: skip
for number, bodies in ((19, NO_JSON), (20, NO_TEXT)):
    for body in bodies:
        attack(number, f"body {body[:40]!r} of {len(body)} bytes", transition(body), 400, "invalid_json")
for query in ("state=%00", "state=%ff", "assignee_id=%c0%af", "cursor=%00", "cursor=%ff", "limit=1%00"):
    attack(20, f"query {query}", tasks(query), 400, "invalid_parameter")
for value in (b"\xff", b"\xc3\xbc", b"a\x80b"):
    headers = {"X-Request-Id": value}
    attack(20, f"X-Request-Id {value!r}", lambda s, h=headers: get("/api/none", s.vendor, headers=h), 404, "not_found")

# ---- 21: lengths and types ---------------------------------------------------------------------------------


def framed(lines, body):
    def prepare(scene):
        path = f"/api/tasks/{scene.task}/transition"
        head = f"POST {path} HTTP/1.1\r\nAuthorization: Bearer {scene.vendor.token}\r\n{HOST}"
        return Sent("POST", path, raw=f"{head}Content-Type: application/json\r\n{lines}\r\n".encode() + body)

    return prepare


CHUNKED = "Transfer-Encoding: chunked\r\n"
attack(21, "a length that is negative", framed("Content-Length: -5\r\n", VALID), 400, "bad_request")
attack(21, "a length that is too small", framed("Content-Length: 10\r\n", VALID), 400, "invalid_json")
attack(21, "a length that is no number", framed("Content-Length: x\r\n", VALID), 400, "bad_request")
attack(21, "no length", framed("", VALID), 400, "invalid_json")
attack(21, "two lengths", framed("Content-Length: 41\r\nContent-Length: 5\r\n", VALID), 400, "bad_request")
attack(
    21, "no length that is one, and chunks", framed(CHUNKED + "Content-Length: x\r\n", b"0\r\n\r\n"), 400, "bad_request"
)
attack(21, "over 1 MiB", transition(b" " * 1048577), 413, "payload_too_large")
attack(21, "1 MiB", transition(b" " * 1048576), 400, "invalid_json")
for content_type in (
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "json",
    "*/*",
):
    attack(21, f"of type {content_type}", transition(VALID, content_type), 415, "unsupported_media_type")

# ---- 22: paths ---------------------------------------------------------------------------------------------

PATHS = r"""
/api/tasks/%2e%2e/events /api/%2e%2e/api/tasks /api/tasks%2f /api%2ftasks /api/tasks%00 /api//tasks //api/tasks
/api/tasks; /api/tasks;x=y /api\tasks /api/tasks%5c /api/tasks%c0%af /api/%74asks /api/./tasks /api/../api/tasks
/../api/tasks /api/tasks%zz /api/tasks% /api/tasks. //evil.example.com/api/tasks
"""
for path in PATHS.split():
    attack(22, path, raw_get(path), 404, "not_found")
for path in ("http://evil.example.com/api/tasks", "https://evil.example.com/api/tasks", "http://evil.example.com"):
    attack(22, path, raw_get(path), 400, "bad_request")

# ---- 23: queries -------------------------------------------------------------------------------------------

LIMITS = ("-1", "0", "1001", "1e9", "abc", "", "1.0", "%d9%a3", "0x10", "+1", "1%20", "%zz", "9" * 30)
BAD_QUERIES = {
    "repeated_parameter": ("limit=1&limit=1", "state=TODO&state=DONE"),
    "unknown_parameter": ("unknown=1", "Limit=1", "limit[]=1", "offset=1", "order=id", "%6cimit=1"),
    "invalid_parameter": (
        *(f"limit={value}" for value in LIMITS),
        *(f"state={value}" for value in ("todo", "", "TODO%20", "ANY", "TODO,DONE")),
        *(f"assignee_id={value}" for value in ("me", "1", "", "null", "'", "%7B%7D")),
        *(f"takeable={value}" for value in ("1", "yes", "TRUE", "")),
    ),
    "invalid_cursor": ("cursor=x", "cursor=AAAA", "cursor=..", f"cursor={'MTIz' * 200}"),
}
for code, queries in BAD_QUERIES.items():
    for query in queries:
        attack(23, f"?{query[:40]}", tasks(query), 400, code)

# ---- 24: SQL -----------------------------------------------------------------------------------------------

SQL = (
    "'", "''", '"', "`", ";", "--", "/*", "*/", "\\", "\\'", "%", "_", "$$", "$1", "::text", "||", "' OR '1'='1",
    "' OR 1=1--", "' OR true--", "1; DROP TABLE eventflow.tasks--", "'; DELETE FROM eventflow.tasks; --",
    "' UNION SELECT NULL--", "' UNION SELECT version()--", "1 AND pg_sleep(10)", "';SELECT pg_sleep(10)--",
    "' AND 1=(SELECT 1)--", "x' AND x.y='", "admin'--", "' OR ''='", "'||(SELECT '')||'", "E'\\x41'", "U&'\\0041'",
    "$a$b$a$", "chr(65)", "(SELECT current_user)", "current_setting('x')", "' LIMIT 1 OFFSET 1--", "0x27", "%27",
    "\u2019", "\uff07", "1e1'", "{}'", "[]'", "null'", "NULL", "true", "DEFAULT", "ARRAY[1]", "ROW(1)",
    "CAST(1 AS text)",
    "COPY x FROM PROGRAM 'id'",
)  # fmt: skip


def assign_to(text):
    return lambda scene: post(f"/api/tasks/{scene.task}/assign", scene.manager, {"user_id": text})


def go_to(text):
    return transition(json.dumps({"next_state": text, "reason": "x"}).encode())


def give_reason(text):
    value = {"next_state": "IN_PROGRESS", "reason": text}
    return lambda scene: post(f"/api/tasks/{scene.new_task()}/transition", scene.vendor, value)


def is_stored_as(text):
    def check(front, scene, sent, answer):
        assert scene.world.audit(answer.json["data"]["task"]["id"])[-1]["reason"] == text

    return check


for text in SQL:
    attack(24, f"filter {text}", tasks(f"assignee_id={urllib.parse.quote(text)}"), 400, "invalid_parameter")
    attack(24, f"user_id {text}", assign_to(text), 400, "invalid_field")
    attack(24, f"next_state {text}", go_to(text), 400, "invalid_field")
    attack(24, f"stored {text}", give_reason(text), 200, None, is_stored_as(text))

# ---- 25: headers that others might believe -----------------------------------------------------------------

BELIEVED_ELSEWHERE = {
    "Proxy": "http://evil.example.com",
    "X_User": "admin",
    "X-User": "admin",
    "X_Authorization": "Bearer x",
    "X-HTTP-Method-Override": "DELETE",
    "X-Method-Override": "PUT",
    "X-Forwarded-For": "127.0.0.1",
    "X-Forwarded-Host": "evil.example.com",
    "X-Real-IP": "127.0.0.1",
    "Forwarded": "for=127.0.0.1;host=evil.example.com",
    "X-Original-URL": "/healthz",
    "X-Rewrite-URL": "/healthz",
    "X_Request_Id": "spoofed",
    "X-Accel-Redirect": "/etc/passwd",
    "X-Sendfile": "/etc/passwd",
    "Status": "500",
}


def read(task, headers):
    return lambda scene: get(f"/api/tasks/{getattr(scene, task)}", scene.vendor, headers=headers)


def is_as_without_headers(front, scene, sent, answer):
    plain = front.caller(sent.token).call(sent.method, sent.path)
    assert comparable(answer) == comparable(plain), plain
    assert set(answer.headers) == set(plain.headers)


for name, value in BELIEVED_ELSEWHERE.items():
    attack(25, f"{name}, a read", read("done_task", {name: value}), 200, None, is_as_without_headers)
    attack(25, f"{name}, a refusal", read("foreign_task", {name: value}), 404, "not_found", is_as_without_headers)

# ---- 26: methods -------------------------------------------------------------------------------------------

METHODS = {
    "TRACE": (405, "method_not_allowed"),
    "PUT": (405, "method_not_allowed"),
    "DELETE": (405, "method_not_allowed"),
    "PATCH": (405, "method_not_allowed"),
    "FOO": (501, "method_not_implemented"),
    "get": (501, "method_not_implemented"),
    "PROPFIND": (501, "method_not_implemented"),
    "OPTIONS": (204, None),
    "HEAD": (200, None),
}
for method, expected in METHODS.items():
    attack(26, method, lambda s, method=method: Sent(method, f"/api/tasks/{s.done_task}", s.vendor), *expected)

# ---- 27: origins -------------------------------------------------------------------------------------------

EVIL_ORIGINS = (
    "https://evil.example.com",
    "null",
    "*",
    "https://app.example.com.evil",
    "https://app.example.com@evil",
    "http://app.example.com",
    "",
)


def allows_no_origin(front, scene, sent, answer):
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    assert "Origin" in answer.headers["vary"]


def preflight(headers):
    return lambda scene: Sent("OPTIONS", "/api/tasks", headers=headers)


for origin in EVIL_ORIGINS:
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    attack(27, f"of {origin!r}", read("done_task", headers), 200, None, allows_no_origin)
    attack(27, f"preflight of {origin!r}", preflight(headers), 204, None, allows_no_origin)

# ---- 28: graphs --------------------------------------------------------------------------------------------


def graph(nodes, edges, task_type=None):
    def prepare(scene):
        kind = task_type or scene.world.task_type
        value = {
            "name": "x",
            "description": "",
            "nodes": [{"node_id": name, "label": "x", "task_type_id": kind} for name in nodes],
            "edges": [{"from_node_id": a, "to_node_id": b} for a, b in edges],
        }
        return post("/api/workflow-templates", scene.admin, value)

    return prepare


CHAIN = [f"n{number}" for number in range(1000)]
LONG_CHAIN = [f"n{number}" for number in range(10000)]
LINKS = list(zip(CHAIN, CHAIN[1:]))
MANY_EDGES = [(CHAIN[number // 100], CHAIN[500 + number % 100]) for number in range(10001)]
attack(28, "a cycle of two", graph("ab", ["ab", "ba"]), 400, "workflow_cycle")
attack(28, "a cycle of three behind another node", graph("abcd", ["ab", "bc", "cd", "db"]), 400, "workflow_cycle")
attack(28, "a cycle of 1000", graph(CHAIN, [*LINKS, (CHAIN[-1], CHAIN[0])]), 400, "workflow_cycle")
attack(28, "an edge to itself", graph("a", ["aa"]), 400, "self_edge")
attack(28, "a node twice", graph("aa", []), 400, "duplicate_node")
attack(28, "an edge twice", graph("ab", ["ab", "ab"]), 400, "duplicate_edge")
attack(28, "an unknown node", graph("a", ["ax"]), 400, "unknown_node")
attack(28, "an unknown task type", graph("a", [], new_id()), 400, "unknown_task_type")
attack(28, "no nodes", graph("", []), 400, "no_nodes")
attack(28, "1001 nodes", graph([*CHAIN, "one"], []), 400, "too_many_nodes")
attack(28, "a chain of 10,000", graph(LONG_CHAIN, []), 400, "too_many_nodes")
attack(28, "10,001 edges", graph(CHAIN, MANY_EDGES), 400, "too_many_edges")
attack(28, "100,000 edges", graph("ab", ["ab"] * 100000), 413, "payload_too_large")
