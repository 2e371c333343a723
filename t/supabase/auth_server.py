#!/usr/bin/python3
"""A stand-in for the Auth server of a Supabase project, over TLS: it answers as the real one does, or misbehaves.

    with AuthServer(folder) as server:
        server.add_user("a@example.com", "password")
        server.misbehave("slow", path="/auth/v1/token")

By hand, `t/supabase/auth_server.py [MODE]` prints the settings with which EventFlow uses it, and serves until Ctrl-C.
"""

import argparse
import collections
import contextlib
import dataclasses
import http.server
import json
import pathlib
import secrets
import ssl
import tempfile
import threading
import time
import urllib.parse

from accounts import Accounts, Refusal
from certificates import write_certificates
from signing_keys import KeyRing

JWKS, TOKEN, LOGOUT, USER = (f"/auth/v1/{name}" for name in (".well-known/jwks.json", "token", "logout", "user"))
SLOW = 30  # seconds
BURST = 30  # requests that one address may make at once; then one each two seconds


@dataclasses.dataclass
class Request:
    method: str
    path: str
    query: dict
    headers: dict  # names in lower case
    body: str

    def json(self):
        return json.loads(self.body)


class RateLimit:
    """Token buckets, one for each address."""

    def __init__(self, burst=BURST, per_second=0.5):
        self.burst, self.per_second = burst, per_second
        self.buckets = collections.defaultdict(lambda: (self.burst, time.monotonic()))

    def take(self, address):
        left, then = self.buckets[address]
        left = min(self.burst, left + (time.monotonic() - then) * self.per_second)
        self.buckets[address] = (left - 1 if left >= 1 else left, time.monotonic())
        return left >= 1


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    disable_nagle_algorithm = True
    wbufsize = -1  # an answer is one write

    def setup(self):
        if self.server.owner.tls_contexts:
            context = self.server.owner.tls_contexts[self.server.owner.certificate]
            self.request = context.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self):
        super().finish()
        self.request.close()  # the listener only knows the socket beneath TLS

    def log_message(self, *_):
        pass

    def do_GET(self):
        self._serve()

    do_POST = do_GET

    def _serve(self):
        address = urllib.parse.urlsplit(self.path)
        query = {name: values[0] for name, values in urllib.parse.parse_qs(address.query).items()}
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode(errors="replace")
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, address.path, query, headers, body)
        self.server.owner.requests.append(request)
        mode = self.server.owner.mode_of(request.path)
        getattr(self, f"mode_{mode}")(request)

    def _send(self, status, body, headers=(), content_type="application/json"):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"" if status == 204 else body)

    def _hang_up(self):
        self.close_connection = True

    # ---- The modes: each is a way to answer ----

    def mode_normal(self, request):
        self._send(*self.server.owner.answer(request, self.client_address[0]))

    def mode_slow(self, request):
        self.server.owner.is_closing.wait(SLOW)
        self._hang_up()

    def mode_dripping(self, request):
        """The right answer, four bytes a second: no pause is long, and the whole takes minutes."""
        status, body, *_ = self.server.owner.answer(request, self.client_address[0])
        head = f"HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self._hang_up()
        for byte in head.encode() + body:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            if self.server.owner.is_closing.wait(0.25):
                return

    def mode_endless(self, request):
        self._pour(b"Content-Type: application/json\r\n\r\n" + b'{"access_token":"', b"x" * 4096)

    def mode_endless_headers(self, request):
        self._pour(b"", b"X-More: " + b"x" * 1000 + b"\r\n")

    def _pour(self, start, more):
        self._hang_up()
        self.wfile.write(b"HTTP/1.1 200 OK\r\n" + start)
        while not self.server.owner.is_closing.is_set():
            self.wfile.write(more)
            self.wfile.flush()

    def mode_broken_json(self, request):
        _, body, *_ = self.server.owner.answer(request, self.client_address[0])
        self._send(200, body[: len(body) // 2])

    def mode_empty(self, request):
        self._send(200, b"")

    def mode_html(self, request):
        self._send(200, b"<!doctype html><title>Please sign in to the network</title>", content_type="text/html")

    def mode_wrong_shape(self, request):
        self._send(200, b'{"access_token":{"a":1},"refresh_token":7,"expires_in":"soon","user":[]}')

    def mode_error_500(self, request):
        self._send(500, b'{"code":"unexpected_failure","message":"Database error querying schema","error_id":"1"}')

    def mode_gateway_error(self, request):
        self._send(502, b"<html>cloudflare</html>", content_type="text/html")

    def mode_redirect(self, request):
        self._send(307, b"", [("Location", f"{self.server.owner.url}/auth/v1/elsewhere")])

    def mode_closed(self, request):
        self._hang_up()

    def mode_truncated(self, request):
        _, body, *_ = self.server.owner.answer(request, self.client_address[0])
        self.send_response(200)
        self.send_header("Content-Length", str(len(body) + 100))
        self.end_headers()
        self.wfile.write(body)
        self._hang_up()

    def mode_no_http(self, request):
        self.wfile.write(b"220 mail.example.com ESMTP\r\n")
        self._hang_up()


MODES = sorted(name.removeprefix("mode_") for name in vars(Handler) if name.startswith("mode_"))


class Listener(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass  # a client that goes away, or does not trust the certificate, is what the tests are for


class AuthServer:
    """The stand-in, its switches, and the record of what it was asked."""

    def __init__(self, folder, port=0, with_tls=True):
        folder.chmod(0o755)  # the workers may be other users
        certificates = write_certificates(folder)
        self.ca_file = folder / "ca.pem"
        self.ca_file.chmod(0o644)
        self.listener = Listener(("127.0.0.1", port), Handler)
        self.listener.owner = self
        self.port = self.listener.server_address[1]
        self.url = f"{'https' if with_tls else 'http'}://localhost:{self.port}"
        self.tls_contexts = {name: tls_context(path) for name, path in certificates.items()} if with_tls else {}
        self.certificate = "good"
        self.anon_key = f"sb_publishable_{secrets.token_urlsafe(16)}"
        self.secret_key = f"sb_secret_{secrets.token_urlsafe(16)}"
        self.jwt_secret = secrets.token_urlsafe(40)
        self.keys = KeyRing(self.jwt_secret)
        self.accounts = Accounts(self.keys, f"{self.url}/auth/v1")
        self.rate_limit = RateLimit()
        self.is_email_enabled = True
        self.modes = {}
        self.requests = []
        self.change = None  # a function that changes the answer of a grant before it is sent
        self.is_closing = threading.Event()
        self.lock = threading.Lock()

    def __enter__(self):
        threading.Thread(target=self.listener.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.is_closing.set()
        self.listener.shutdown()
        self.listener.server_close()

    def settings(self):
        """The settings of EventFlow for this server."""
        return {
            "SUPABASE_URL": self.url,
            "SUPABASE_ANON_KEY": self.anon_key,
            "SUPABASE_CA_FILE": str(self.ca_file),
            "SUPABASE_JWT_SECRET": self.jwt_secret,
        }

    def add_user(self, email, password, user_id=None, **details):
        return self.accounts.add(email, password, user_id, **details)

    def misbehave(self, mode, path=None):
        """How it answers from now on: everything, or one path alone."""
        assert mode in MODES, f"the modes are {', '.join(MODES)}"
        self.modes[path] = mode

    def behave(self):
        """Everything as it was at first, but for accounts and keys."""
        self.modes, self.certificate, self.change = {}, "good", None
        self.rate_limit, self.is_email_enabled = RateLimit(), True

    def mode_of(self, path):
        return self.modes.get(path) or self.modes.get(None) or "normal"

    def asked(self, path=None):
        """The requests so far, or those for one path."""
        return [request for request in list(self.requests) if path in (None, request.path)]

    def mint(self, account, **changes):
        """An access token as the server would give it; a claim that is changed to None is left out."""
        claims = {**self.accounts.claims(account), **changes}
        return self.keys.current.sign({name: value for name, value in claims.items() if value is not None})

    # ---- The real answers ----

    def answer(self, request, client_address):
        """Status, body and headers."""
        try:
            with self.lock:
                status, value, headers = self._handle(request, client_address)
        except Refusal as refusal:
            status, value = refusal.status, error_body(refusal, request)
            headers = [("x-sb-error-code", refusal.code)]
        return status, json.dumps(value).encode(), headers

    def _handle(self, request, client_address):
        if (request.method, request.path) == ("GET", JWKS):
            return 200, self.keys.key_set(), [("Cache-Control", "public, max-age=600")]
        if not self._is_key(request):
            return 401, {"message": "Invalid API key", "hint": "Double check your Supabase API key."}, []
        operation = self._operations().get((request.method, request.path))
        if operation is None:
            return 404, {"code": 404, "msg": "404 page not found"}, []
        return operation(request, client_address)

    def _operations(self):
        return {
            ("GET", "/auth/v1/health"): lambda *_: (200, {"name": "GoTrue", "version": "stand-in"}, []),
            ("POST", TOKEN): self._token,
            ("POST", LOGOUT): self._logout,
            ("GET", USER): self._user,
            ("POST", "/auth/v1/admin/users"): self._add_user,
            ("GET", "/auth/v1/admin/users"): self._list_users,
        }

    def _is_key(self, request):
        return request.headers.get("apikey") in (self.anon_key, self.secret_key)

    def _client_of(self, request, client_address):
        """Whom a rate limit counts: a forwarded address is believed of a secret key alone."""
        forwarded = request.headers.get("sb-forwarded-for")
        return forwarded if forwarded and request.headers["apikey"] == self.secret_key else client_address

    def _token(self, request, client_address):
        if not self.rate_limit.take(self._client_of(request, client_address)):
            raise Refusal(429, "over_request_rate_limit", "Request rate limit reached")
        body = json_body(request)
        grant = request.query.get("grant_type")
        if grant == "password":
            if not self.is_email_enabled:
                raise Refusal(422, "email_provider_disabled", "Email logins are disabled")
            answer = self.accounts.password_grant(body.get("email"), body.get("password"))
        elif grant == "refresh_token":
            answer = self.accounts.refresh_grant(body.get("refresh_token"))
        else:
            raise Refusal(400, "invalid_credentials", "unsupported_grant_type")
        return 200, self.change(answer) if self.change else answer, []

    def _claims(self, request):
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Refusal(401, "no_authorization", "This endpoint requires a valid Bearer token")
        try:
            return self.keys.verify(token)
        except ValueError as error:
            raise Refusal(403, "bad_jwt", f"invalid JWT: {error}") from None

    def _logout(self, request, _):
        self.accounts.logout(self._claims(request), request.query.get("scope", "global"))
        return 204, None, []

    def _user(self, request, _):
        account = self.accounts.find(self._claims(request)["sub"])
        if account is None:
            raise Refusal(403, "user_not_found", "User from sub claim in JWT does not exist")
        if account.is_banned:
            raise Refusal(403, "user_banned", "User is banned")
        return 200, account.public(), []

    def _require_secret(self, request):
        if request.headers.get("authorization") != f"Bearer {self.secret_key}":
            raise Refusal(403, "not_admin", "User not allowed")

    def _add_user(self, request, _):
        self._require_secret(request)
        body = json_body(request)
        account = self.add_user(
            body["email"], body["password"], body.get("id"), is_confirmed=body.get("email_confirm", False)
        )
        return 200, account.public(), []

    def _list_users(self, request, _):
        self._require_secret(request)
        return 200, {"users": [account.public() for account in self.accounts.by_email.values()], "aud": ""}, []


def tls_context(pem):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


def json_body(request):
    try:
        body = json.loads(request.body)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refusal(400, "bad_json", "Could not parse request body as JSON")
    return body


def error_body(refusal, request):
    """In the shape that the request's API version asks for."""
    if request.headers.get("x-supabase-api-version", "") >= "2024-01-01":
        return {"code": refusal.code, "message": refusal.message}
    return {"code": refusal.status, "error_code": refusal.code, "msg": refusal.message}


def main():
    parser = argparse.ArgumentParser(description="A stand-in for Supabase Auth.")
    parser.add_argument("mode", nargs="?", default="normal", choices=MODES)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, AuthServer(pathlib.Path(folder), options.port) as server:
        server.misbehave(options.mode)
        for name, value in {**server.settings(), "SUPABASE_SERVICE_ROLE_KEY": server.secret_key}.items():
            print(f"{name}={value}", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
