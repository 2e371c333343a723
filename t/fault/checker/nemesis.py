"""What goes wrong during a run: each fault is a method of Nemesis, which does it, and undoes it."""

import contextlib
import os
import random
import signal
import threading
import time

import psycopg2
import shim as shims
from site_control import standing_still, wait_for

BEGINNING = 1.0  # seconds without a fault
REST = 5.0  # seconds at most that one who was down is given, to see when it serves again
ORDINARY = {"statement_timeout": "5s", "lock_timeout": "2s", "idle_in_transaction_session_timeout": "10s"}


class Fault:
    """kind, the moments of its beginning and end (nanoseconds), when the thing was back, and what it excuses."""

    def __init__(self, kind, excuses):
        self.kind, self.excuses = kind, excuses
        self.begin, self.end, self.back = time.monotonic_ns(), 0, None
        self.note = ""

    def as_json(self):
        return {"kind": self.kind, "begin": self.begin, "end": self.end, "back": self.back, "note": self.note}


def is_lost(connection):
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return False
    except psycopg2.Error:
        return True


class Nemesis(threading.Thread):
    """Draws faults one after the other until it is told to end. kinds: the names of those that are drawn from.

    count_successes(): how many requests have been answered with 200, of so many clients.
    """

    def __init__(self, site, shim, shared, seed, pauses, kinds, count_successes, clients):
        super().__init__(daemon=True)
        self.site, self.shim, self.shared, self.pauses = site, shim, shared, pauses
        self.random = random.Random(f"nemesis {seed}")
        self.kinds = kinds or [kind for kind in KINDS if site.pair or kind != "fail_over"]
        self.count_successes, self.clients = count_successes, clients
        self.faults, self.ends, self.error = [], threading.Event(), None
        self.rounds = 0  # of all kinds, that are over
        self.replacements = []  # seconds until a killed worker was replaced

    def run(self):
        try:
            self.ends.wait(BEGINNING)
            bag = []
            while not self.ends.wait(self.random.uniform(*self.pauses)):
                if not bag:  # every kind comes as often as every other
                    bag = list(self.kinds)
                    self.random.shuffle(bag)
                self.strike(bag.pop())
                self.rounds += not bag
            if self.site.pair and not self.site.pair.is_at_home():
                self.strike("fail_over")
        except Exception as error:  # pylint: disable=broad-except
            self.error = error
            raise

    def strike(self, kind):
        fault = Fault(kind, EXCUSES.get(kind, ()))
        self.faults.append(fault)
        self.shared.fault = kind
        try:
            getattr(self, kind)(fault)
        finally:
            fault.end = time.monotonic_ns()
            self.shared.fault = ""
        if fault.back:
            self._wait_for_success()

    def _wait_for_success(self):
        """The next fault would hide how long this one is felt: waits until a request was answered with 200 that was
        sent after the thing was back. Of those that were sent before, each client had one."""
        enough, deadline = self.count_successes() + self.clients + 1, time.monotonic() + REST
        while self.count_successes() < enough and time.monotonic() < deadline and not self.ends.wait(0.01):
            pass

    def finish(self):
        self.ends.set()
        self.join()
        if self.error:
            raise self.error

    def _wait(self, least, most):
        time.sleep(self.random.uniform(least, most))

    def _note_return(self, fault):
        """Of the database: when it answers somebody who asks it directly."""
        wait_for(self.site.database_answers, 30, "the database's return")
        fault.back = time.monotonic_ns()

    # The database.

    def restart(self, fault):
        self.site.control("restart", "-m", "fast")
        self._note_return(fault)

    def crash(self, fault):
        self.site.control("stop", "-m", "immediate")
        self._wait(0, 0.5)
        self.site.control("start")
        self._note_return(fault)

    def stand_still(self, fault):
        """All of the database, at times for longer than a request may take."""
        with standing_still(self.site.postmaster()):
            self._wait(0.5, 8)
        self._note_return(fault)

    def kill_session(self, fault):
        """SIGKILL to one server process: the server ends all others and recovers."""
        with contextlib.closing(self.site.connect()) as witness:
            os.kill(self.random.choice(self.site.backends() or [self.site.any_backend()]), signal.SIGKILL)
            wait_for(lambda: is_lost(witness), 10, "the end of all sessions")
        self._note_return(fault)

    def fail_over(self, fault):
        """The primary dies, and a synchronous standby takes its place."""
        self.site.pair.make_standby()
        self._wait(0.2, 1)
        self.site.pair.fail_over()
        self._note_return(fault)

    def end_sessions(self, fault):
        for pid in self.site.backends():
            if self.random.random() < 0.5:
                self._sql("SELECT pg_terminate_backend(%s)", pid)
        fault.back = time.monotonic_ns()

    def pause_sessions(self, _):
        """A slow database."""
        pids = self.site.backends()
        for sign in (signal.SIGSTOP, signal.SIGCONT):
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, sign)
            self._wait(0.1, 1.5)

    def hold_locks(self, _):
        """Somebody holds the rows of an event, or its tasks, sometimes for longer than a worker waits."""
        statement = self.random.choice(
            (
                "SELECT FROM eventflow.events WHERE id = ANY (%s::uuid[]) FOR UPDATE",
                "SELECT FROM eventflow.tasks WHERE event_id = ANY (%s::uuid[]) FOR UPDATE",
            )
        )
        events = self.shared.cast.events
        events = self.random.sample(events, self.random.randrange(1, min(8, len(events)) + 1))
        with contextlib.closing(self.site.connect()) as connection, connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(statement, (sorted(events),))
            self._wait(0.1, self.random.choice((0.3, 2.6)))
            cursor.execute("ROLLBACK")

    def time_out_statements(self, _):
        with self._role_setting("statement_timeout", f"{self.random.randrange(2, 8)}ms"):
            self._wait(0.2, 0.6)

    def cut_idle_transactions(self, _):
        """Transactions are cut off between their two round trips, while a worker stands still."""
        with self._role_setting("idle_in_transaction_session_timeout", "5ms"):
            for _ in range(5):
                self._stop_worker(0.01, 0.06)
                self._wait(0.01, 0.05)

    def read_only(self, _):
        for setting in ("SET default_transaction_read_only = on", "RESET default_transaction_read_only"):
            self.site.alter_system(setting)
            self._wait(0.2, 0.8)

    def limit_connections(self, fault):
        self._sql(f"ALTER ROLE eventflow_api CONNECTION LIMIT {self.random.randrange(0, 4)}")
        self.site.end_sessions()
        self._wait(0.2, 0.6)
        self._sql("ALTER ROLE eventflow_api CONNECTION LIMIT -1")
        fault.back = time.monotonic_ns()

    # The workers.

    def _stop_worker(self, least, most):
        pid = self.random.choice(self.site.worker_pids())
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
            self._wait(least, most)
            os.kill(pid, signal.SIGCONT)

    def pause_worker(self, _):
        self._stop_worker(0.1, 1.0)

    def kill_worker(self, fault):
        pid = self.random.choice(self.site.worker_pids())
        os.kill(pid, signal.SIGKILL)
        self.replacements.append(self.site.replacement_of(pid))
        fault.back = time.monotonic_ns()

    def end_worker(self, fault):
        pid = self.random.choice(self.site.worker_pids())
        os.kill(pid, signal.SIGTERM)
        self.site.replacement_of(pid)
        fault.back = time.monotonic_ns()

    def reload_web_server(self, _):
        for _ in range(self.random.randrange(1, 4)):
            self.site.stack.reload_web_server()
            self._wait(0.02, 0.1)

    def skew_clocks(self, _):
        """The workers' clocks jump by an hour, forth or back."""
        self.shim.set_clock(self.random.choice((-3600, 3600, -30, 30)))
        self._wait(0.3, 0.8)
        self.shim.set_clock(0)

    def fail_libpq(self, _):
        """Calls of the workers to libpq fail, one here and there."""
        for _ in range(8):
            self.shim.arm(shims.LIBPQ, shims.FAIL, self.random.randrange(1, 60))
            self._wait(0.01, 0.06)
        self.shim.disarm()

    def fail_allocations(self, _):
        for _ in range(8):
            self.shim.arm(shims.ALLOCATION, shims.FAIL, self.random.randrange(1, 200))
            self._wait(0.01, 0.06)
        self.shim.disarm()

    def shorten_io(self, _):
        self.shim.arm(shims.IO, self.random.choice((shims.SHORTEN, shims.INTERRUPT)), 1, persists=True)
        self._wait(0.02, 0.1)
        self.shim.disarm()

    def refuse_commits(self, _):
        """The server says that COMMIT has gone well, and has rolled back."""
        self.shim.arm(shims.LIBPQ, shims.LIE, 1, persists=True)
        self._wait(0.05, 0.2)
        self.shim.disarm()

    # The clients.

    def hang_up(self, _):
        self.shared.hang_up = True
        self._wait(0.2, 0.6)
        self.shared.hang_up = False

    # What several need.

    def _sql(self, statement, *parameters):
        with contextlib.closing(self.site.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(statement, parameters or None)

    @contextlib.contextmanager
    def _role_setting(self, name, value):
        """A setting of the workers' role, in all of their sessions, for a while."""
        for each in (value, None):
            self._sql(f"ALTER ROLE eventflow_api SET {name} = %s", each or ORDINARY[name])
            with contextlib.suppress(psycopg2.Error):
                self.site.end_sessions()
            if each:
                yield


KINDS = tuple(
    name
    for name, method in vars(Nemesis).items()
    if callable(method) and not name.startswith("_") and name not in ("run", "strike", "finish")
)
OUTAGES = ("restart", "crash", "stand_still", "kill_session", "fail_over")  # of the database
EXCUSES = {
    "refuse_commits": ("500",),
    "fail_allocations": ("500",),
    "pause_worker": ("slow",),
    "pause_sessions": ("slow",),
}
