"""A request that no well-behaved client sends, byte for byte, and the status that it is answered with."""

import collections

Raw = collections.namedtuple("Raw", "name data expected difference")

TOKEN = b"@token@"  # replaced by a good one
HOST = b"Host: x\r\nConnection: close\r\n"
AUTHORIZATION = b"Authorization: Bearer " + TOKEN + b"\r\n"
GET = b"GET /api/tasks HTTP/1.1\r\n"

# A write to a task that does not exist: 404 tells that the body was taken, and that it was the whole of it.
TARGET = b"/api/tasks/00000000-0000-4000-8000-00000000dead/transition"
BODY = b'{"next_state":"DONE","reason":"because"}'
POST = b"POST " + TARGET + b" HTTP/1.1\r\n" + HOST + AUTHORIZATION + b"Content-Type: application/json\r\n"
LENGTH = b"Content-Length: %d\r\n" % len(BODY)
CHUNK = b"%x\r\n%s\r\n" % (len(BODY), BODY)
END = b"0\r\n\r\n"
TAKEN = 404

RAW_REQUESTS = []


def raw(kind, shown, data, expected, difference=None):
    RAW_REQUESTS.append(Raw(f"{kind}: {shown}", data, expected, difference))


def target(value, expected, difference=None):
    raw("target", value[:60], b"GET " + value + b" HTTP/1.1\r\n" + HOST + AUTHORIZATION + b"\r\n", expected, difference)


def method(value, expected, difference=None, path=b"/api/tasks"):
    first = value + b" " + path
    raw("method", first[:60], first + b" HTTP/1.1\r\n" + HOST + AUTHORIZATION + b"\r\n", expected, difference)


def first_line(value, expected, difference=None):
    raw("first line", value, value + b"\r\n" + HOST + AUTHORIZATION + b"\r\n", expected, difference)


def header(value, expected, difference=None, host=HOST, authorization=AUTHORIZATION, shown=None):
    raw("header", shown or value, GET + host + authorization + value + b"\r\n\r\n", expected, difference)


def body(shown, lines, content, expected, difference=None):
    raw("body", shown, POST + lines + b"\r\n" + content, expected, difference)


def chunks(shown, content, expected=400, difference="chunks"):
    raw("chunks", shown, POST + b"Transfer-Encoding: chunked\r\n\r\n" + content, expected, difference)
