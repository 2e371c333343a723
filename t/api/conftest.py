"""What all tests share: the running stack, the specification, the callers and the world."""

import pathlib

import pytest

import stack as stack_module
import sound
from client import Caller, Coverage, Judge, Wire
from specification import Specification
from world import World

HERE = pathlib.Path(__file__).parent
COVERAGE = Coverage()


def pytest_collection_modifyitems(items):
    """What judges the whole run comes last."""
    items.sort(key=lambda item: item.path.name == "test_coverage.py")


@pytest.fixture(scope="session")
def stack():
    yield from stack_module.running_stack()


@pytest.fixture(scope="module", autouse=True)
def the_same_workers(stack):
    """No worker may die of anything that a test does."""
    before = stack.worker_pids()
    assert before or not stack.is_ours, "the workers were not found"
    yield
    assert stack.worker_pids() == before


@pytest.fixture(scope="session")
def specification():
    return Specification(stack_module.ROOT)


@pytest.fixture(scope="session")
def coverage(request):
    """What was seen in the run; skips where only some of the tests are run."""
    if {item.path.name for item in request.session.items} != {path.name for path in HERE.rglob("test_*.py")}:
        pytest.skip("only some of the tests are run")
    return COVERAGE


@pytest.fixture(scope="session")
def nobody(stack, specification):
    """A caller without a token."""
    return Caller(Wire(stack), Judge(specification, COVERAGE))


@pytest.fixture(scope="session")
def world(stack, nobody):
    with World(stack, nobody) as world:
        yield world


@pytest.fixture
def event(world):
    """An event of the test's own, without members."""
    return world.event()


@pytest.fixture(scope="module")
def scene(world):
    return sound.scene_of(world)
