"""The running stack, its database to break, and workers of a test's own to look at."""

import pathlib
import sys

import pytest

for folder in ("api", "transport"):
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / folder))

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "fault" / "rig"))  # its modules of other names

import stack as stack_module  # noqa: E402
from client import Caller, Coverage, Judge  # noqa: E402
from rig import Database, FastCgiWire, Proxy  # noqa: E402
from specification import Specification  # noqa: E402
from worker import Worker  # noqa: E402
from world import World  # noqa: E402


@pytest.fixture(scope="session")
def stack():
    yield from stack_module.running_stack()


@pytest.fixture(scope="session")
def judge():
    return Judge(Specification(stack_module.ROOT), Coverage())


@pytest.fixture(scope="session")
def world(stack, judge):
    """Its users call nobody by themselves: see `as_seen_by`."""
    with World(stack, Caller(None, judge)) as world:
        yield world


@pytest.fixture
def event(world):
    return world.event()


@pytest.fixture
def database(stack, world):
    database = Database(stack, world)
    yield database
    if not database.is_running():
        database.start()


@pytest.fixture
def proxy(database):
    proxy = Proxy(database)
    yield proxy
    proxy.close()


@pytest.fixture
def start_worker(stack, judge, tmp_path):
    """A function that starts a worker with settings of its own and gives a caller without a token, who knows the worker."""
    started = []

    def start(**options):
        worker = Worker(stack, tmp_path, name=f"worker{len(started)}", **options)
        started.append(worker)
        caller = Caller(FastCgiWire(worker), judge)
        caller.worker = worker
        return caller

    yield start
    for worker in started:
        if worker.process.poll() is None:
            worker.stop()
