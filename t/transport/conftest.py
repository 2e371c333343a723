"""The running stack, and workers of the test's own beside it."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))

import stack as stack_module  # noqa: E402
from worker import Worker  # noqa: E402


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
