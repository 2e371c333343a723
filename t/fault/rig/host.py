"""One worker process of one thread whose way to PostgreSQL leads through a relay."""

import os
import pathlib
import re
import selectors
import shutil
import subprocess
import tempfile
import time

import fastcgi
import stack as stack_module
from relay import Relay, pump

BUILD = pathlib.Path(os.environ.get("EVENTFLOW_BUILD", stack_module.ROOT / "build"))


def database_url_through(stack, folder):
    """The workers' DATABASE_URL with another folder of the server's socket."""
    return re.sub(r"host=[^&]*", f"host={folder}", stack.settings["DATABASE_URL"])


def server_socket(stack):
    return re.search(r"host=([^&]*)", stack.settings["DATABASE_URL"])[1] + "/.s.PGSQL.5432"


class Host:
    def __init__(self, stack):
        self.stack = stack
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="eventflow-host.", dir="/tmp"))
        self.selector = selectors.DefaultSelector()
        self.relay = Relay(self.selector, server_socket(stack))
        self.path = str(self.folder / "worker.sock")
        self.log = self.folder / "worker.log"
        self.process = None
        self.start()

    def start(self, **environment):
        """Starts the process; it answers on the socket at once."""
        pathlib.Path(self.path).unlink(missing_ok=True)
        settings = {
            **os.environ,
            "EVENTFLOW_ENV_FILE": str(self.stack.var / "eventflow.env"),
            "DATABASE_URL": database_url_through(self.stack, self.relay.folder),
            "LOG_LEVEL": "INFO",
            **environment,
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

    def serve(self):
        pump(self.selector, 0.001)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=15)

    def close(self):
        self.stop()
        self.relay.close()
        self.selector.close()
        shutil.rmtree(self.folder)
