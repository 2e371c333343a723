"""A private cluster, whose owner is no superuser, and databases in it: one migrated with sqitch, one from the flat schema."""

import os
import pathlib
import shutil
import subprocess
import tempfile

import psycopg2
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]
IDS = {name: f"00000000-0000-4000-8000-00000000000{number}" for number, name in enumerate(["admin", "manager", "vendor"], 1)}


class Cluster:
    def __init__(self, folder):
        self.folder = folder

    def as_server(self, *command, **options):
        prefix = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        return subprocess.run([*prefix, *map(str, command)], check=True, capture_output=True, **options)

    def url(self, database, role="eventflow_owner"):
        return f"postgresql://{role}@/{database}?host={self.folder}"

    def psql(self, database, *arguments, role="eventflow_owner", text=None):
        command = ["psql", "-q", "-X", "-At", "-v", "ON_ERROR_STOP=1", *map(str, arguments), self.url(database, role)]
        return subprocess.run(command, check=True, capture_output=True, text=True, input=text).stdout

    def migrate(self, database, *arguments):
        environment = {**os.environ, "DATABASE_OWNER_URL": self.url(database)}
        return subprocess.run([ROOT / "eventflow-migrate", *arguments], env=environment, capture_output=True, text=True)

    def create(self, database):
        self.psql("postgres", "-c", f"CREATE DATABASE {database}")

    def dump(self, database):
        command = [BIN / "pg_dump", "--schema-only", "--schema=eventflow", self.url(database)]
        lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
        return [line for line in lines if line and not line.startswith(("--", "\\"))]


@pytest.fixture(scope="session")
def cluster():
    folder = tempfile.mkdtemp(prefix="eventflow-sql.", dir="/tmp")
    cluster = Cluster(folder)
    if os.getuid() == 0:
        shutil.chown(folder, "postgres")
    cluster.as_server(BIN / "initdb", "-D", f"{folder}/data", "-U", "bootstrap", "-A", "trust", "--no-locale", "-E", "UTF8", "--no-sync")
    settings = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    cluster.as_server(BIN / "pg_ctl", "-D", f"{folder}/data", "-w", "-l", f"{folder}/log", "-o", settings, "start")
    try:
        cluster.psql("postgres", "-c", "CREATE ROLE eventflow_owner LOGIN NOSUPERUSER CREATEROLE CREATEDB", role="bootstrap")
        yield cluster
    finally:
        cluster.as_server(BIN / "pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated(cluster):
    """The name of a database with the schema and the sample data."""
    cluster.create("migrated")
    result = cluster.migrate("migrated", "up")
    assert result.returncode == 0, result.stdout + result.stderr
    cluster.psql("migrated", "-f", ROOT / "sql/seed.sql")
    return "migrated"


@pytest.fixture
def owner(cluster, migrated):
    """A connection of the schema's owner, in a transaction that is rolled back."""
    connection = psycopg2.connect(cluster.url(migrated))
    yield connection.cursor()
    connection.rollback()
    connection.close()
