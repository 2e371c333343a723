"""A relay between a worker and PostgreSQL that lets the statements of a pipeline through one by one.

It speaks just enough of the protocol (PostgreSQL 15, chapter 55) to know where a statement begins, and when the server
has done with it. What the worker sends is never changed: only a Flush is put behind a statement that is let through
alone.
"""

import os
import pathlib
import selectors
import socket
import struct
import tempfile

FLUSH = b"H" + struct.pack("!I", 4)
ENDS_OF_A_STEP = (b"E", b"Q", b"S")  # Execute, Query, Sync
ANSWERS_TO_EXECUTE = (b"C", b"I", b"s", b"E")  # CommandComplete, EmptyQueryResponse, PortalSuspended, ErrorResponse


class Step:
    """What goes to the server at once: one statement with all of its messages, or a Sync."""

    def __init__(self):
        self.data, self.statement, self.text, self.kind = b"", "", "", None

    @property
    def is_sync(self):
        return self.kind == b"S"


class Link:
    """One connection of the worker and its counterpart at the server."""

    def __init__(self, relay, client, server):
        self.relay, self.client, self.server = relay, client, server
        self.from_client = self.from_server = b""
        self.is_started = False  # the first message has no type
        self.pid = 0
        self.texts = {}  # prepared statements by name
        self.steps, self.step = [], Step()
        self.in_flight = None  # the step that the server works on
        self.has_failed = False  # the server skips everything up to the next Sync
        self.transaction = "I"  # as the last ReadyForQuery said
        self.is_closed = False
        self.withholds = False  # what the server says does not reach the worker

    def close(self):
        if self.is_closed:
            return
        self.is_closed = True
        self.relay.links.remove(self)
        for end in (self.client, self.server):
            self.relay.selector.unregister(end)
            end.close()

    def receive(self, end):
        try:
            data = end.recv(65536)
        except ConnectionError:
            data = b""
        if not data:
            self.close()
        elif end is self.client:
            self.from_client += data
            self._take_from_client()
        else:
            self.from_server += data
            self._take_from_server()

    def _take_from_client(self):
        while message := self._next_of_client():
            kind, data = message
            if kind in (None, b"p", b"X", b"H"):  # the start, passwords, the end
                self._send(self.server, data)
                continue
            self.step.data += data
            self._learn(kind, data)
            if kind in ENDS_OF_A_STEP:
                self.step.kind = kind
                self.steps.append(self.step)
                self.step = Step()
        self.go_on()

    def _next_of_client(self):
        head = 0 if not self.is_started else 1
        if len(self.from_client) < head + 4:
            return None
        size = head + struct.unpack_from("!I", self.from_client, head)[0]
        if len(self.from_client) < size:
            return None
        data, self.from_client = self.from_client[:size], self.from_client[size:]
        self.is_started = True
        return (data[:1] if head else None), data

    def _learn(self, kind, data):
        """The name of the statement: that of a prepared one, else the first word of its text."""
        if kind == b"P":
            name, text = data[5:].split(b"\0")[:2]
            self.texts[name] = text.decode()
        if kind == b"B":
            name = data[5:].split(b"\0")[1]
            self.step.text = self.texts[name]
            self.step.statement = name.decode() or self.step.text.split(" ")[0]
        if kind == b"Q":
            self.step.text = data[5:-1].decode()
            self.step.statement = self.step.text.split(" ")[0]
        if kind == b"S":
            self.step.statement = "Sync"

    def release(self):
        """Lets the next step through to the server."""
        step = self.steps.pop(0)
        self.in_flight = step
        self._send(self.server, step.data + (FLUSH if step.kind == b"E" else b""))

    def fail(self):
        """Lets the server fail, and with it the transaction, though all of the worker's statements are well."""
        unknown = b"\0no such statement\0" + struct.pack("!HHH", 0, 0, 0)
        self._send(self.server, b"B" + struct.pack("!I", 4 + len(unknown)) + unknown)

    def _take_from_server(self):
        data = b""
        while len(self.from_server) >= 5:
            size = 1 + struct.unpack_from("!I", self.from_server, 1)[0]
            if len(self.from_server) < size:
                break
            message, self.from_server = self.from_server[:size], self.from_server[size:]
            data += message
            self._follow(message[:1], message)
        if data and not self.withholds:
            self._send(self.client, data)
        self.go_on()

    def go_on(self):
        """Lets through what waits for nobody: what the server skips up to a Sync, and all that is not held."""
        if self.in_flight or self.is_closed:
            return
        while self.has_failed and self.steps and not self.steps[0].is_sync:
            self._send(self.server, self.steps.pop(0).data)
        if self.steps and not (self.relay.holds_sync if self.steps[0].is_sync else self.relay.holds):
            self.release()

    def _follow(self, kind, message):
        if kind == b"K":
            self.pid = struct.unpack_from("!I", message, 5)[0]
        if kind == b"E":
            self.has_failed = True
        if kind == b"Z":
            self.has_failed = False
            self.transaction = message[5:6].decode()
        step = self.in_flight
        if step and kind == b"E" and step.kind == b"E":
            self.in_flight = None
        elif step and kind in (ANSWERS_TO_EXECUTE if step.kind == b"E" else (b"Z",)):
            self.in_flight = None

    def _send(self, end, data):
        try:
            end.sendall(data)
        except OSError:
            self.close()


class Relay:
    """Listens where a worker looks for PostgreSQL. While it holds, each statement waits for Link.release()."""

    def __init__(self, selector, server_path):
        self.selector, self.server_path = selector, server_path
        self.holds = self.holds_sync = False
        self.links = []  # that are open
        self.folder = tempfile.mkdtemp(prefix="eventflow-relay.", dir="/tmp")
        os.chmod(self.folder, 0o755)
        self.path = f"{self.folder}/.s.PGSQL.5432"
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        os.chmod(self.path, 0o777)
        self.listener.listen()
        selector.register(self.listener, selectors.EVENT_READ, self.accept)

    def accept(self, listener):
        client, _ = listener.accept()
        server = socket.socket(socket.AF_UNIX)
        server.connect(self.server_path)
        link = Link(self, client, server)
        self.links.append(link)
        for end in (client, server):
            self.selector.register(end, selectors.EVENT_READ, link.receive)

    def is_waiting(self):
        """Whether a statement waits to be let through."""
        link = self.link
        return bool(link and link.steps and not link.in_flight and not link.steps[0].is_sync)

    def let_go(self):
        """Holds nothing any more, and lets through what waits."""
        self.holds = self.holds_sync = False
        for link in list(self.links):
            link.go_on()

    @property
    def link(self):
        """The latest connection that is open; None when there is none."""
        return self.links[-1] if self.links else None

    def close(self):
        for link in list(self.links):
            link.close()
        self.selector.unregister(self.listener)
        self.listener.close()
        pathlib.Path(self.path).unlink()
        os.rmdir(self.folder)


def pump(selector, timeout):
    """Serves whatever is readable, once."""
    for key, _ in selector.select(timeout):
        if key.fileobj.fileno() >= 0:
            key.data(key.fileobj)
