"""One run of the checker: clients, operator and nemesis on one site, for a number of operations; then the verdict."""

import contextlib
import ctypes
import json
import multiprocessing
import pathlib
import shutil
import tempfile
import time

import tokens
import traffic
from cast import EVENTS, Cast
from facts import Facts
from hand import Hand
from nemesis import Nemesis
from site_control import wait_for
from verdict import RECOVERY, Verdict

CLIENTS, PROCESSES = 32, 2
SETTLED = 0.5  # seconds behind the recovery from the last fault
TOKEN_LIFE = 24 * 3600  # seconds: no skewed clock may end it
FORK = multiprocessing.get_context("fork")


class Shared:
    """What the processes of a run tell each other."""

    def __init__(self, cast):
        self.cast = cast
        self.flags = FORK.RawArray(ctypes.c_byte, 2)
        self.fault = ""  # that is under way; in the main process alone

    @property
    def stop(self):
        return bool(self.flags[0])

    @stop.setter
    def stop(self, value):
        self.flags[0] = value

    @property
    def hang_up(self):
        return bool(self.flags[1])

    @hang_up.setter
    def hang_up(self, value):
        self.flags[1] = value


class Counters:
    """How many operations of one process ended how."""

    KINDS = ("ok", "fail", "info")

    def __init__(self):
        self.values = FORK.RawArray(ctypes.c_longlong, len(self.KINDS))

    def __getitem__(self, kind):
        return self.values[self.KINDS.index(kind)]

    def __setitem__(self, kind, value):
        self.values[self.KINDS.index(kind)] = value


class Campaign:
    """kinds: of the faults, all by default, none if empty. events: how many. say: prints one line of progress.

    rounds: how often each kind of fault comes at least.
    """

    def __init__(
        self, site, shim, seed, operations, kinds=None, pauses=(0.05, 0.5), events=EVENTS, say=print, rounds=1
    ):
        self.site, self.seed, self.wanted, self.say = site, seed, operations, say
        self.cast = Cast(seed, events)
        self.facts, self.shared = Facts(self.cast), Shared(self.cast)
        self.counters = [Counters() for _ in range(PROCESSES)]
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="eventflow-history.", dir="/tmp"))
        self.hand = Hand(site, self.cast, self.facts, seed)
        self.nemesis = Nemesis(site, shim, self.shared, seed, pauses, kinds, lambda: self.count("ok"), CLIENTS)
        self.rounds = rounds if kinds is None or kinds else 0
        self.has_faults = self.rounds > 0
        self.first_versions, self.operations, self.violations = {}, [], []
        self.began = self.ended = 0
        self.until = float("inf")  # on the clock of time.monotonic(): no longer, however few the operations are

    def run(self):
        """Returns the violations."""
        try:
            self._set_the_stage()
            processes = self._start_clients()
            self.hand.start()
            if self.has_faults:
                self.nemesis.start()
            self._watch(processes)
            self._end(processes)
            self._read_history()
            self._judge()
            return self.violations
        finally:
            self.shared.stop = True
            shutil.rmtree(self.folder)

    def count(self, kind):
        return sum(counters[kind] for counters in self.counters)

    def _set_the_stage(self):
        with contextlib.closing(self.site.connect()) as connection:
            self.cast.write(connection)
            with connection.cursor() as cursor:
                query = "SELECT id::text, version FROM eventflow.events WHERE id = ANY (%s::uuid[])"
                cursor.execute(query, (self.cast.events,))
                self.first_versions = dict(cursor.fetchall())

    def _start_clients(self):
        until = int(time.time()) + TOKEN_LIFE
        minted = {user: tokens.mint(self.site.stack, user, exp=until) for user in self.cast.users}
        address = (self.site.stack.host, self.site.stack.port)
        self.began = time.monotonic_ns()
        processes = []
        for number, counters in enumerate(self.counters):
            rush = []
            clients = [
                traffic.Client(client, self.cast, minted, self.seed, self.shared, rush)
                for client in range(number, CLIENTS, PROCESSES)
            ]
            path = self.folder / f"{number}.jsonl"
            arguments = (clients, address, path, self.shared, counters)
            processes.append(FORK.Process(target=traffic.run_process, args=arguments, daemon=True))
            processes[-1].start()
        return processes

    def _watch(self, processes):
        """Until it has seen enough; says each second how far it is."""
        last = 0
        while not self._has_seen_enough() and time.monotonic() < self.until:
            time.sleep(1)
            if not all(process.is_alive() for process in processes):
                raise RuntimeError("a process of clients has ended")
            for thread in (self.hand, self.nemesis):
                if thread.error:
                    raise thread.error
            seconds = (time.monotonic_ns() - self.began) / 1e9
            ok, fail, info = map(self.count, Counters.KINDS)
            total = ok + fail + info
            self.say(
                f"seed {self.seed}: {seconds:4.0f} s, {total:7d} operations ({total - last:5d}/s):"
                f" {ok} ok, {fail} refused, {info} unknown; {len(self.nemesis.faults)} faults {self.shared.fault}"
            )
            last = total

    def _has_seen_enough(self):
        """As many operations and faults as are wanted."""
        return self.nemesis.rounds >= self.rounds and sum(map(self.count, Counters.KINDS)) >= self.wanted

    def _end(self, processes):
        """The faults end first: what is under way may then come to its end, and behind the last one all is well again."""
        if self.has_faults:
            self.nemesis.finish()
            time.sleep(RECOVERY / 1e9 + SETTLED)
        self.hand.finish()
        wait_for(self.site.is_ready, 30, "readiness after the last fault")
        self.shared.stop = True
        for process in processes:
            process.join(timeout=60)
        self.ended = time.monotonic_ns()

    def _read_history(self):
        for path in sorted(self.folder.glob("*.jsonl")):
            with path.open() as lines:
                self.operations += map(json.loads, lines)

    def _judge(self):
        with contextlib.closing(self.site.connect()) as connection:
            verdict = Verdict(
                connection, self.cast, self.facts, self.operations, self.nemesis.faults, self.first_versions
            )
            self.violations = verdict.judge()
