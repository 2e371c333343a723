"""The running stack's database, and workers beside it with keys of the test's own: from the stand-in for Supabase Auth."""

import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), *(str(HERE.parent / name) for name in ("api", "transport", "supabase"))]

import stack as stack_module  # noqa: E402
from auth_server import AuthServer  # noqa: E402
from client import Caller, Coverage, Judge, Wire  # noqa: E402
from holder import Holder  # noqa: E402
from specification import Specification  # noqa: E402
from world import World  # noqa: E402


@pytest.fixture(scope="session")
def stack():
    yield from stack_module.running_stack()


@pytest.fixture(scope="session")
def world(stack):
    nobody = Caller(Wire(stack), Judge(Specification(stack_module.ROOT), Coverage()))
    with World(stack, nobody) as world:
        yield world


@pytest.fixture(scope="session")
def user(world):
    """Somebody with a profile, whose id the tokens of the tests carry."""
    return world.user("vendor")


@pytest.fixture
def servers(tmp_path):
    """A function that starts stand-ins."""
    started = []

    def start(**options):
        folder = tmp_path / f"server{len(started)}"
        folder.mkdir()
        started.append(AuthServer(folder, **options).__enter__())
        return started[-1]

    yield start
    for server in started:
        server.__exit__()


@pytest.fixture
def server(servers):
    return servers()


@pytest.fixture
def holders(stack, user, tmp_path):
    """A function that starts workers with keys of their own, and ends them."""
    started = []

    def start(server=None, **options):
        started.append(Holder(stack, user, tmp_path, f"worker{len(started)}", server, **options))
        return started[-1]

    yield start
    for holder in started:
        holder.close()
