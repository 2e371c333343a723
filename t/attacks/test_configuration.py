"""What the configurations say: the words of the catalogue, and headers on what the web servers answer themselves."""

import re

import pytest
import stack as stack_module
from specification import Specification

CONF = stack_module.ROOT / "conf"
SPECIFICATION = Specification(stack_module.ROOT)
NGINX = re.findall(r"/_error/(\d+) '(\{.*\})';", (CONF / "nginx/eventflow.conf").read_text())
LUA = re.findall(r'(\w+) = \{ (\d+), "(.*)" \},', (CONF / "lua/refusals.lua").read_text())
DOCUMENTS = (
    "/openapi.json",
    "/docs",
    "/redoc",
    "/docs/init.js",
    "/docs/swagger-ui.css",
    "/redoc/init.js",
    "/redoc/page.css",
)


def in_words_of_the_catalogue(code, status, message):
    assert SPECIFICATION.status_of[code] == int(status), code
    pattern = re.escape(SPECIFICATION.message_of[code]).replace("%s", ".+")
    assert re.fullmatch(pattern, message), f"{message!r} is not {SPECIFICATION.message_of[code]!r}"


def test_nginx_speaks_as_the_catalogue_does():
    for status, envelope in NGINX:
        found = re.fullmatch(r'\{"ok":false,"error":"(.*)","code":"(\w+)","request_id":"\$eventflow_id"\}', envelope)
        in_words_of_the_catalogue(found[2], status, found[1])
    assert {"400", "413", "414", "431", "429", "502", "503", "504"} <= {status for status, _ in NGINX}


def test_lua_speaks_as_the_catalogue_does():
    for code, status, message in LUA:
        in_words_of_the_catalogue(code, status, message)
    assert {"400", "413", "414", "431", "429", "502", "503", "504"} <= {status for _, status, _ in LUA}


@pytest.mark.parametrize("path", DOCUMENTS)
def test_documents_are_the_same_and_guarded(front, path):
    status, headers, body = front.nobody.wire.exchange("GET", path, None, {"X-Request-Id": "document"})
    names = [name.lower() for name, _ in headers]
    headers = {name.lower(): value for name, value in headers}
    file = path.lstrip("/") if "." in path else f"{path.lstrip('/')}/index.html"
    assert status == 200 and body == (stack_module.ROOT / "htdocs" / file).read_bytes()
    assert len(names) == len(set(names)), sorted(names)
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
    assert headers["x-request-id"] == "document" and headers["cache-control"] == "no-cache"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["content-type"].split(";")[0] == {
        "json": "application/json", "js": "application/javascript", "css": "text/css",
    }.get(file.rpartition(".")[2], "text/html")  # fmt: skip
    head_status, head_headers, nothing = front.nobody.wire.exchange("HEAD", path, None, {})
    assert (head_status, nothing) == (200, b"") and dict(head_headers)["Content-Type"] == headers["content-type"]


def test_the_root_leads_to_the_documents(front):
    status, headers, _ = front.nobody.wire.exchange("GET", "/", None, {})
    assert (status, dict(headers)["Location"]) == (302, "/docs")
    assert dict(headers)["X-Content-Type-Options"] == "nosniff"


def test_methods_of_documents(front):
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        answer = front.nobody.call(method, "/docs", body=b"x")
        answer.refused("method_not_allowed")
        assert answer.headers["allow"].replace(" ", "") in ("GET,HEAD", "HEAD,GET")


def test_what_is_refused_has_the_callers_request_id(front):
    line = b"GET /api/tasks HTTP/9.9\r\nHost: x\r\nX-Request-Id: mine\r\nConnection: close\r\n\r\n"
    assert front.raw(line).status == 400  # judged: the body has the header's id
    answer = front.nobody.call("POST", "/api/none", body=b"x" * 1048577, headers={"X-Request-Id": "mine"})
    answer.refused("payload_too_large")
    assert answer.headers["x-request-id"] == "mine"
