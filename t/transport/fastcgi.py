"""A FastCGI client of a few lines (FastCGI Specification 1.0), which can also lie."""

import socket
import struct

BEGIN_REQUEST, ABORT_REQUEST, END_REQUEST, PARAMS, STDIN, STDOUT = 1, 2, 3, 4, 5, 6


def record(kind, content=b"", request_id=1):
    return struct.pack("!BBHHBx", 1, kind, request_id, len(content), 0) + content


def begin(keep=True):
    return record(BEGIN_REQUEST, struct.pack("!HB5x", 1, 1 if keep else 0))


def length(number):
    return struct.pack("!B", number) if number < 128 else struct.pack("!I", number | 0x80000000)


def parameters(values):
    content = b"".join(length(len(n)) + length(len(v)) + n.encode() + v.encode() for n, v in values.items())
    return record(PARAMS, content) + record(PARAMS)


def body(content):
    pieces = [content[i : i + 65000] for i in range(0, len(content), 65000)]
    return b"".join(record(STDIN, piece) for piece in pieces) + record(STDIN)


def request(method, uri, content=b"", keep=True, **more):
    values = {"REQUEST_METHOD": method, "REQUEST_URI": uri, "CONTENT_LENGTH": str(len(content)) if content else ""}
    return begin(keep) + parameters({**values, **more}) + body(content)


class Connection:
    def __init__(self, path, timeout=5):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        self.socket.connect(path)
        self.rest = b""

    def send(self, data):
        self.socket.sendall(data)

    def read(self, size):
        while len(self.rest) < size:
            data = self.socket.recv(65536)
            if not data:
                raise ConnectionError("closed")
            self.rest += data
        data, self.rest = self.rest[:size], self.rest[size:]
        return data

    def answer(self):
        """Everything on STDOUT up to the end of the request."""
        output = b""
        while True:
            _, kind, _, size, padding = struct.unpack("!BBHHBx", self.read(8))
            content = self.read(size)
            self.read(padding)
            if kind == STDOUT:
                output += content
            if kind == END_REQUEST:
                return output

    def is_closed(self):
        try:
            return not self.rest and self.socket.recv(1) == b""
        except socket.timeout:
            return False
        except ConnectionError:
            return True
