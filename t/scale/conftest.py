"""What the tests of speed and scale share: a private cluster, databases in it, and workers of their own."""

import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).parent
for folder in ("sql", "transport", "api"):
    sys.path.insert(0, str(HERE.parent / folder))

from cluster import ROOT, running_cluster  # noqa: E402
from worker_process import WorkerProcess  # noqa: E402

CROWD = 10000  # tasks of the one event that has many


def pytest_addoption(parser):
    parser.addoption("--update", action="store_true", help="rewrite the figures that are kept in the repository")


@pytest.fixture(scope="session")
def cluster():
    with running_cluster() as cluster:
        yield cluster


def create(cluster, name):
    """A database with the schema and the sample data."""
    cluster.create(name)
    cluster.psql(name, "-f", ROOT / "sql/schema.sql")
    cluster.psql(name, "-f", ROOT / "sql/seed.sql")


def grow(cluster, database, first, last):
    """Adds the events of these numbers, 100 tasks each."""
    variables = {"first": first, "last": last, "crowd": CROWD}
    options = [option for name, value in variables.items() for option in ("-v", f"{name}={value}")]
    cluster.psql(database, "-1", *options, "-f", HERE / "data.sql", role="bootstrap")
    cluster.psql(database, "-c", "VACUUM ANALYZE", role="bootstrap")


@pytest.fixture(scope="session")
def sample(cluster):
    """The name of a database with the sample data alone."""
    create(cluster, "sample")
    return "sample"


@pytest.fixture(scope="session")
def small(cluster):
    """The name of a database with 200 tasks more."""
    create(cluster, "small")
    grow(cluster, "small", 2, 3)
    return "small"


@pytest.fixture
def start_worker(cluster, tmp_path):
    """A function that starts a worker on a database as asked."""
    started = []

    def start(database, url=None, **options):
        url = url or cluster.url(database, "eventflow_api")
        started.append(WorkerProcess(tmp_path / f"worker{len(started)}", url, **options))
        return started[-1]

    yield start
    for worker in started:
        worker.stop()
