"""What the tests under faults share: the running stack, its people and tasks, and the rig."""

import itertools
import os
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "rig"), str(HERE / "checker"), str(HERE.parent / "api"), str(HERE.parent / "transport")]

import stack as stack_module  # noqa: E402
from client import Caller, Coverage, Judge, Wire  # noqa: E402
from host import Host  # noqa: E402
from progress import say  # noqa: E402, F401
from shim import Shim  # noqa: E402
from site_control import running_site  # noqa: E402
from specification import Specification  # noqa: E402
from standby import Pair  # noqa: E402
from world import World  # noqa: E402


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="run what takes long, too")
    parser.addoption("--stride", type=int, help="of the allocations that fail")
    parser.addoption("--seed", type=int, default=1, help="of the checker's first run")
    parser.addoption("--operations", type=int, help="of each run of the checker")


@pytest.fixture(scope="session")
def is_long(request):
    return request.config.getoption("--long")


@pytest.fixture(scope="session")
def stack():
    """The owner may end and look at the sessions of the workers."""
    for running in stack_module.running_stack():
        running.superuser_sql("GRANT pg_signal_backend, pg_monitor TO eventflow_owner")
        yield running


@pytest.fixture(scope="session")
def world(stack):
    nobody = Caller(Wire(stack), Judge(Specification(stack_module.ROOT), Coverage()))
    with World(stack, nobody) as world:
        yield world


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
    """It gives up sooner than others, as what is broken stays so."""
    host = Host(stack, shim, REQUEST_DEADLINE="3")
    yield host
    host.close()


@pytest.fixture(scope="session")
def site(shim, is_long):
    """A stack of its own in EVENTFLOW_FAULT_VAR (var/fault), which may be treated badly; the shim is in its workers.
    With --long it can fail over."""
    var = pathlib.Path(os.environ.get("EVENTFLOW_FAULT_VAR", stack_module.ROOT / "var" / "fault"))
    with running_site(var, environment=shim.environment()) as site:
        if is_long:
            site.use_pair(Pair(site))
        yield site


@pytest.fixture(scope="session")
def seeds(request):
    """Seeds of runs that are not the checker's own: one site takes each seed once."""
    return itertools.count(request.config.getoption("--seed") + 1000)
