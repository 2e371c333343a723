"""First lines that no client sends: targets, methods, versions."""

from fronts import CLOSED
from raw_request import AUTHORIZATION, GET, HOST, first_line, method, raw, target

# ---- Targets -----------------------------------------------------------------------------------------------
NO_SUCH_PATH = r"""
/api /api/ /api//tasks //api/tasks ///api/tasks /api/./tasks /api/../api/tasks /api/tasks/.. /../api/tasks /.. /.
/./api/tasks /api/tasks/../../../../etc/passwd /api/%74asks /%61pi/tasks /api/tasks%2F /api%2Ftasks /api%2ftasks
/api/tasks%5C /api/tasks%20 /api/tasks%00 /api/tasks%00.json /api/tasks%zz /api/tasks% /api/tasks%4 /api/tasks%c0%af
/api/tasks%ff /api/tasks%0a /api/tasks%0d /api/tasks%0d%0aX-Evil:%20y /%2e%2e/%2e%2e/etc/passwd
/api/tasks/%2e%2e/events /api/%2e/tasks /api/tasks%252f /api/tasks%u002f /api/tasks; /api/tasks;x /api/tasks;a=b
/;/api/tasks /api;/tasks /api\tasks /api/tasks\ /api\..\api\tasks /API/tasks /Api/Tasks /api/TASKS /api/tasks*
/api/tasks' /api/tasks" /api/tasks< /api/tasks> /api/tasks| /api/tasks{ /api/tasks} /api/tasks~ /api/tasks`
/api/tasks^ /api/tasks:80 /api/tasks@x /api/tasks, /api/tasks+ /api/tasks= /api/tasks! /api/tasks$ /api/tasks&
/api/tasks( /api/tasks) /api/tasks. /api/tasks.json /api/.tasks /.env /.git/config /server-status /conf
/conf/nginx/eventflow.conf /etc/passwd /_error /_error/400 /index.html /favicon.ico /eventflow /docs%2f /%64ocs
/docs/.. /docs/../api/tasks /docs/../openapi.json /docs/./ /docs// /docs/nothing /docs/%00 /docs/.htaccess
/docs/index.html/ /docs/index.html/x /docs/%69ndex.html /docs/../../README /docs/%2e%2e/%2e%2e/README /docs;x /docs\
/docsx /DOCS /redoc/../docs /redoc/%2e%2e/docs /redoc/nothing /openapi%2ejson /openapi.json/ /openapi.json/x
/openapi.json%00 /openapi.jsonx /openapi.yaml /healthz/ /HEALTHZ /healthz%20 /healthz;x /readyz/x
"""
for path in NO_SUCH_PATH.split():
    target(path.encode(), 404)
for path in (
    "/api/tasks",
    "/api/tasks?",
    "/healthz?",
    "/docs",
    "/docs?x",
    "/docs?%zz",
    "/redoc",
    "/openapi.json?x=%00",
):
    target(path.encode(), 200)
BAD_QUERIES = r"""
?x=%zz ?x=%00 ?% ?limit=1&limit=2 ?? ?x=\ ?limit=1%0d%0aX-Evil:1 ?limit=%31%30%30%30%30 ?limit= ?=1 ?&& ?limit=1;x
?<script> ?& ?= ?a ?a= ?=a ?limit ?limit=1& ?&limit=1 ?limit=1&&state=TODO ?%6cimit=1 ?limit=+1 ?limit=1+ ?limit%3d1
?state=IN+PROGRESS ?limit=1%26state=TODO ?limit[]=1 ?limit=1?limit=2 ?limit=1&LIMIT=2 ?LIMIT=1 ?limit=%EF%BC%91
?limit=1%00 ?limit=1%ff ?cursor=%2e%2e ?takeable=true&takeable=false ?event_id= ?event_id=%27
"""
for query in BAD_QUERIES.split():
    target(b"/api/tasks" + query.encode(), 400)
MANY = b"&".join(b"a%d=1" % number for number in range(1000))
for query in (
    MANY,
    b"limit=1&" * 1900,
    b"&" * 15000,
    b"=" * 15000,
    b"a" * 15000,
    b"%41" * 5000,
    b"limit=" + b"1" * 15000,
):
    line = GET.replace(b"tasks", b"tasks?" + query)
    raw("target", f"?{query[:16]} of {len(query)} bytes", line + HOST + AUTHORIZATION + b"\r\n", 400)
for query in (b"limit=1", b"limit=%31", b"state=%54ODO&limit=1", b"limit=0001"):
    target(b"/api/tasks?" + query, 200)
target(b"/api/auth/me?", 200)
for path in (b"/healthz", b"/readyz", b"/api/auth/me"):
    for query, expected in ((b"?&", 400), (b"?a", 400), (b"?=", 400), (b"?%zz", 400), (b"?%00", 400)):
        target(path + query, expected)
for value in (
    *(
        b"/api/tasks" + byte
        for byte in (b"\xff", b"\xc3\xbc", b"\x00", b"\x01", b"\x1f", b"\x7f", b"\t", b"\r", b"#x", b" x")
    ),
    *(b"/api/tasks?x=" + byte for byte in (b"\xff", b"\xc3\xbc", b"\x00", b"\x01", b"\x7f", b"\t", b"#x", b"y z")),
    *(b"/docs" + byte for byte in (b"\xff", b"\x00", b"#x", b"\x01")),
    b"*",
    b"",
    b"api/tasks",
    b"x:80",
    b"http://evil.example.com/api/tasks",
    b"https://evil.example.com/api/tasks",
    b"http://evil.example.com",
    b"http://",
    b"http:///api/tasks",
    b"http://user@x/api/tasks",
    b"http://x:80/api/tasks",
    b"ftp://x/api/tasks",
    b"file:///etc/passwd",
    b"javascript:alert(1)",
):
    target(value, 400)
target(b"http://x/api/tasks", 400, "absolute_form")
target(b"HTTPS://x/api/tasks", 400, "absolute_form")
for size in (16001, 16200, 20000, 40000):
    raw("target", f"{size} bytes", b"GET /api/tasks?x=" + b"y" * (size - 13) + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414)
target(b"/" + b"a/" * 5000, 404)
target(b"/" + b"y" * 100000, 414, "one_size_of_headers")

# ---- Methods -----------------------------------------------------------------------------------------------
for value in (b"PUT", b"DELETE", b"PATCH", b"TRACE"):
    method(value, 405)
    method(value, 405, path=b"/docs")
method(b"HEAD", 200)
method(b"OPTIONS", 204)
method(b"OPTIONS", 200, path=b"*")
method(b"OPTIONS", 405, path=b"/docs")
for value in (b"PUT", b"POST", b"HEAD", b"OPTIONS", b"DELETE", b"PATCH"):
    for path in (b"/api/nothing", b"/nothing", b"/api", b"/api/tasks/", b"/api//tasks"):
        method(value, 404, path=path)
for path in (b"/healthz", b"/readyz", b"/api/tasks/x", b"/api/auth/login", b"/api/user-types"):
    method(b"OPTIONS", 204, path=path)
    method(b"DELETE", 405, path=path)
method(b"HEAD", 405, path=b"/api/auth/login")
for path in (b"/docs", b"/redoc", b"/openapi.json"):
    method(b"HEAD", 200, path=path)
for value in (b"POST", b"PUT", b"DELETE", b"OPTIONS"):
    for path in (b"/openapi.json", b"/docs/init.js", b"/docs/nothing", b"/redoc/"):
        method(value, 405, path=path)
for value in (
    b"PROPFIND",
    b"MKCOL",
    b"LOCK",
    b"COPY",
    b"MOVE",
    b"SEARCH",
    b"REPORT",
    b"QUERY",
    b"VERSION-CONTROL",
    b"LINK",
):
    method(value, 501)
for value in (
    b"FOO",
    b"BREW",
    b"get",
    b"Get",
    b"gET",
    b"PURGE",
    b"TRACK",
    b"DEBUG",
    b"M-SEARCH",
    b"X" * 50,
    b"Y" * 9000,
):
    method(value, 501)
for value in (b"FOO", b"get"):
    method(value, 404, "unknown_method", path=b"/api/nothing")
    method(value, 405, "unknown_method", path=b"/docs")
for value in (b"CONNECT", b"CONNECT x:80"):
    method(value, 400)
for value in (
    b"GE T",
    b"G\x00T",
    b"G\xffT",
    b"GET\t",
    b"",
    b" GET",
    b"\tGET",
    b"G@T",
    b"GET:",
    b"GET/",
    b'"GET"',
    b"G\x01T",
    b"(GET)",
    b"GET,",
):
    method(value, 400, "unknown_method")
method(b"FOO", 400, "unknown_method", path=b"*")
method(b"PRI", (501, 400))

# ---- First lines -------------------------------------------------------------------------------------------
first_line(b"GET /api/tasks HTTP/1.0", 200)
for version in (
    b"HTTP/0.9 HTTP/1.2 HTTP/1.9 HTTP/1.10 HTTP/2.0 HTTP/3.0 HTTP/11.1 HTTP/9.9 HTTP/1 HTTP/ HTTP http/1.1 Http/1.1"
    b" HTTQ/1.1 XHTTP/1.1 HTTP/1.1x HTTP/01.1 HTTP/1.01 HTTP/-1.1 HTTP/1,1 HTTP/1. HTTP/.1 ICY/1.0"
    b" HTTP/1.1\x00 HTTP/\xff"
).split(b" "):
    first_line(b"GET /api/tasks " + version, 400)
for value in (
    b"GET /api/tasks HTTP/1.1 ",
    b"GET /api/tasks HTTP/1.1 x",
    b"GET /api/tasks HTTP/1.1\t",
    b"GET  /api/tasks HTTP/1.1",
    b"GET /api/tasks  HTTP/1.1",
    b"GET\t/api/tasks\tHTTP/1.1",
    b"GET /api/tasks\tHTTP/1.1",
    b"GET\x0b/api/tasks HTTP/1.1",
    b"GET",
    b"HTTP/1.1 200 OK",
    b"EHLO x",
    b"PROXY TCP4 1.1.1.1 2.2.2.2 1 2",
    b"{}",
    b"\xde\xad\xbe\xef",
    b"\x00" * 100,
):
    first_line(value, 400, "unknown_method")
first_line(b"\r\n" + GET[:-2], 200, "empty_line_first")
first_line(b"\r\n\r\n" + GET[:-2], 200, "empty_line_first")
raw("first line", "of HTTP/0.9", b"GET /api/tasks\r\n\r\n", 400)
raw("first line", "of HTTP/0.9, and nothing else", b"GET /healthz\r\n", (400, CLOSED))
raw("first line", "nothing but empty lines", b"\r\n\r\n", (400, CLOSED))
raw("first line", "TLS", bytes.fromhex("16030100c8010000c40303") + b"\x11" * 200, (400, CLOSED))
raw("first line", "HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0" * 9, (400, CLOSED))
raw("first line", "CR alone", (GET + HOST + b"\r\n").replace(b"\r\n", b"\r"), (400, CLOSED))
raw("first line", "ends in LF", GET[:-2] + b"\n" + HOST + AUTHORIZATION + b"\r\n", 400, "bare_lf")
raw("first line", "LF before it", b"\n" + GET + HOST + AUTHORIZATION + b"\r\n", 400, "bare_lf")
raw("first line", "only LF everywhere", (GET + HOST + AUTHORIZATION + b"\r\n").replace(b"\r\n", b"\n"), 400, "bare_lf")
