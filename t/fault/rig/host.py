"""One worker process of one thread whose way to PostgreSQL leads through a relay."""

import os
import pathlib
import re
import select
import selectors
import shutil
import subprocess
import tempfile
import time

import fastcgi
import stack as stack_module
from relay import Relay, pump

BUILD = stack_module.BUILD
SANITIZER = re.compile(r"Sanitizer: |runtime error: ")


def database_url_through(stack, folder):
    """The workers' DATABASE_URL with another folder of the server's socket."""
    return re.sub(r"host=[^&]*", f"host={folder}", stack.settings["DATABASE_URL"])


def server_socket(stack):
    return re.search(r"host=([^&]*)", stack.settings["DATABASE_URL"])[1] + "/.s.PGSQL.5432"


class Host:
    """The process is started anew when it has died, by start(). With a shim, that is preloaded."""

    def __init__(self, stack, shim=None, **settings):
        self.stack, self.shim, self.settings = stack, shim, settings
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="eventflow-host.", dir="/tmp"))
        self.selector = selectors.DefaultSelector()
        self.relay = Relay(self.selector, server_socket(stack))
        self.path = str(self.folder / "worker.sock")
        self.log = self.folder / "worker.log"
        self.process = None
        self.start()

    def start(self):
        """Returns when it answers."""
        pathlib.Path(self.path).unlink(missing_ok=True)
        settings = {
            **os.environ,
            "EVENTFLOW_ENV_FILE": str(self.stack.var / "eventflow.env"),
            "DATABASE_URL": database_url_through(self.stack, self.relay.folder),
            "LOG_LEVEL": "INFO",
            **self.settings,
            **(self.shim.environment() if self.shim else {}),
        }
        command = ["spawn-fcgi", "-n", "-s", self.path, "--", str(BUILD / "eventflow"), "--threads", "1"]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                command, env=settings, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log
            )
        deadline = time.monotonic() + 5
        while not self._answers():
            assert time.monotonic() < deadline and self.process.poll() is None, self.log.read_text()

    def _answers(self):
        try:
            connection = fastcgi.Connection(self.path)
        except OSError:
            time.sleep(0.005)
            return False
        connection.send(fastcgi.request("GET", "/healthz"))
        connection.answer()
        connection.socket.close()
        return True

    def is_alive(self):
        return self.process.poll() is None

    def complaints(self):
        """What the sanitizers say, where the worker was built with them."""
        words = self.log.read_text(errors="replace")
        found = SANITIZER.search(words)
        return words[found.start() :][:6000] if found else ""

    def serve(self):
        pump(self.selector, 0.001)

    def answer_on(self, connection, seconds):
        """What the worker says on a connection, while the relay goes on; None if it has died."""
        deadline = time.monotonic() + seconds
        while not select.select([connection.socket], [], [], 0)[0]:
            assert time.monotonic() < deadline, f"no answer in {seconds} s"
            self.serve()
        try:
            return connection.answer()
        except ConnectionError:
            return None

    def get(self, path, token, seconds):
        """The answer to a read on a new connection."""
        connection = fastcgi.Connection(self.path)
        connection.send(fastcgi.request("GET", path, HTTP_AUTHORIZATION=f"Bearer {token}"))
        answer = self.answer_on(connection, seconds)
        connection.socket.close()
        return answer

    def stop(self):
        if self.is_alive():
            self.process.terminate()
            self.process.wait(timeout=15)

    def close(self):
        """A worker with sanitizers tells at its end what it has leaked."""
        self.stop()
        complaints = self.complaints()
        self.relay.close()
        self.selector.close()
        shutil.rmtree(self.folder)
        assert not complaints, complaints
