"""The running stack, and workers of the test's own beside it."""

import os
import pathlib
import subprocess
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))

import stack as stack_module  # noqa: E402


class Worker:
    """One worker process, or several under multiwatch, on a socket of its own."""

    def __init__(self, stack, folder, threads=2, processes=0, **settings):
        self.path = str(folder / "worker.sock")
        self.log = folder / "worker.log"
        program = [str(stack_module.ROOT / "build/eventflow"), "--threads", str(threads)]
        if processes:
            program = ["multiwatch", "-f", str(processes), "-r", "1000", "-s", "TERM", "--", *program]
        environment = {**os.environ, "EVENTFLOW_ENV_FILE": str(stack.var / "eventflow.env"), "LOG_LEVEL": "INFO",
                       **settings}
        self.process = subprocess.Popen(["spawn-fcgi", "-n", "-s", self.path, "--", *program], env=environment,
                                        stdin=subprocess.DEVNULL, stderr=self.log.open("w"), stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 5
        while "serving" not in self.log.read_text() and time.monotonic() < deadline:
            time.sleep(0.02)

    def stop(self):
        self.process.terminate()
        return self.process.wait(timeout=15)


@pytest.fixture(scope="session")
def stack():
    yield from stack_module.running_stack()


@pytest.fixture
def worker(stack, tmp_path):
    worker = Worker(stack, tmp_path)
    yield worker
    if worker.process.poll() is None:
        worker.stop()


@pytest.fixture
def workers(stack, tmp_path):
    """A function that starts workers as asked."""
    started = []

    def start(**options):
        started.append(Worker(stack, tmp_path, **options))
        return started[-1]

    yield start
    for worker in started:
        if worker.process.poll() is None:
            worker.stop()
