"""More than one request on a connection: each is answered in its turn, and what stands in a body is none of them."""

import concurrent.futures
import http.client
import socket

from fronts import Received
from raw_request import AUTHORIZATION
from world import new_id

ID = b"@id@"  # of the request that is hidden
HIDDEN = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Request-Id: smuggled-" + ID + b"\r\n\r\n"
SIZE = len(HIDDEN) - len(ID) + len(new_id())
LENGTH = b"Content-Length: %d\r\n" % SIZE
CHUNKED = b"Transfer-Encoding: chunked\r\n"
CHUNK = b"%x\r\n" % SIZE + HIDDEN + b"\r\n0\r\n\r\n"
END = b"0\r\n\r\n"
TASK = b"/api/tasks/00000000-0000-4000-8000-00000000dead"


def request(first_line, lines, body=HIDDEN):
    return first_line + b" HTTP/1.1\r\nHost: x\r\n" + lines + b"\r\n" + body


def post(lines, body=HIDDEN):
    lines = AUTHORIZATION + b"Content-Type: application/json\r\n" + lines
    return request(b"POST " + TASK + b"/transition", lines, body)


# A body that nobody asks for, or that is refused before it is read.
UNREAD = {
    "of a GET": request(b"GET /healthz", LENGTH),
    "of a GET, in chunks": request(b"GET /healthz", CHUNKED, CHUNK),
    "of a GET that is refused": request(b"GET /api/tasks", LENGTH),
    "of a HEAD": request(b"HEAD /api/tasks", AUTHORIZATION + LENGTH),
    "of an OPTIONS": request(b"OPTIONS /api/tasks", LENGTH),
    "of a TRACE": request(b"TRACE /api/tasks", LENGTH),
    "of a DELETE": request(b"DELETE /api/tasks", LENGTH),
    "of an unknown method": request(b"BREW /api/tasks", LENGTH),
    "for a document": request(b"GET /docs", LENGTH),
    "for a document that takes none": request(b"POST /docs", LENGTH),
    "for a document that is not there": request(b"GET /docs/none", LENGTH),
    "for the root": request(b"GET /", LENGTH),
    "for nothing": request(b"POST /api/none", LENGTH),
    "for a path in disguise": request(b"POST /api/%74asks", LENGTH),
    "without a token": request(b"POST " + TASK + b"/pick", LENGTH),
    "of an action that takes none": request(b"POST " + TASK + b"/pick", AUTHORIZATION + LENGTH),
    "of no type": request(b"POST " + TASK + b"/transition", AUTHORIZATION + LENGTH),
    "that is no JSON": post(LENGTH),
    "that is no JSON, in chunks": post(CHUNKED, CHUNK),
    "that is compressed": post(LENGTH + b"Content-Encoding: gzip\r\n"),
    "that is expected": post(LENGTH + b"Expect: 100-continue\r\n"),
    "that is expected otherwise": post(LENGTH + b"Expect: nonsense\r\n"),
    "of an upgrade": request(b"GET /healthz", b"Connection: Upgrade\r\nUpgrade: h2c\r\n" + LENGTH),
    "of a bad host": request(b"GET /healthz", b"Host: y\r\n" + LENGTH),
    "of too many headers": request(b"GET /healthz", b"X-A: y\r\n" * 2000 + LENGTH),
}

# Lengths of which two parties could each believe another.
AMBIGUOUS = {
    "a length and chunks": post(LENGTH + CHUNKED, END + HIDDEN),
    "chunks and a length": post(CHUNKED + LENGTH, END + HIDDEN),
    "chunks and a length of 5": post(CHUNKED + b"Content-Length: 5\r\n", END + HIDDEN),
    "chunks and a length of 0": post(CHUNKED + b"Content-Length: 0\r\n", CHUNK),
    "lengths 0 and whole": post(b"Content-Length: 0\r\n" + LENGTH),
    "lengths whole and 0": post(LENGTH + b"Content-Length: 0\r\n"),
    "a list of lengths": post(b"Content-Length: 0, %d\r\n" % SIZE),
    **{
        f"the length {value}": post(b"Content-Length: " + value + b"\r\n")
        for value in (b"+0", b"-0", b"0x0", b"0;", b"0 0", b"0.0", b"0\x00", b"\x0b0", b"zero", b"'0'", b"0_0")
    },
    **{
        f"the coding {value}": post(b"Transfer-Encoding: " + value + b"\r\n" + LENGTH, END + HIDDEN)
        for value in (b"xchunked", b"chunked, identity", b"identity, chunked", b"identity", b"\x0bchunked", b"chunk")
    },
    "the coding twice": post(CHUNKED + b"Transfer-Encoding: identity\r\n", END + HIDDEN),
    "the coding in two words": post(b"Transfer Encoding: chunked\r\n" + LENGTH, END + HIDDEN),
    "the coding with an underscore": post(b"Transfer_Encoding: chunked\r\n" + LENGTH),
    "the coding with a space": post(b"Transfer-Encoding : chunked\r\n" + LENGTH, END + HIDDEN),
    "the length with a space": post(b"Content-Length : 0\r\n" + LENGTH),
    "the length with an underscore": post(b"Content_Length: 0\r\n" + LENGTH),
    "a coding of HTTP/1.0": post(CHUNKED, END + HIDDEN).replace(b"HTTP/1.1", b"HTTP/1.0", 1),
    "a chunk of size 0x0": post(CHUNKED, b"0x0\r\n\r\n" + HIDDEN),
    "a chunk of size -1": post(CHUNKED, b"-1\r\n\r\n" + HIDDEN),
    "a chunk of 2^64": post(CHUNKED, b"10000000000000000\r\n" + HIDDEN),
}
BODIES = {**{f"a body {name}": data for name, data in UNREAD.items()}, **AMBIGUOUS}


def send(front, data, silence=0.3):
    """On a connection of its own; what comes until the other side ends it, or after an answer says nothing more."""
    received = b""
    with front.connect() as connection:
        try:
            connection.sendall(data)
            while part := connection.recv(65536):
                received += part
                connection.settimeout(silence)
        except (socket.timeout, ConnectionError):
            pass
    return received


class Answers(Received):
    """Several answers, one behind the other."""

    def close(self):
        pass

    def read_next(self):
        answer = http.client.HTTPResponse(self, method="GET")
        answer.begin()
        answer.body = answer.read()
        return answer


def test_a_body_is_never_a_request(front, scene):
    ids = {name: new_id() for name in (*BODIES, "alone")}
    token = scene.vendor.token.encode()
    sent = [data.replace(b"@token@", token).replace(ID, ids[name].encode()) for name, data in BODIES.items()]
    sent.append(HIDDEN.replace(ID, ids["alone"].encode()))
    with concurrent.futures.ThreadPoolExecutor(16) as threads:
        answers = dict(zip(ids, threads.map(lambda data: send(front, data), sent)))
    assert [name for name, answer in answers.items() if not answer.startswith(b"HTTP/1.")] == []
    assert front.stack.log_lines(f"smuggled-{ids['alone']}"), "it would be seen in the log"
    log = front.stack.log_text()
    assert [name for name in BODIES if f"smuggled-{ids[name]}" in log] == []


KINDS = [
    (b"GET /healthz", b"", b"", 200),
    (b"GET /api/auth/me", b"", b"", 200),
    (b"POST " + TASK + b"/pick", b"Content-Length: 2\r\n", b"{}", 415),
    (b"GET /api/none", b"", b"", 404),
    (b"DELETE /api/tasks", b"", b"", 405),
]


def test_many_requests_at_once_are_answered_in_turn(front, scene):
    """Each by one answer, and with one line of the log."""
    sent = [(new_id(), *kind) for kind in 6 * KINDS]
    data = b"".join(
        request(line, AUTHORIZATION + more + b"X-Request-Id: " + one.encode() + b"\r\n", body)
        for one, line, more, body, _ in sent
    )
    data += request(b"GET /healthz", b"Connection: close\r\n", b"")
    answers = Answers(send(front, data.replace(b"@token@", scene.vendor.token.encode()), silence=30))
    seen = [(answer.headers["X-Request-Id"], answer.status) for answer in (answers.read_next() for _ in sent)]
    assert seen == [(one, status) for one, _, _, _, status in sent]
    assert [one for one, *_ in sent if len(front.stack.log_lines(one)) != 1] == []
