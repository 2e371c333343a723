"""One request to a worker that something happens to, and what must hold afterwards."""

import os
import select
import signal
import time

import fastcgi
import soundness
from scenes import Scene, parse
from schedule import wait_until

DEADLINE = 5.5  # seconds for an answer: the contract's five and a little for this machine
UNDER_WAY = "SELECT FROM pg_stat_activity WHERE usename = 'eventflow_api' AND state <> 'idle'"
RECOVERY = 1  # seconds until a request is answered with 200 again


class Attempt:
    """make_request(scene): what is sent, to a host. `before` is what the tables hold until then."""

    def __init__(self, world, team, host, make_request):
        self.world, self.host = world, host
        self.scene = Scene(world, team)
        self.data = make_request(self.scene)
        self.before = self.scene.left()
        self.connection = None

    def send(self):
        self.connection = fastcgi.Connection(self.host.path, timeout=DEADLINE)
        self.connection.send(self.data)

    def is_answered(self):
        return bool(select.select([self.connection.socket], [], [], 0)[0])

    def run(self):
        """Status and body of the answer."""
        self.send()
        return parse(self.host.answer_on(self.connection, DEADLINE))

    def warm_up(self):
        """Starts the worker and lets it connect to the server, if that is not so."""
        if not self.host.is_alive():
            self.host.start()
        assert self.next_status() == 200

    def next_status(self):
        return parse(self.host.get("/api/user-types", self.world.admin.token, DEADLINE))[0]

    def next_statement(self):
        """The name of the one that waits to be let through; None once there is an answer."""
        relay = self.host.relay
        wait_until(lambda: self.host.serve() or relay.is_waiting() or self.is_answered())
        return relay.link.steps[0].statement if relay.is_waiting() else None

    def run_by_statements(self):
        """Sends it, and lets its statements through one by one; their names."""
        names = []
        self.host.relay.holds = True
        self.send()
        while name := self.next_statement():
            names.append(name)
            self._let_through()
        self.host.relay.holds = False
        return names

    def go_to(self, number, after=False):
        """Sends it, and goes up to the statement of this number: it is done (but for the answer), or has not been sent.
        Returns the link. The relay holds everything until it is told otherwise."""
        self.host.relay.holds = True
        self.send()
        for step in range(1, number + 1):
            assert self.next_statement()
            if step == number and not after:
                break
            self.host.relay.link.withholds = step == number
            self._let_through()
        return self.host.relay.link

    def go_between_the_round_trips(self):
        """Sends it, and goes up to the first statement of its second round trip. Returns the link."""
        self.host.relay.holds = True
        self.send()
        while self.next_statement() and self.host.relay.link.transaction != "T":
            self._let_through()
        return self.host.relay.link

    def _let_through(self):
        link = self.host.relay.link
        link.release()
        wait_until(lambda: self.host.serve() or not link.in_flight)

    def end_session(self, pid):
        """Ends the worker's session at the server, and waits until the worker could know."""
        self.world.value("SELECT pg_terminate_backend(%s)", pid)
        wait_until(lambda: self.host.serve() or not any(link.pid == pid for link in self.host.relay.links))
        self._wait_until_nothing_is_under_way()

    def _wait_until_nothing_is_under_way(self):
        """A session that has lost its worker goes on with what it has been told."""
        wait_until(lambda: self.host.serve() or not self.world.sql(UNDER_WAY))

    def judge(self, expected, what, statuses=(200, 503), may_die=None, may_close=False, on_answer=None):
        """Waits for the answer, and fails unless all is as promised.

        expected: what is left if it has happened. may_die: what the log says when the worker may have died, "" for any
        words. may_close: the connection may end without an answer. on_answer: called before anything else is asked.
        """
        answer = self.host.answer_on(self.connection, DEADLINE)
        if on_answer:
            on_answer()
        self.connection.socket.close()
        if answer is None and not may_close:
            self.host.process.wait(DEADLINE)  # nothing else ends a connection without an answer
        if not self.host.is_alive():
            status, words = self.host.process.returncode, self.host.log.read_text()[-2000:]
            assert not (complaints := self.host.complaints()), f"{what}: {complaints}"
            assert may_die is not None and may_die in words, f"{what}: the worker has died, {status}\n{words}"
            self.host.start()
        self._wait_until_nothing_is_under_way()
        self._judge_what_is_left(answer, expected, what, statuses)
        deadline = time.monotonic() + RECOVERY
        while (status := self.next_status()) != 200:
            assert time.monotonic() < deadline, f"{what}: the next requests: {status}"
            time.sleep(0.01)

    def _judge_what_is_left(self, answer, expected, what, statuses):
        left = self.scene.left()
        assert left in (self.before, expected), f"{what}: half of it is there: {left}"
        if answer is not None:
            status, body = parse(answer)
            assert status in statuses, f"{what}: {status} {body}"
            assert status != 200 or left == expected, f"{what}: told to have happened, and it has not"
        assert soundness.violations(self.world.connection, [self.scene.event]) == [], what

    def end_worker(self):
        os.kill(self.host.process.pid, signal.SIGKILL)
        self.host.process.wait()
