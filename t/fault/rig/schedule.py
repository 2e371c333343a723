"""Two or more sessions on one database, their steps taken in every order in which they can be taken."""

import select
import time

import psycopg2
import psycopg2.extensions

import fastcgi
from footprint import footprint_of
from relay import pump

DEADLINE = 10  # seconds for anything at all to happen


class Request:
    """A request to a worker of one thread whose statements pass a relay: each of them is a step. A BEGIN does nothing
    by itself, and goes with the statement behind it."""

    def __init__(self, name, host, data):
        self.name, self.host, self.data = name, host, data
        self.connection, self.answer = None, None
        self.changed = set()  # tables, in the transaction that is open

    def start(self):
        self.host.relay.holds = True
        self.connection = fastcgi.Connection(self.host.path, timeout=DEADLINE)
        self.connection.send(self.data)

    def is_waiting(self):
        link = self.host.relay.link
        return link is not None and link.in_flight is not None

    @property
    def backend(self):
        return self.host.relay.link.pid

    def next_step(self):
        """The name of the next step, or None when the request has been answered and its transaction is over."""
        deadline = time.monotonic() + DEADLINE
        while time.monotonic() < deadline:
            link = self.host.relay.link
            if self.host.relay.is_waiting():
                return link.steps[0].statement
            if self.answer is None and select.select([self.connection.socket], [], [], 0)[0]:
                self.answer = self.connection.answer()
            if self.answer is not None and (not link or (link.transaction == "I" and not link.in_flight)):
                return None
            pump(self.host.selector, 0.001)
        raise AssertionError(f"{self.name} neither asks the database nor answers")

    def footprint(self):
        steps = self.host.relay.link.steps
        text = " ".join(step.text for step in steps[: 2 if steps[0].statement == "BEGIN" else 1])
        return footprint_of(text, self.changed)

    def release(self):
        link = self.host.relay.link
        self.changed = set() if link.steps[0].statement == "COMMIT" else self.changed | self.footprint().locks
        is_begin = link.steps[0].statement == "BEGIN"
        link.release()
        if is_begin:
            wait_until(lambda: self.host.serve() or (not link.in_flight and link.steps))
            link.release()

    def poll(self):
        self.host.serve()

    def finish(self):
        self.connection.socket.close()
        self.host.relay.holds = False


class Operator:
    """Statements of another hand, in a transaction: each of them is a step, and so is COMMIT."""

    def __init__(self, name, url, *statements):
        self.name, self.statements = name, [*statements, ("COMMIT",)]
        self.connection = psycopg2.connect(url, async_=1)
        self._wait()
        self.cursor = self.connection.cursor()
        self.answer, self.is_open = None, False
        self.changed = set()

    def _wait(self):
        wait_until(lambda: self.connection.poll() == psycopg2.extensions.POLL_OK)

    @property
    def backend(self):
        return self.connection.info.backend_pid

    def start(self):
        self.cursor.execute("BEGIN")
        self._wait()

    def is_waiting(self):
        return self.is_open

    def next_step(self):
        return f"{self.name}:{self.statements[0][0].split(' ')[0]}" if self.statements else None

    def footprint(self):
        return footprint_of(self.statements[0][0], self.changed)

    def release(self):
        self.changed |= self.footprint().locks
        statement, *parameters = self.statements.pop(0)
        self.cursor.execute(statement, parameters)
        self.is_open = True

    def poll(self):
        """An error ends the transaction, and with it the session's part."""
        if not self.is_open:
            return
        try:
            self.is_open = self.connection.poll() != psycopg2.extensions.POLL_OK
        except psycopg2.Error as error:
            self.answer, self.statements, self.is_open = error.diag.constraint_name or error.pgcode, [], False
            self.cursor.execute("ROLLBACK")
            self._wait()

    def finish(self):
        self.connection.close()


def wait_until(condition):
    deadline = time.monotonic() + DEADLINE
    while not (value := condition()):
        assert time.monotonic() < deadline, "nothing happens"
    return value


class Run:
    """One order of the steps: that of the choices as far as they go, then always the session that is preferred of those
    that can go on (min: the first, max: the last).

    Sessions that sleep are passed over: their next step has been tried here in an order that differs only in steps
    which do not disturb each other (sleep sets; Godefroid, Partial-Order Methods for the Verification of Concurrent
    Systems, chapter 5).
    """

    def __init__(self, sessions, is_blocked, choices=(), sleeping=frozenset(), preference=min, reduces=False):
        self.sessions, self.is_blocked, self.choices, self.preference = sessions, is_blocked, choices, preference
        self.sleeping = sleeping  # where the choices end
        self.reduces = reduces  # whether any may sleep at all
        self.trace, self.branches = [], []
        self.is_repetition = False  # nothing but what has been tried was left to do

    def execute(self):
        for session in self.sessions:
            session.start()
        try:
            while (ready := self._ready()) or self._any_waiting():
                if ready:
                    self._step(self._choose(ready))
                else:
                    self._settle()
        finally:
            for session in self.sessions:
                session.finish()
        return self

    def _ready(self):
        return [i for i, session in enumerate(self.sessions) if not session.is_waiting() and session.next_step()]

    def _any_waiting(self):
        return any(session.is_waiting() for session in self.sessions)

    def _choose(self, ready):
        depth = len(self.trace)
        if depth < len(self.choices):
            choice = self.choices[depth]
            assert choice in ready, f"the order {self.choices} is not possible any more after {self.names()}"
            return choice
        awake = [index for index in ready if index not in self.sleeping]
        if not awake:
            self.is_repetition = True
            return ready[0]
        choice = self.preference(awake)
        tried = [choice]
        for other in awake:
            if other != choice:
                taken = [index for index, _ in self.trace]
                self.branches.append(([*taken, other], self._asleep_behind(other, self.sleeping | set(tried), ready)))
                tried.append(other)
        self.sleeping = self._asleep_behind(choice, self.sleeping, ready)
        return choice

    def _asleep_behind(self, choice, sleeping, ready):
        """Who goes on sleeping when the step of the choice is taken."""
        if not self.reduces:
            return frozenset()
        step = self.sessions[choice].footprint()
        others = [index for index in sleeping if index in ready and index != choice]
        return frozenset(index for index in others if not self.sessions[index].footprint().disturbs(step))

    def _step(self, index):
        session = self.sessions[index]
        self.trace.append((index, session.next_step()))
        session.release()
        self._settle()

    def _settle(self):
        """Until each session either has its answer or waits for a lock of another one."""
        deadline = time.monotonic() + DEADLINE
        waiting = [session for session in self.sessions if session.is_waiting()]
        while waiting:
            for session in waiting:
                session.poll()
            waiting = [session for session in waiting if session.is_waiting()]
            if waiting and all(self.is_blocked(session.backend) for session in waiting):
                for session in waiting:
                    session.poll()
                break
            assert time.monotonic() < deadline, f"{self.names()}: no answer, and no lock that it waits for"

    def names(self):
        return " ".join(f"{'ABC'[index]}:{name}" for index, name in self.trace)


def every_order(make, is_blocked, reduces):
    """Runs all orders of the steps, each in a scene of its own, made with its sessions by make(); if it reduces, then
    one of those that differ only in steps which do not disturb each other. Yields (scene, sessions, run)."""
    todo = [((), frozenset())]
    while todo:
        scene, sessions = make()
        run = Run(sessions, is_blocked, *todo.pop(), reduces=reduces).execute()
        todo += run.branches
        if not run.is_repetition:
            yield scene, sessions, run
