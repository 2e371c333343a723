"""Two PostgreSQL servers, a primary and its standby, made of the stack's own; and clients who remember what was acknowledged."""

import contextlib
import copy
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

import psycopg2

from rig import BIN, wait_for
from standby import both_hosts

SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{folder}'
synchronous_standby_names = '{standby}'
wal_keep_size = '64MB'
"""
COMMITS = re.compile(r"tx: +(\d+), .*desc: COMMIT")


def run(*command):
    """As the user of the servers."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    return subprocess.run([*prefix, *map(str, command)], capture_output=True, text=True, cwd="/", timeout=60, check=False)


def demand(*command):
    result = run(*command)
    assert result.returncode == 0, f"{command}: {result.stdout}{result.stderr}"
    return result.stdout


class Server:
    """One server, with its data and its socket in a folder."""

    def __init__(self, folder):
        self.folder, self.data = folder, folder / "data"
        demand("mkdir", "-m", "755", folder)

    def configure(self, standby=""):
        """standby: the name of the one that each COMMIT waits for, if any."""
        settings = SETTINGS.format(folder=self.folder, standby=standby)
        demand("sh", "-c", 'printf %s "$1" >>"$2"', "sh", settings, self.data / "postgresql.conf")

    def control(self, *arguments):
        demand(BIN / "pg_ctl", "-D", self.data, "-w", "-l", self.folder / "log", *arguments)

    def processes(self):
        """The first is the one that started the others. Their working folder is the data."""
        found = []
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):  # it is gone, or somebody else's
                if os.readlink(folder / "cwd") == str(self.data):
                    found.append(int(folder.name))
        return sorted(found)

    def kill(self):
        """All of its processes, as when the machine is lost. Returns when they are gone.

        Their numbers may live on until somebody has buried them: the next start would take them for a server that runs.
        """
        while pids := self.processes():
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.01)
        demand("rm", "-f", self.data / "postmaster.pid", self.folder / ".s.PGSQL.5432.lock")

    def rows(self, statement, database="eventflow"):
        """As superuser: lists of texts."""
        output = demand("psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-d", database, "-c", statement)
        return [line.split("|") for line in output.splitlines()]

    def commits_after(self, position):
        """The transactions that its WAL says were committed behind a position."""
        dump = run(BIN / "pg_waldump", "-p", self.data / "pg_wal", "-r", "Transaction", "-s", position).stdout
        return set(COMMITS.findall(dump))

    def first_position(self):
        """Where its timeline left that of the primary before."""
        history = demand("sh", "-c", f"tail -n 1 {self.data}/pg_wal/*.history")
        return history.split()[1]


class Pair:
    """a, the primary, and b, its standby. owner_url, api_url: of whichever is the primary."""

    def __init__(self, database):
        self.database = database
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="eventflow-pair.", dir="/tmp"))
        self.folder.chmod(0o777)
        self.a, self.b = (Server(self.folder / name) for name in "ab")
        folders = (self.a.folder, self.b.folder)
        self.stack = copy.copy(database.stack)
        self.stack.owner_url = both_hosts(database.stack.owner_url, folders)
        self.api_url = both_hosts(database.api_url, folders)

    def start(self, is_synchronous):
        """Returns when the standby is in step."""
        self._copy()
        self.a.configure("b" if is_synchronous else "")
        self.a.control("start")
        self._add_standby("sync" if is_synchronous else "async")

    def _copy(self):
        """Of the stack's cluster, which stands still meanwhile."""
        self.database.stop()
        try:
            demand("cp", "-a", self.database.data, self.a.data)
        finally:
            self.database.start()
        demand("sh", "-c", f"echo local replication all peer >>{self.a.data}/pg_hba.conf")

    def _add_standby(self, state):
        source = f"host={self.a.folder} application_name=b"
        demand(BIN / "pg_basebackup", "-d", source, "-D", self.b.data, "-R", "-c", "fast", "--no-sync")
        self.b.configure()
        self.b.control("start")
        wait_for(lambda: self.a.rows("SELECT sync_state FROM pg_stat_replication WHERE state = 'streaming'") == [[state]], 60)

    def stop_sending(self):
        """From now on the standby gets nothing."""
        [[pid]] = self.a.rows("SELECT pid FROM pg_stat_replication")
        os.kill(int(pid), signal.SIGSTOP)

    def close(self):
        for server in (self.a, self.b):
            server.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def longest_gap(moments, begin, end):
    """Between two moments, of which one may lie before begin or behind end."""
    return max(later - earlier for earlier, later in zip(moments, moments[1:]) if later >= begin and earlier <= end)


class Writers:
    """Clients, each in an event of its own, who bring task after task to its end.

    tasks: how many there are for each; pause: seconds between two requests of a client. acknowledged: the request ids of
    all answers of 200; moments: when these came; refused: answers that what was acknowledged before does not allow.
    """

    COUNT = 4

    def __init__(self, world, caller, tasks=400, pause=0):
        self.pause = pause
        self.acknowledged, self.moments, self.refused, self.error = [], [], [], None
        self.events = [world.event() for _ in range(self.COUNT)]
        self.stops = threading.Event()
        self.threads = []
        for event in self.events:
            user = world.user("vendor", event)
            arguments = (caller.with_token(user.token), world.tasks(event, tasks))
            self.threads.append(threading.Thread(target=self._write, args=arguments, daemon=True))

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stops.set()
        for thread in self.threads:
            thread.join()
        if self.error:
            raise self.error

    def _write(self, caller, tasks):
        try:
            for task in tasks:
                for path, body in (
                    (f"/api/tasks/{task}/pick", None),
                    (f"/api/tasks/{task}/transition", {"next_state": "IN_PROGRESS", "reason": "Begun."}),
                    (f"/api/tasks/{task}/transition", {"next_state": "DONE", "reason": "Done."}),
                ):
                    if self.stops.wait(self.pause):
                        return
                    if not self._is_done(caller.post(path, body)):
                        time.sleep(0.02)
                        break  # nobody knows the state of this task
            raise AssertionError("there are no more tasks")
        except Exception as error:  # pylint: disable=broad-except
            self.error = error

    def _is_done(self, answer):
        if answer.status not in (200, 503):  # the step before is not there
            self.refused.append(str(answer))
        elif answer.status == 200:
            self.acknowledged.append(answer.headers["x-request-id"])
            self.moments.append(time.monotonic())
        return answer.status == 200

    def lost(self, server):
        """Acknowledged changes whose audit row a server does not have."""
        events = ", ".join(f"'{event}'" for event in self.events)
        rows = server.rows(
            "SELECT request_id, count(*) FROM eventflow.task_transitions"
            f" WHERE event_id IN ({events}) AND request_id IS NOT NULL GROUP BY 1"
        )
        assert all(number == "1" for _, number in rows), "a change that was made twice"
        return set(self.acknowledged) - {request for request, _ in rows}

    def gap(self, begin=0, end=float("inf")):
        """The longest time without an acknowledged write that has to do with what went on from begin to end, in seconds."""
        return longest_gap(self.moments, begin, end)

    def go_on(self, count=50):
        """Returns when so many more writes have been acknowledged."""
        enough = len(self.acknowledged) + count
        wait_for(lambda: len(self.acknowledged) >= enough or self.error, 60)

    def first_after(self, moment):
        """Seconds until the next acknowledged write."""
        return wait_for(lambda: self.moments and self.moments[-1] > moment, 30)


def connect(url):
    connection = psycopg2.connect(url)
    connection.autocommit = True
    return connection
