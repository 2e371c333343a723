"""A whole EventFlow whose parts can be stopped, killed and started: quickstart's, with workers of the rig's own."""

import contextlib
import http.client
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import time

import psycopg2
import stack as stack_module
from host import BUILD

RIGHTS = (  # that the rig needs, beyond those of the schema's owner
    "pg_signal_backend, pg_monitor",
    "ALTER SYSTEM ON PARAMETER default_transaction_read_only, synchronous_standby_names",
)
BIN = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]


def as_user(name, *command):
    """The command, run by another user where we may."""
    return ["runuser", "-u", name, "--", *map(str, command)] if os.getuid() == 0 else list(map(str, command))


def wait_for(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not in {seconds} s")
        time.sleep(0.005)
    return value


def family_of(pid):
    """A process and its children."""
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *map(int, children)]


@contextlib.contextmanager
def standing_still(postmaster):
    """Every process of a PostgreSQL is stopped; one that was stopped starts no other."""
    os.kill(postmaster, signal.SIGSTOP)
    family = family_of(postmaster)
    try:
        for pid in family[1:]:
            os.kill(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


class Site:
    """workers: how many processes, of how many threads each. environment: of the workers, over their settings."""

    def __init__(self, stack, workers=2, threads=4, binary=BUILD / "eventflow", environment=None):
        self.stack, self.workers, self.threads, self.binary = stack, workers, threads, binary
        self.environment = {"LOG_LEVEL": "WARNING", **(environment or {})}
        self.data = stack.var / "postgresql" / "data"
        self.socket = stack.var / "run" / "eventflow.sock"
        self.owner = pwd.getpwuid(self.data.stat().st_uid).pw_name
        self.supervisor, self.pair = None, None
        for right in RIGHTS:
            stack.superuser_sql(f"GRANT {right} TO eventflow_owner")
        self.end_first_workers()
        self.start_workers()

    def end_first_workers(self):
        """Those that quickstart has started."""
        pid = int((self.stack.var / "run" / "workers.pid").read_text())
        os.kill(pid, signal.SIGTERM)
        wait_for(lambda: not pathlib.Path(f"/proc/{pid}").exists(), 20, "the end of the first workers")

    def start_workers(self):
        """As scripts/serve.sh does."""
        self.socket.unlink(missing_ok=True)
        user = "www-data"
        identity = ["-u", user, "-g", user, "-U", user, "-G", user] if os.getuid() == 0 else []
        command = ["spawn-fcgi", "-n", "-s", str(self.socket), "-M", "0660", *identity, "--"]
        command += [
            shutil.which("multiwatch"),
            "-f",
            str(self.workers),
            "-r",
            "100000",
            "-s",
            "TERM",
            "--",
            str(self.binary),
        ]
        settings = {"EVENTFLOW_ENV_FILE": str(self.stack.var / "eventflow.env"), "THREADS": str(self.threads)}
        with (self.stack.var / "log" / "worker.log").open("a") as log:
            self.supervisor = subprocess.Popen(
                command,
                env={**os.environ, **settings, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )
        (self.stack.var / "run" / "workers.pid").write_text(f"{self.supervisor.pid}\n")
        wait_for(self.is_ready, 15, "readiness")

    def stop_workers(self):
        for pid in self.worker_pids():
            os.kill(pid, signal.SIGCONT)
        self.supervisor.terminate()
        self.supervisor.wait(timeout=30)

    def replace_workers(self, binary):
        """By those of another program."""
        self.stop_workers()
        self.binary = binary
        self.start_workers()

    def worker_pids(self):
        """The processes of the worker, as its supervisor has them now."""
        pid = self.supervisor.pid
        with contextlib.suppress(OSError):
            return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return []

    def status_of(self, path):
        """The status of a GET; 0 when there is none."""
        connection = http.client.HTTPConnection(self.stack.host, self.stack.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def is_ready(self):
        return self.status_of("/readyz") == 200

    def connect(self, name="rig"):
        """As the owner of the schema; each statement is a transaction."""
        connection = psycopg2.connect(self.stack.owner_url, application_name=name)
        connection.autocommit = True
        return connection

    def use_pair(self, pair):
        """From now on the database may be in either of two places (standby.Pair)."""
        self.pair, self.stack.owner_url = pair, pair.owner_url
        self.environment["DATABASE_URL"] = pair.api_url
        self.replace_workers(self.binary)

    def control(self, *arguments, data=None):
        """pg_ctl of the database's cluster, or of another one."""
        log = self.stack.var / "log" / "postgresql.log"
        command = as_user(self.owner, BIN / "pg_ctl", "-D", data or self.data, "-w", "-l", log, *arguments)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", timeout=60)

    def alter_system(self, setting):
        """A setting of all sessions, from soon on."""
        with contextlib.closing(self.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(f"ALTER SYSTEM {setting}")
        os.kill(self.postmaster(), signal.SIGHUP)

    def postmaster(self):
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def backends(self):
        """The processes of the workers' sessions."""
        with contextlib.closing(self.connect()) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT pid FROM pg_stat_activity WHERE usename = 'eventflow_api'")
            return [pid for (pid,) in cursor.fetchall()]

    def any_backend(self):
        """Some process of the server that is not the postmaster."""
        return family_of(self.postmaster())[1]

    def end_sessions(self):
        """Ends the workers' sessions, so that new settings of their role hold."""
        with contextlib.closing(self.connect()) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'eventflow_api'")

    def database_answers(self):
        try:
            self.connect().close()
            return True
        except psycopg2.Error:
            return False

    def replacement_of(self, pid, seconds=20):
        """Waits until another process stands for one that has ended; the seconds that it took."""
        began = time.monotonic()
        wait_for(lambda: pid not in (pids := self.worker_pids()) and len(pids) == self.workers, seconds, "a new worker")
        return time.monotonic() - began


@contextlib.contextmanager
def running_site(var, **options):
    """Starts a stack of its own in the folder, and its site; stops both."""
    stacks = stack_module.started_stack(var, {})
    site = Site(next(stacks), **options)
    try:
        yield site
    finally:
        site.stop_workers()
        next(stacks, None)
