"""What the tests of faults are made of: a caller who talks FastCGI to one worker, the database to stop and start, and a
proxy between a worker and the database that can lose what is said."""

import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time

import fastcgi
import psycopg2

BIN = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]


class FastCgiWire:
    """As client.Wire, but straight to a worker's socket: no web server is between."""

    def __init__(self, worker):
        self.worker = worker

    def exchange(self, method, target, body, headers):
        names = {"Authorization": "HTTP_AUTHORIZATION", "Content-Type": "CONTENT_TYPE"}
        values = {names.get(name, "HTTP_" + name.upper().replace("-", "_")): value for name, value in headers.items()}
        connection = fastcgi.Connection(self.worker.path, timeout=30)
        connection.send(fastcgi.request(method, target, body or b"", keep=False, **values))
        head, _, content = connection.answer().partition(b"\r\n\r\n")
        connection.socket.close()
        lines = [line.partition(": ") for line in head.decode("latin-1").split("\r\n")]
        status = int(next(value for name, _, value in lines if name == "Status").split()[0])
        return status, [(name, value) for name, _, value in lines if name != "Status"], content


class Database:
    """The stack's own PostgreSQL."""

    def __init__(self, stack, world):
        self.stack, self.world = stack, world
        self.data = stack.var / "postgresql" / "data"
        self.folder = re.search(r"host=([^&]*)", stack.owner_url)[1]
        self.api_url = stack.settings["DATABASE_URL"]

    def control(self, *arguments):
        prefix = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        subprocess.run(
            [*prefix, str(BIN / "pg_ctl"), "-D", str(self.data), "-w", "-l", f"{self.stack.var}/log/postgresql.log", *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
            timeout=60,
        )

    def stop(self, mode="fast"):
        self.control("stop", "-m", mode)

    def start(self):
        self.control("start")
        self.reconnect()

    def restart(self, mode="fast"):
        self.control("restart", "-m", mode)
        self.reconnect()

    def is_running(self):
        try:
            psycopg2.connect(self.stack.owner_url).close()
            return True
        except psycopg2.OperationalError:
            return False

    def reconnect(self):
        self.world.connection.close()
        self.world.connection = psycopg2.connect(self.stack.owner_url)

    def superuser(self, statement):
        assert self.stack.superuser_sql(statement)

    def in_database(self, statement):
        """As superuser, in the database of the stack."""
        prefix = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        command = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-d", "eventflow", "-c", statement]
        subprocess.run([*prefix, *command], check=True, capture_output=True, cwd="/", timeout=30)

    def terminate(self, where="true"):
        """Ends the workers' sessions."""
        self.superuser(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            f" WHERE usename = 'eventflow_api' AND application_name = 'eventflow' AND {where}"
        )

    def postmaster(self):
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def session_pids(self):
        """The workers' sessions."""
        return [
            pid
            for (pid,) in self.world.sql(
                "SELECT pid FROM pg_stat_activity WHERE usename = 'eventflow_api' AND application_name = 'eventflow'"
            )
        ]

    def url_by(self, folder):
        """The login role's URL by another folder of sockets."""
        return re.sub(r"host=[^&]*", f"host={folder}", self.api_url)


def wait_for(condition, seconds=10):
    """Waits until it holds; how long that took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, "it did not happen"
        time.sleep(0.005)
    return time.monotonic() - began


def took(call):
    """What the call gives, and the seconds that it took."""
    began = time.monotonic()
    result = call()
    return result, time.monotonic() - began


POOLER_WORDS = b"SFATAL\0VFATAL\0C08P01\0Mserver conn crashed?\0\0"
POOLER_FATAL = b"E" + (4 + len(POOLER_WORDS)).to_bytes(4, "big") + POOLER_WORDS


class Proxy:
    """A folder with a socket of PostgreSQL's name, behind which is the real one. By default it passes everything on;
    `plan` says what happens to the next COMMIT that a worker sends:

    lose the answer   PostgreSQL commits, and the worker's connection ends before it hears of it
    lose the answer as a pooler does   as before, after the words of a pooler whose server is gone
    lose the commit   the worker's connection ends, and PostgreSQL never saw the COMMIT
    hold the commit   as the last, but PostgreSQL gets the COMMIT after `release`, when the worker has gone
    hold the answer   PostgreSQL commits, and the worker hears nothing until `release`

    `at_loss` is called when a COMMIT was lost, before the worker knows, `at_commit` when one was passed on that a plan is
    about. Besides: `is_closed` refuses new connections,
    `discards` has the session forget all that was prepared and set, before the next request, as if it were another;
    `is_silent` takes them and says nothing, `is_deaf` reads no more once a worker has begun to send much.
    """

    def __init__(self, database):
        self.target = f"{database.folder}/.s.PGSQL.5432"
        self.folder = tempfile.mkdtemp(prefix="eventflow-proxy.", dir="/tmp")
        os.chmod(self.folder, 0o755)
        self.plan = None
        self.release = threading.Event()
        self.is_silent = self.is_deaf = self.is_closed = False
        self.at_loss = self.at_commit = None
        self.discards = False
        self.connections = 0
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(f"{self.folder}/.s.PGSQL.5432")
        os.chmod(f"{self.folder}/.s.PGSQL.5432", 0o777)
        self.listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.release.set()
        self.listener.close()
        shutil.rmtree(self.folder)

    def _accept(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        if self.is_closed:
            client.close()
            return
        if self.is_silent:
            self.release.wait()
            client.close()
            return
        server = socket.socket(socket.AF_UNIX)
        try:
            server.connect(self.target)
        except OSError:
            client.close()
            return
        link = Link(self, client, server)
        threading.Thread(target=link.pass_answers, daemon=True).start()
        link.pass_requests()


class Link:
    """One connection through the proxy."""

    def __init__(self, proxy, client, server):
        self.proxy, self.client, self.server = proxy, client, server
        self.fate = None
        self.discarded = threading.Event()
        self.is_discarding = False

    def _discard(self):
        self.proxy.discards, self.is_discarding = False, True
        self.server.sendall(b"Q\0\0\0\x10DISCARD ALL\0")
        assert self.discarded.wait(10)

    def close(self, *ends):
        for end in ends or (self.client, self.server):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()

    def pass_requests(self):
        try:
            while data := self.client.recv(1 << 15):
                self._pass_request(data)
                if self.proxy.is_deaf and len(data) == 1 << 15:
                    self.proxy.release.wait()
                    break
        except OSError:
            pass
        if not self.fate:
            self.close()

    def _pass_request(self, data):
        if self.proxy.discards:
            self._discard()
        start = data.find(b"P\0\0\0\x0e\0COMMIT\0\0\0") if self.proxy.plan else -1
        if start < 0:
            self.server.sendall(data)
            return
        self.fate, self.proxy.plan = self.proxy.plan, None
        if self.fate == "lose the commit":
            self.close(self.server)
            if self.proxy.at_loss:
                self.proxy.at_loss()
            self.close(self.client)
        elif self.fate == "hold the commit":
            self.server.sendall(data[:start])
            self.close(self.client)
            self.proxy.release.wait()
            self.server.sendall(data[start:])
        else:
            self.server.sendall(data)
            if self.proxy.at_commit:
                self.proxy.at_commit()

    def pass_answers(self):
        seen = b""
        try:
            while data := self.server.recv(1 << 20):
                if self.is_discarding:
                    self.is_discarding = not data.endswith(b"Z\0\0\0\x05I")
                    if not self.is_discarding:
                        self.discarded.set()
                    continue
                if not self.fate:
                    self.client.sendall(data)
                    continue
                seen += data
                if b"COMMIT\0" in seen:
                    if self.fate == "hold the answer":
                        self.proxy.release.wait()
                    if self.fate == "lose the answer as a pooler does":
                        self.client.sendall(POOLER_FATAL)
                    self.close()
                    return
        except OSError:
            pass
        if not self.fate:
            self.close()
