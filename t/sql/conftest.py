"""A private cluster, and databases in it: one migrated with sqitch, one from the flat schema."""

import time

import psycopg2
import pytest

from cluster import ROOT, running_cluster
from session import Session


@pytest.fixture(scope="session")
def cluster():
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def migrated(cluster):
    """The name of a database with the schema and the sample data."""
    cluster.create("migrated")
    result = cluster.migrate("migrated", "up")
    assert result.returncode == 0, result.stdout + result.stderr
    cluster.psql("migrated", "-f", ROOT / "sql/seed.sql")
    return "migrated"


@pytest.fixture(scope="session")
def supabase(cluster):
    """The name of a database that was a Supabase project, or nearly, before it was migrated by the project's owner."""
    cluster.create("supabase")
    cluster.psql("supabase", "-f", ROOT / "t/sql/supabase_stub.sql", role="bootstrap")
    result = cluster.migrate("supabase", "up", role="postgres")
    assert result.returncode == 0, result.stdout + result.stderr
    cluster.psql("supabase", "-f", ROOT / "sql/seed.sql", role="postgres")
    return "supabase"


@pytest.fixture
def owner(cluster, migrated):
    """A connection of the schema's owner, in a transaction that is rolled back."""
    connection = psycopg2.connect(cluster.url(migrated))
    yield connection.cursor()
    connection.rollback()
    connection.close()


@pytest.fixture(scope="session")
def sample(cluster):
    """The name of a database with the schema and the sample data, to make others from."""
    cluster.create("sample")
    cluster.psql("sample", "-f", ROOT / "sql/schema.sql")
    cluster.psql("sample", "-f", ROOT / "sql/seed.sql")
    return "sample"


@pytest.fixture
def sessions(cluster, sample):
    """Makes sessions of a database of their own, and waits until one of them is waiting."""
    cluster.psql("postgres", "-c", "DROP DATABASE IF EXISTS together WITH (FORCE)")
    cluster.psql("postgres", "-c", f"CREATE DATABASE together TEMPLATE {sample}")

    def wait_for_waiting(count):
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'together' AND wait_event_type = 'Lock'"
        for _ in range(1000):
            if int(cluster.psql("together", "-c", query, role="bootstrap")) == count:
                return
            time.sleep(0.01)
        raise TimeoutError(f"not {count} sessions wait")

    return lambda: Session(cluster.url("together")), wait_for_waiting
