"""The example of conf/cluster, running, and what the tests of faults and of the checker have to offer for it."""

import pathlib
import sys

import pytest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / folder) for folder in ("fault/rig", "fault/checker", "api", "transport")]
sys.path.append(str(TESTS / "durability"))

from client import Caller, Coverage, Judge  # noqa: E402
from cluster import running_cluster  # noqa: E402
from progress import say  # noqa: E402, F401
from specification import Specification  # noqa: E402
from stack import ROOT  # noqa: E402
from world import World  # noqa: E402


@pytest.fixture(scope="session")
def cluster():
    with running_cluster(ROOT / "var" / "test-cluster") as cluster:
        yield cluster


@pytest.fixture(scope="session")
def judge():
    return Judge(Specification(ROOT), Coverage())


@pytest.fixture(scope="session")
def world(cluster, judge):
    with World(cluster.stack, Caller(None, judge)) as world:
        yield world
