"""The web servers in front of one database and one Supabase, and what is compared of their answers."""

import http.client
import io
import os
import re
import socket

from client import Caller, Response, Wire

SERVERS = ("nginx", "lighttpd", "apache-proxy", "apache-fcgid")
CLOSED = 0  # in place of a status: the connection was closed without an answer, or none came
UUID = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
REQUEST_ID = re.compile(rb'"request_id":("[^"]*"|null)')
TIME = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def comparable(response):
    """Status and body, without request ids, and without ids and times of rows: each server gets rows of its own."""
    body = REQUEST_ID.sub(b'"request_id":*', response.body)
    return response.status, TIME.sub(b"*", UUID.sub(b"*", body))


class Received(io.BytesIO):
    """What came over a connection, as http.client wants to read it."""

    def makefile(self, _):
        return self


def is_whole(received):
    """Whether the bytes hold an answer to its end, as far as the answer tells."""
    head, separator, body = received.partition(b"\r\n\r\n")
    if not separator or head.startswith(b"HTTP/1.1 100"):
        return False
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return len(body) >= int(length[1]) if length else body.endswith(b"0\r\n\r\n")


def read_answer(connection):
    """What comes until an answer is whole, the other side ends, or it says nothing for the connection's timeout."""
    received = b""
    try:
        while not is_whole(received) and (part := connection.recv(65536)):
            received += part
    except (socket.timeout, ConnectionError):
        pass
    return received


class Front:
    """One web server with its workers."""

    def __init__(self, name, stack, judge):
        self.name, self.stack, self.judge = name, stack, judge
        self.nobody = Caller(Wire(stack), judge)
        self.remember_workers()

    def caller(self, user):
        return self.nobody.with_token(user.token)

    def remember_workers(self):
        self.first_workers = self.stack.worker_pids()

    def workers_that_died(self):
        """Since they were remembered. mod_fcgid starts more of them under load; none may go."""
        return {pid for pid in self.first_workers if not os.path.exists(f"/proc/{pid}")}

    def connect(self, timeout=30):
        return socket.create_connection((self.stack.host, self.stack.port), timeout=timeout)

    def raw(self, data, is_cut=False):
        """Sends bytes as they are; the answer, judged, or None if there is none. is_cut: the client then ends, too."""
        with self.connect(1 if is_cut else 10) as connection:
            try:
                connection.sendall(data)
                if is_cut:
                    connection.shutdown(socket.SHUT_WR)
            except ConnectionError:
                pass  # it has been refused already
            received = read_answer(connection)
        return self.response_of(data, received)

    def response_of(self, data, received):
        """The first answer among the bytes that came; an answer of HTTP/0.9 is a body alone."""
        if not received:
            return None
        method, target = (data.split(b"\r\n")[0].decode("latin-1").split(" ") + [""])[:2]
        if not received.startswith(b"HTTP/"):
            received = b"HTTP/1.0 400 0.9\r\n\r\n" + received
            is_bare = True
        else:
            is_bare = False
        answer = http.client.HTTPResponse(Received(received), method=method)
        answer.begin()
        response = Response((method, target, {}), answer.status, answer.getheaders(), answer.read())
        if not is_bare and target != "*":
            self.judge.check(response)
        return response
