"""What the tests under faults share: the running stack, its people and tasks, and the rig."""

import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "rig"), str(HERE.parent / "api"), str(HERE.parent / "transport")]

import stack as stack_module  # noqa: E402
from client import Caller, Coverage, Judge, Wire  # noqa: E402
from host import Host  # noqa: E402
from shim import Shim  # noqa: E402
from specification import Specification  # noqa: E402
from world import World  # noqa: E402


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="run what takes long, too")


@pytest.fixture(scope="session")
def is_long(request):
    return request.config.getoption("--long")


@pytest.fixture(scope="session")
def stack():
    yield from stack_module.running_stack()


@pytest.fixture(scope="session")
def world(stack):
    nobody = Caller(Wire(stack), Judge(Specification(stack_module.ROOT), Coverage()))
    with World(stack, nobody) as world:
        yield world


@pytest.fixture(scope="session", autouse=True)
def rights(stack):
    """The owner may end and look at the sessions of the workers."""
    stack.superuser_sql("GRANT pg_signal_backend, pg_monitor TO eventflow_owner")


@pytest.fixture(scope="session")
def team(world):
    return {"manager": world.user("manager"), "vendor": world.user("vendor", with_password=True)}


@pytest.fixture(scope="module")
def host(stack):
    host = Host(stack)
    yield host
    host.close()


@pytest.fixture(scope="session")
def shim():
    shim = Shim()
    yield shim
    shim.close()


@pytest.fixture(scope="module")
def shimmed_host(stack, shim):
    host = Host(stack, shim)
    yield host
    host.close()
