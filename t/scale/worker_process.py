"""A worker of a test's own on a socket of its own, and what it is asked."""

import json
import os
import socket
import subprocess
import time

import fastcgi
import tokens
from cluster import ROOT

SECRET = "a secret of the tests, of more than 32 bytes"


class Issuer:
    secret, issuer = SECRET, "eventflow"


class Answer:
    def __init__(self, output):
        head, _, self.body = output.partition(b"\r\n\r\n")
        self.headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self.status = int(self.headers["Status"].split()[0])

    def ok(self):
        assert self.status == 200, f"{self.headers} {self.body[:300]!r}"
        return json.loads(self.body)["data"]


TOKENS = {}


def token_of(user):
    if user not in TOKENS:
        TOKENS[user] = tokens.mint(Issuer, user)
    return TOKENS[user]


class Client:
    """One kept connection."""

    def __init__(self, path, timeout=30):
        self.connection = fastcgi.Connection(path, timeout)

    def send(self, method, uri, user=None, value=None, **headers):
        body = json.dumps(value).encode() if value is not None else b""
        if user:
            headers["HTTP_AUTHORIZATION"] = f"Bearer {token_of(user)}"
        if value is not None:
            headers["CONTENT_TYPE"] = "application/json"
        self.connection.send(fastcgi.request(method, uri, body, **headers))

    def receive(self):
        return Answer(self.connection.answer())

    def ask(self, *request, **headers):
        self.send(*request, **headers)
        return self.receive()

    def get(self, uri, user=None, **headers):
        return self.ask("GET", uri, user, **headers)


class WorkerProcess:
    """prefix: a command that runs the worker, as valgrind does."""

    def __init__(self, folder, database_url, threads=4, prefix=(), **settings):
        folder.mkdir()
        self.path, self.log = str(folder / "socket"), folder / "log"
        environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        environment |= {"DATABASE_URL": database_url, "SUPABASE_JWT_SECRET": SECRET, "LOG_LEVEL": "WARNING", **settings}
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self.path)
            listener.listen(256)
            self.started = time.monotonic()
            self.process = subprocess.Popen(
                [*prefix, str(ROOT / "build/eventflow"), "--threads", str(threads)],
                env=environment,
                stdin=listener,
                stdout=subprocess.DEVNULL,
                stderr=self.log.open("w"),
            )

    def client(self):
        return Client(self.path)

    def memory(self):
        """Bytes that the process has for itself alone."""
        with open(f"/proc/{self.process.pid}/smaps_rollup", encoding="ascii") as rollup:
            return sum(1024 * int(line.split()[1]) for line in rollup if line.startswith("Private_Dirty:"))

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(timeout=60)
