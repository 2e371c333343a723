"""The sandbox of a worker that serves: it holds for all threads, lets connections be made, and tells why it kills."""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import fastcgi
import pytest
import stack as stack_module

for part in ("sql", "supabase"):
    sys.path.insert(0, str(stack_module.ROOT / "t" / part))

import auth_server  # noqa: E402
import certificates  # noqa: E402
import cluster as cluster_module  # noqa: E402

READY = fastcgi.request("GET", "/readyz")

# In place of the function of libpq: what an attacker would do who has taken a worker over.
SHELL = """
#include <stdlib.h>
#include <unistd.h>

void *PQconnectStartParams(const char *const *keywords, const char *const *values, int expand)
{
	char *arguments[] = {"sh", "-c", "touch \\"$PROOF\\"", NULL};
	execv("/bin/sh", arguments);
	abort();
}
"""


def status_of(worker):
    connection = fastcgi.Connection(worker.path)
    connection.send(READY)
    return int(connection.answer().split(b" ")[1])


def is_ready(worker):
    """Whether it is within a few seconds: a connection that was cut may cost one refusal."""
    deadline = time.monotonic() + 5
    while status_of(worker) != 200:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def sandbox_of(worker):
    """For each thread of the worker, whether it may gain privileges, and whether its system calls are filtered."""
    found = []
    for path in pathlib.Path(f"/proc/{worker.process.pid}/task").glob("*/status"):
        fields = dict(line.split(":\t", 1) for line in path.read_text().splitlines() if ":\t" in line)
        found.append((fields["NoNewPrivs"], fields["Seccomp"]))
    return found


@pytest.fixture
def sandboxed(workers):
    """A function that starts a worker in the sandbox; skips where the build leaves it out."""

    def start(**settings):
        worker = workers(**settings)
        if "off, by the setting SANDBOX" in worker.log.read_text():
            pytest.skip("this build is instrumented, and has no sandbox")
        return worker

    return start


def cut_connections(connect):
    connect("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'eventflow_api'")


def test_every_thread_is_in_the_sandbox(sandboxed):
    worker = sandboxed(threads=3)
    assert is_ready(worker)
    assert sandbox_of(worker) == [("1", "2")] * 4
    limits = pathlib.Path(f"/proc/{worker.process.pid}/limits").read_text()
    assert any(line.split()[:6] == ["Max", "core", "file", "size", "1", "1"] for line in limits.splitlines()), limits


def test_the_sandbox_can_be_switched_off(workers):
    worker = workers(SANDBOX="off")
    assert is_ready(worker) and {filtered for _, filtered in sandbox_of(worker)} == {"0"}


def test_it_connects_again_over_a_unix_socket(sandboxed, stack):
    worker = sandboxed()
    assert is_ready(worker)
    cut_connections(stack.superuser_sql)
    assert is_ready(worker) and "refused" not in worker.log.read_text()


@contextlib.contextmanager
def database_with_tls():
    """A database that is reached over TCP and TLS alone, and the URL that the worker takes."""
    port = stack_module.free_port()
    with cluster_module.running_cluster(port, "127.0.0.1") as cluster:
        server = certificates.write_certificates(cluster.folder)["good"]
        server.chmod(0o600)
        if os.getuid() == 0:
            shutil.chown(server, "postgres")
        cluster.create("eventflow")
        cluster.psql("eventflow", "-f", stack_module.ROOT / "sql/schema.sql")
        hba = cluster.folder / "data/pg_hba.conf"
        cluster.as_server("tee", hba, input=b"local all all trust\nhostssl all all 127.0.0.1/32 trust\n")
        for setting in (f"ssl_cert_file = '{server}'", f"ssl_key_file = '{server}'", "ssl = on"):
            cluster.psql("postgres", "-c", f"ALTER SYSTEM SET {setting}", role="bootstrap")
        cluster.as_server(cluster_module.BIN / "pg_ctl", "-D", cluster.folder / "data", "reload")
        authority = cluster.folder / "ca.pem"
        url = f"postgresql://eventflow_api@localhost:{port}/eventflow?sslmode=verify-full&sslrootcert={authority}"
        yield cluster, url


def test_it_connects_again_over_tls_with_a_renewed_certificate(sandboxed):
    with database_with_tls() as (cluster, url):
        worker = sandboxed(DATABASE_URL=url)
        assert is_ready(worker)
        renewed = certificates.write_certificates(cluster.folder)["good"]  # another authority, and its server
        for name in ("ca.pem", "good.pem"):  # as new files, in the place of the old
            shutil.copy2(cluster.folder / name, cluster.folder / f"{name}.new")
            (cluster.folder / f"{name}.new").rename(cluster.folder / name)
        renewed.chmod(0o600)
        if os.getuid() == 0:
            shutil.chown(renewed, "postgres")
        cluster.as_server(cluster_module.BIN / "pg_ctl", "-D", cluster.folder / "data", "reload")
        cut_connections(lambda statement: cluster.psql("postgres", "-c", statement, role="bootstrap"))
        assert is_ready(worker), worker.log.read_text()
        assert "refused" not in worker.log.read_text()


def test_it_asks_supabase_over_tls(sandboxed, tmp_path):
    """Names are looked up, certificates read, and a thread fetches the keys: ready means that they are at hand."""
    with auth_server.AuthServer(tmp_path) as supabase:
        worker = sandboxed(**supabase.settings())
        assert is_ready(worker), worker.log.read_text()
        assert f"keys from {supabase.url}" in worker.log.read_text()
        connection = fastcgi.Connection(worker.path)
        credentials = b'{"email":"nobody@example.com","password":"wrong"}'
        connection.send(fastcgi.request("POST", "/api/auth/login", credentials, CONTENT_TYPE="application/json"))
        assert b'"code":"invalid_credentials"' in connection.answer()
        assert "refused" not in worker.log.read_text()


@pytest.fixture
def attack(tmp_path):
    """The settings that have a worker taken over at its first request, and the file that the attack makes."""
    (tmp_path / "shell.c").write_text(SHELL)
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", tmp_path / "shell.so", tmp_path / "shell.c"], check=True)
    proof = tmp_path / "proof"
    return {"LD_PRELOAD": str(tmp_path / "shell.so"), "PROOF": str(proof)}, proof


def test_a_worker_that_is_taken_over_runs_no_shell(sandboxed, attack):
    settings, proof = attack
    worker = sandboxed(**settings)
    with pytest.raises(ConnectionError):
        status_of(worker)
    assert worker.process.wait(timeout=5) == -signal.SIGSYS and not proof.exists()
    lines = [line for line in worker.log.read_text().splitlines() if "sandbox - ERROR" in line]
    assert len(lines) == 1 and "refused the system call 59 execve(" in lines[0], worker.log.read_text()


def test_without_the_sandbox_it_would(workers, attack):
    settings, proof = attack
    worker = workers(SANDBOX="off", **settings)
    with pytest.raises(ConnectionError):
        status_of(worker)
    assert worker.process.wait(timeout=5) == 0 and proof.exists()
