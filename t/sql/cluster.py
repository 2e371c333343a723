"""A private PostgreSQL cluster in a temporary folder, whose owner is no superuser."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]


class Cluster:
    def __init__(self, folder, port):
        self.folder, self.port = pathlib.Path(folder), port

    def as_server(self, *command, **options):
        prefix = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        return subprocess.run([*prefix, *map(str, command)], check=True, capture_output=True, **options)

    def url(self, database, role="eventflow_owner"):
        return f"postgresql://{role}@/{database}?host={self.folder}&port={self.port}"

    def psql(self, database, *arguments, role="eventflow_owner", text=None):
        command = ["psql", "-q", "-X", "-At", "-v", "ON_ERROR_STOP=1", *map(str, arguments), self.url(database, role)]
        return subprocess.run(command, check=True, capture_output=True, text=True, input=text).stdout

    def migrate(self, database, *arguments, role="eventflow_owner"):
        environment = {**os.environ, "DATABASE_OWNER_URL": self.url(database, role)}
        return subprocess.run([ROOT / "eventflow-migrate", *arguments], env=environment, capture_output=True, text=True)

    def create(self, database):
        self.psql("postgres", "-c", f"CREATE DATABASE {database}")

    def dump(self, database):
        command = [BIN / "pg_dump", "--schema-only", "--schema=eventflow", self.url(database)]
        lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
        return [line for line in lines if line and not line.startswith(("--", "\\"))]


@contextlib.contextmanager
def running_cluster(port=5432, addresses=""):
    """Started with the role eventflow_owner, gone afterwards. Without addresses the port only names the socket."""
    folder = tempfile.mkdtemp(prefix="eventflow-sql.", dir="/tmp")
    cluster = Cluster(folder, port)
    if os.getuid() == 0:
        shutil.chown(folder, "postgres")
    cluster.as_server(
        BIN / "initdb",
        "-D",
        f"{folder}/data",
        "-U",
        "bootstrap",
        "-A",
        "trust",
        "--no-locale",
        "-E",
        "UTF8",
        "--no-sync",
    )
    options = f"-c listen_addresses={addresses} -c port={port} -c unix_socket_directories={folder} -c fsync=off"
    cluster.as_server(BIN / "pg_ctl", "-D", f"{folder}/data", "-w", "-l", f"{folder}/log", "-o", options, "start")
    try:
        cluster.psql(
            "postgres", "-c", "CREATE ROLE eventflow_owner LOGIN NOSUPERUSER CREATEROLE CREATEDB", role="bootstrap"
        )
        yield cluster
    finally:
        cluster.as_server(BIN / "pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
