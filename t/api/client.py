"""A small HTTP client: every answer is judged by the specification before a test sees it, and remembered."""

import http.client
import json
import re
import socket
import threading
import urllib.parse

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
SECURITY_HEADERS = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
}
WEB_SERVER_CODES = {
    "bad_request",
    "payload_too_large",
    "uri_too_long",
    "headers_too_large",
    "bad_gateway",
    "gateway_timeout",
}
LEAK = re.compile(r"\b(SELECT|INSERT|UPDATE) |/src/|\.c:\d|eventflow\.|SQLSTATE|constraint", re.ASCII)


class Coverage:
    """What was answered to what during the whole run."""

    def __init__(self):
        self.statuses = set()
        self.codes = set()


class Response:
    def __init__(self, request, status, headers, body):
        self.method, self.target, self.sent_headers = request
        self.path = self.target.partition("?")[0]
        self.status, self.body = status, body
        self.header_list = [(name.lower(), value) for name, value in headers]
        self.headers = dict(self.header_list)
        is_json = self.headers.get("content-type", "").startswith("application/json")
        self.json = json.loads(body) if body and is_json else None

    @property
    def code(self):
        return self.json.get("code") if isinstance(self.json, dict) else None

    @property
    def etag(self):
        return self.headers["etag"]

    @property
    def next_cursor(self):
        return self.json["next_cursor"]

    def ok(self):
        """The data of a success; anything else fails the test."""
        assert self.status == 200, f"{self} instead of 200"
        return self.json["data"]

    def done(self):
        """A success that has nothing to tell; anything else fails the test."""
        assert self.status == 204, f"{self} instead of 204"

    def refused(self, code):
        """The body of the failure that has this code; anything else fails the test."""
        assert self.code == code, f"{self} instead of {code}"
        return self.json

    def __str__(self):
        return f"{self.method} {self.target[:200]}: {self.status} {self.body[:300]!r}"


class Judge:
    """What holds for every answer, whatever was asked."""

    def __init__(self, specification, coverage):
        self.specification, self.coverage = specification, coverage

    def check(self, response):
        operation = self.specification.find(response.method, response.path)
        try:
            if operation and operation.is_document and response.status == 200:
                self.coverage.statuses.add((operation.id, response.status))
                return
            self._check_headers(response)
            self._check_body(response, operation)
        except AssertionError as error:
            raise AssertionError(f"{response}\n{error}") from None
        self.coverage.codes.add(response.code)
        if operation:
            self.coverage.statuses.add((operation.id, response.status))

    def _check_headers(self, response):
        headers = response.headers
        names = [name for name, _ in response.header_list]
        assert len(names) == len(set(names)), f"a header appears twice: {sorted(names)}"
        for name, value in SECURITY_HEADERS.items():
            assert headers.get(name) == value, f"{name}: {headers.get(name)!r}"
        assert REQUEST_ID.fullmatch(headers.get("x-request-id", "")), f"X-Request-Id: {headers.get('x-request-id')!r}"
        if "etag" in headers:
            assert headers["cache-control"] == "private, no-cache"
            assert set(headers["vary"].replace(" ", "").split(",")) == {"Authorization", "Origin"}
        else:
            assert headers["cache-control"] == "no-store", f"Cache-Control: {headers['cache-control']}"
            assert headers.get("vary") == "Origin", f"Vary: {headers.get('vary')}"
        assert (response.status == 401) == (headers.get("www-authenticate") == "Bearer"), "WWW-Authenticate"
        assert response.status != 405 or headers.get("allow"), "405 without Allow"
        assert (response.status in (409, 429, 503)) == ("retry-after" in headers), "Retry-After"

    def _check_body(self, response, operation):
        if response.status in (204, 304):
            assert response.body == b"" and "content-type" not in response.headers
            assert response.status == 204 or response.headers.get("etag")
        elif response.method == "HEAD":
            assert response.body == b""
        else:
            self._check_envelope(response)
        if operation and response.code not in WEB_SERVER_CODES | {"method_not_implemented"}:
            self.specification.judge_answer(operation, response.status, response.json)

    def _check_envelope(self, response):
        body = response.json
        assert response.headers.get("content-type") == "application/json; charset=utf-8"
        assert isinstance(body, dict) and body.get("ok") is (response.status == 200)
        if response.status == 200:
            return
        self.specification.judge_failure(body, "the failure")
        assert (
            self.specification.status_of[body["code"]] == response.status
        ), "the catalogue has another status for this code"
        assert body["request_id"] == response.headers["x-request-id"]
        assert body["code"] != "internal_error", "an unexpected failure"
        assert "%s" not in body["error"] and not LEAK.search(body["error"]), "the sentence is not for people"


class Wire:
    """Connections to the stack, kept open, one for each thread."""

    def __init__(self, stack):
        self.address = (stack.host, stack.port)
        self.local = threading.local()

    def exchange(self, *request):
        connection = getattr(self.local, "connection", None)
        if connection:
            try:
                return self._send(connection, *request)
            except (http.client.RemoteDisconnected, ConnectionError):
                connection.close()  # it had been idle for too long
        self.local.connection = http.client.HTTPConnection(*self.address, timeout=30)
        return self._send(self.local.connection, *request)

    @staticmethod
    def _send(connection, method, target, body, headers):
        connection.request(method, target, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.getheaders(), answer.read()

    def exchange_raw(self, data, method):
        with socket.create_connection(self.address, timeout=30) as connection:
            connection.sendall(data)
            answer = http.client.HTTPResponse(connection, method=method)
            answer.begin()
            return answer.status, answer.getheaders(), answer.read()


class Caller:
    """One who calls: with a token, or without any. Threads may share it."""

    def __init__(self, wire, judge, token=None):
        self.wire, self.judge, self.token = wire, judge, token

    def with_token(self, token):
        return Caller(self.wire, self.judge, token)

    def get(self, path, query=None, headers=None):
        return self.call("GET", path, query, headers=headers)

    def get_all(self, path):
        """The rows of all pages of a list."""
        page = self.get(path, {"limit": 1000})
        rows = page.ok()
        while page.next_cursor:
            page = self.get(path, {"limit": 1000, "cursor": page.next_cursor})
            rows += page.ok()
        return rows

    def post(self, path, value=None, headers=None, query=None):
        return self.call("POST", path, query, value=value, headers=headers)

    def call(self, method, path, query=None, value=None, body=None, headers=None):
        """value: sent as JSON; body: bytes, sent as they are; query: a dictionary, or text that is sent as it is."""
        if isinstance(query, dict):
            query = urllib.parse.urlencode({name: item for name, item in query.items() if item is not None})
        target = path + (f"?{query}" if query is not None else "")
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if value is not None:
            body = json.dumps(value, ensure_ascii=False).encode()
        if body is not None:
            sent["Content-Type"] = "application/json"
        sent.update(headers or {})
        sent = {name: item for name, item in sent.items() if item is not None}
        response = Response((method, target, sent), *self.wire.exchange(method, target, body, sent))
        self.judge.check(response)
        return response

    def raw(self, data):
        """Sends bytes that no well-behaved client would, and reads the answer to them."""
        method, target = (data.split(b"\r\n")[0].decode("latin-1").split(" ") + [""])[:2]
        response = Response((method, target, {}), *self.wire.exchange_raw(data, method))
        self.judge.check(response)
        return response
