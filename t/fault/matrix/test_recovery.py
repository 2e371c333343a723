"""How soon the first 200 comes once PostgreSQL is back: it dies and is started again, or stands still, for a short while
or a long one, again and again, while a few clients ask on."""

import contextlib
import http.client
import threading
import time

import pytest
import report
from site_control import standing_still, wait_for

CLIENTS = 8
PAUSE = 0.01  # seconds of a client between two requests
AWAY = [0.2 + number * 11.8 / 19 for number in range(20)]  # seconds
STILL = [1 + number * 7 / 9 for number in range(10)]


class Clients:
    """answers: (when it was asked, when answered, the status; 0 for none)."""

    def __init__(self, stack, path, token):
        self.address, self.path, self.token = (stack.host, stack.port), path, token
        self.answers, self.ends = [], threading.Event()
        self.threads = [threading.Thread(target=self._run) for _ in range(CLIENTS)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ends.set()
        for thread in self.threads:
            thread.join()

    def _run(self):
        connection = http.client.HTTPConnection(*self.address, timeout=20)
        while not self.ends.wait(PAUSE):
            began, status = time.monotonic(), 0
            try:
                connection.request("GET", self.path, headers={"Authorization": f"Bearer {self.token}"})
                response = connection.getresponse()
                response.read()
                status = response.status
            except (OSError, http.client.HTTPException):
                connection.close()
            self.answers.append((began, time.monotonic(), status))

    def first_success_after(self, moment):
        """The seconds from there to the first 200 to a request that was sent after it; None as long as there is none."""
        ends = [end for began, end, status in list(self.answers) if began > moment and status == 200]
        return min(ends) - moment if ends else None


@contextlib.contextmanager
def stopped(site):
    site.control("stop", "-m", "immediate")
    try:
        yield
    finally:
        site.control("start")


def recoveries(site, clients, absence, durations, say):
    for seconds in durations:
        with absence():
            time.sleep(seconds)
        wait_for(site.database_answers, 30, "the database's return")
        back = time.monotonic()
        waited = wait_for(lambda back=back: clients.first_success_after(back), 20, "a success")
        say(f"away for {seconds:4.1f} s, and {waited:.3f} s later there is a success")
        yield waited
        time.sleep(0.5)


@pytest.mark.parametrize("what, durations", (("restart", AWAY), ("stand still", STILL)), ids=("restarts", "stand still"))
def test_the_first_success_comes_soon(site, site_world, reconnect, say, is_long, what, durations):
    if not is_long:
        pytest.skip("only with --long: t/durability tries it a few times")
    absence = (lambda: stopped(site)) if what == "restart" else (lambda: standing_still(site.postmaster()))
    event = site_world.event()
    user, task = site_world.user("manager", event), site_world.task(event)
    with Clients(site.stack, f"/api/tasks/{task}", user.token) as clients:
        time.sleep(0.5)
        waits = sorted(recoveries(site, clients, absence, durations, say))
    reconnect()
    shown = ", ".join(f"p{p} {report.percentile(waits, p):.3f} s" for p in (50, 99, 100))
    slowest = max(end - began for began, end, _ in clients.answers)
    say(f"{what}: {len(waits)} times, {shown}; {len(clients.answers)} answers, the slowest after {slowest:.1f} s")
    assert waits[-1] < report.PROMISED and slowest < 5.5
