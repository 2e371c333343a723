"""Four stacks, one for each web server, before one database and one stand-in of Supabase."""

import concurrent.futures
import contextlib
import pathlib
import shutil
import sys
import tempfile

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), *(str(HERE.parent / folder) for folder in ("api", "api/cases", "supabase"))]

import stack as stack_module  # noqa: E402
from auth_server import AuthServer  # noqa: E402
from client import Coverage  # noqa: E402
from fronts import SERVERS, Front  # noqa: E402
from scene import Scene  # noqa: E402
from scenery import Scenery  # noqa: E402
from specification import Specification  # noqa: E402
from watch import Watch  # noqa: E402
from world import World  # noqa: E402

VAR = stack_module.ROOT / "var" / "attacks"
FIGURES = []  # lines for the end of the run


def pytest_terminal_summary(terminalreporter):
    for line in FIGURES:
        terminalreporter.write_line(line)


def pytest_collection_modifyitems(items):
    """What is found in the logs of the whole run comes last."""
    items.sort(key=lambda item: item.path.name == "test_traces.py")


@pytest.fixture(scope="session")
def supabase():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="eventflow-"))
    with AuthServer(folder) as server:
        yield server
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def variables(supabase):
    """What all stacks have in common."""
    return {
        **supabase.settings(),
        "JWT_ISSUER": f"{supabase.url}/auth/v1",
        "ENVIRONMENT": "production",
        "WORKERS": "2",
        "EVENTFLOW_PRELOAD": "pg_stat_statements",
    }


@pytest.fixture(scope="session")
def judge():
    return Watch(Specification(stack_module.ROOT), Coverage())


@contextlib.contextmanager
def stack_behind(server, folder, variables, first=None, **more):
    """A stack behind a web server; it uses the database of the first, if there is one."""
    settings = {**variables, "WEB_SERVER": server, **more}
    if first:
        settings["DATABASE_URL"] = first.settings["DATABASE_URL"]
    yield from stack_module.started_stack(VAR / folder, settings, first.owner_url if first else None)


@contextlib.contextmanager
def all_at_once(managers):
    """What these context managers give, which are entered and left at the same time: most of it is waiting."""
    stacks = [contextlib.ExitStack() for _ in managers]
    with concurrent.futures.ThreadPoolExecutor(len(stacks)) as threads:
        try:
            yield list(threads.map(contextlib.ExitStack.enter_context, stacks, managers))
        finally:
            list(threads.map(contextlib.ExitStack.close, stacks))


@pytest.fixture(scope="session")
def fronts(variables, judge):
    with stack_behind(SERVERS[0], SERVERS[0], variables) as first:
        with all_at_once([stack_behind(server, server, variables, first) for server in SERVERS[1:]]) as others:
            fronts = {server: Front(server, stack, judge) for server, stack in zip(SERVERS, [first, *others])}
            for front in fronts.values():
                judge.guard_stack(front.stack)
            yield fronts
    left = {server: front.stack.worker_pids() for server, front in fronts.items()}
    assert left == {server: set() for server in SERVERS}, "a stop has left workers behind"


@pytest.fixture(scope="session")
def world(fronts):
    with World(fronts["nginx"].stack, fronts["nginx"].nobody) as world:
        yield world


@pytest.fixture(scope="session")
def scene(world, supabase):
    return Scene(world, supabase)


@pytest.fixture(scope="session")
def scenery(world):
    return Scenery(world)


@pytest.fixture(params=SERVERS)
def front(request, fronts):
    return fronts[request.param]


@pytest.fixture(scope="module", params=SERVERS)
def limited(request, fronts, variables):
    """A web server once more, with the rate limits of the installed configuration, and workers that may be hurt."""
    first = fronts[SERVERS[0]]
    with stack_behind(request.param, "limited", variables, first.stack, RATE_LIMITS="on") as stack:
        yield Front(request.param, stack, first.judge)


@pytest.fixture(scope="session", autouse=True)
def no_worker_dies(fronts):
    yield
    assert {front.name: front.workers_that_died() for front in fronts.values()} == {server: set() for server in SERVERS}
