"""HTTP connections of one process, all served by one loop: small and fast, and able to hang up in the middle."""

import json
import re
import selectors
import socket
import time
import zlib

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
ETAG = re.compile(rb'\r\netag: *"(\d+)-', re.IGNORECASE)
TIMEOUT = 20  # seconds, after which an answer is given up


class Answer:
    """status 0: there was none, and `error` says why. checksum: of the body."""

    def __init__(self, status=0, body=b"", version=None, error=None):
        self.status, self.version, self.error, self.checksum = status, version, error, zlib.crc32(body)
        self.json = json.loads(body) if body else None

    @property
    def code(self):
        return self.json.get("code") if self.json else self.error


class Connection:
    """One request at a time. A connection that was kept and turns out to be closed is replaced, if it said nothing yet
    to a request that is new to it."""

    def __init__(self, address, on_answer):
        self.address, self.on_answer = address, on_answer
        self.socket, self.selector = None, None
        self.data, self.request, self.is_fresh = b"", None, False
        self.deadline, self.hangs_up = None, False

    def send(self, selector, request, hangs_up_after=None):
        """hangs_up_after: seconds, after which the connection is closed whatever has come."""
        self.selector, self.request, self.data = selector, request, b""
        self.hangs_up = hangs_up_after is not None
        self.deadline = time.monotonic() + (hangs_up_after if self.hangs_up else TIMEOUT)
        self._transmit()

    def _transmit(self):
        try:
            if self.socket is None:
                self.socket = socket.create_connection(self.address, timeout=5)
                self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.selector.register(self.socket, selectors.EVENT_READ, self)
                self.is_fresh = True
            self.socket.sendall(self.request)
        except OSError as error:
            self._lost(error)

    def receive(self):
        try:
            data = self.socket.recv(262144)
        except OSError as error:
            self._lost(error)
            return
        if not data:
            self._lost(ConnectionError("closed"))
            return
        self.data += data
        self._take_answer()

    def _take_answer(self):
        end = self.data.find(b"\r\n\r\n")
        if end < 0 or self.request is None:
            return
        head = self.data[:end]
        length = LENGTH.search(head)
        size = int(length[1]) if length else 0
        if len(self.data) < end + 4 + size:
            return
        body = self.data[end + 4 : end + 4 + size]
        self.is_fresh = False
        if b"\r\nConnection: close" in head:
            self.close()
        version = ETAG.search(head)
        self._finish(Answer(int(head[9:12]), body, int(version[1]) if version else None))

    def _lost(self, error):
        was_fresh, said_something = self.is_fresh, bool(self.data)
        self.close()
        if self.request is None:
            return
        if not was_fresh and not said_something:  # it had been closed while nobody used it
            self._transmit()
        else:
            self._finish(Answer(error=f"closed: {error}"))

    def tick(self, now):
        """Ends what takes too long."""
        if self.request is not None and now > self.deadline:
            self.close()
            self._finish(Answer(error="hung up" if self.hangs_up else "timeout"))

    def _finish(self, answer):
        self.request = None
        self.on_answer(answer)

    def close(self):
        if self.socket is not None:
            self.selector.unregister(self.socket)
            self.socket.close()
            self.socket = None


def request(method, path, token, request_id, body=None, key=None):
    """The bytes of a request. Keeps the connection. key: its Idempotency-Key."""
    content = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
    head = f"{method} {path} HTTP/1.1\r\nHost: eventflow\r\n"
    head += f"Authorization: Bearer {token}\r\nX-Request-Id: {request_id}\r\n"
    if key:
        head += f"Idempotency-Key: {key}\r\n"
    if method == "POST":
        head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
    return head.encode() + b"\r\n" + content
