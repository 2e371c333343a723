"""The clients of a run: what each of them asks next, from what it has seen so far, and the record of what came of it.

A record is one line of JSON: {"c": client, "u": user, "o": operation, "a": what it was about, "r": request id,
"s", "e": when it began and ended (nanoseconds of CLOCK_MONOTONIC), "t": ok (200), fail (4xx) or info (anything else: it
may have happened), "st": status, "code": code or reason, "d": what the answer says}. Some writes have a key besides,
"k", and "h", the checksum of their answer: they are sent again with the same key, each time as a request of its own.
"""

import json
import random
import selectors
import time

import wire
from repeats import IN_FLIGHT

WEIGHTS = {
    "pick": 10,
    "move": 38,
    "assign": 8,
    "unassign": 4,
    "instantiate": 0.5,
    "save": 0.1,
    "get": 14,
    "list_instance": 9,
    "list_state": 5,
    "list_takeable": 3,
    "history": 4,
    "me": 3,
    "mappings": 1,
    "templates": 0.2,
}
MOVES = {"TODO": ("IN_PROGRESS",), "IN_PROGRESS": ("DONE", "DONE", "DONE", "BLOCKED"), "BLOCKED": ("IN_PROGRESS",)}
STATES = ("BLOCKED", "TODO", "IN_PROGRESS", "DONE")
READY_MIN = 4  # an event of which fewer tasks are known that can go on gets a new instance
KNOWN_MAX = 200  # tasks of one event that a client remembers
PAUSE = 0.1  # seconds before the next request after one that failed on their side
HANG_UP = 0.5  # how likely, while clients do
RUSH = 0.2  # how likely others pick the same task at the same moment
KEYED = 0.4  # how likely a write has an Idempotency-Key
REPEATED = 0.15  # how likely one that was answered with 200 is sent again nevertheless
REPEATS_MAX = 8
SENSIBLE = 0.9  # how likely somebody does what they may, to a task that it can be done to


class Seen:
    """A task as a client has seen it last."""

    __slots__ = ("id", "state", "holder", "type", "is_waiting", "children")

    def __init__(self, task):
        self.children = frozenset(task["child_ids"])
        self.id, self.state, self.holder = task["id"], task["state"], task["assignee_id"]
        self.type, self.is_waiting = task["task_type_id"], task["open_parents"] > 0

    def is_ready(self):
        return self.state != "DONE" and not self.is_waiting


class Client:
    """One who does one thing after the other, as any user.

    rush: what the next clients of this process are to do at once, so that they meet; functions of the client.
    """

    def __init__(self, number, cast, tokens, seed, shared, rush):
        self.number, self.cast, self.tokens, self.shared, self.rush = number, cast, tokens, shared, rush
        self.random = random.Random(f"client {seed} {number}")
        self.known = {event: {} for event in (*cast.events, None)}  # task: Seen
        self.instances = {event: [] for event in cast.events}
        self.users = {
            name: [user for user, user_type in cast.users.items() if user_type == name] for name in cast.types
        }
        self.count = 0
        self.seed = seed

    # What is asked next.

    def next(self):
        """(operation, what it is about, user, method, path, body)"""
        if self.rush:
            return self.rush.pop()(self)
        event = self._event()
        operation = self.random.choices(tuple(WEIGHTS), tuple(WEIGHTS.values()))[0]
        ready = sum(task.is_ready() for task in self.known[event].values())
        if ready < READY_MIN and operation in ("pick", "move", "assign", "unassign"):
            operation = self.random.choice(("instantiate", "list_state", "list_state"))
        return getattr(self, f"_{operation}")(event, self._user(event))

    def _event(self):
        """Everybody is interested in the same few events for a while, or there would be no contention."""
        if self.random.random() < 0.6:
            return self.cast.events[(int(time.monotonic() / 2) + self.random.randrange(2)) % len(self.cast.events)]
        return self.random.choice(self.cast.events)

    def _is_sensible(self):
        return self.random.random() < SENSIBLE

    def _user(self, event, weights=(1, 3, 3, 3, 1), task_type=None):
        """Mostly a member of the event, of a type that is eligible for the task type."""
        name = self.random.choices(tuple(self.cast.types), weights)[0]
        if task_type and name != "admin" and self._is_sensible():
            eligible = [other for other in self.cast.types if (other, task_type) in self.cast.eligible]
            name = self.random.choice(eligible) if eligible and name not in eligible else name
        users = self.users[name]
        members = [user for user in users if (event, user) in self.cast.members]
        return self.random.choice(members if members and self._is_sensible() else users)

    def _task(self, event, fits=Seen.is_ready):
        """A known task, mostly one that fits; None when none is known."""
        tasks = list(self.known[event].values())
        wanted = [task for task in tasks if fits(task)]
        tasks = wanted if wanted and self._is_sensible() else tasks
        return self.random.choice(tasks) if tasks else None

    def _pick(self, event, user):
        task = self._task(event, lambda task: task.state == "TODO" and not task.holder)
        if self.random.random() < RUSH:
            self.rush += [lambda other: other._pick_task(event, task)] * 2
        return self._pick_task(event, task)

    def _pick_task(self, event, task):
        return self._post("pick", event, self._user(event, task_type=task.type), task, "pick", {})

    def _move(self, event, user):
        task = self._task(event)
        usual = MOVES.get(task.state)
        state = self.random.choice(usual) if usual and self.random.random() < 0.95 else self.random.choice(STATES)
        if state == "DONE" and task.children:
            siblings = [other for other in self.known[event].values() if other.children & task.children]
            siblings = [other for other in siblings if other is not task and other.state == "IN_PROGRESS"]
            self.rush += [lambda client, other=other: client._move_task(event, other, "DONE") for other in siblings[:2]]
        return self._move_task(event, task, state)

    def _move_task(self, event, task, state):
        user = task.holder if task.holder and self.random.random() < 0.6 else self._user(event, task_type=task.type)
        body = {"next_state": state, "reason": "It is time."}
        return self._post("move", event, user, task, "transition", body, to=state)

    def _assign(self, event, user):
        task = self._task(event)
        return self._assign_to(event, task, self._user(event, (0.3, 3, 3, 3, 0.2), task.type))

    def _unassign(self, event, user):
        return self._assign_to(event, self._task(event, lambda task: task.holder and task.state != "DONE"), None)

    def _assign_to(self, event, task, target):
        """By one of those who usually may."""
        user = self._user(event, (1, 3, 0.1, 3, 0.1), task.type)
        return self._post("assign", event, user, task, "assign", {"user_id": target}, to=target)

    def _instantiate(self, event, user):
        user = self._user(event, (1, 3, 0.1, 3, 0.1))
        workflow = self.random.choice(tuple(self.cast.templates))
        body = {"workflow_id": workflow, "event_id": event}
        return "instantiate", {"event": event, "workflow": workflow}, user, "POST", "/api/workflows/instantiate", body

    def _save(self, event, user):
        """The same graph again, as the next version."""
        workflow = self.random.choice(tuple(self.cast.templates))
        nodes = self.cast.templates[workflow]
        body = {
            "id": workflow,
            "name": "A workflow",
            "nodes": [{"node_id": n["node_id"], "task_type_id": n["task_type_id"], "label": "Do it"} for n in nodes],
            "edges": [
                {"from_node_id": nodes[parent]["node_id"], "to_node_id": n["node_id"]}
                for n in nodes
                for parent in n["parents"]
            ],
        }
        user = self.random.choice(self.users["admin"])
        return "save", {"workflow": workflow}, user, "POST", "/api/workflow-templates", body

    def _get(self, event, user):
        task = self._task(event)
        if not task:
            return self._list_state(event, user)
        return self._read("get", event, user, f"/api/tasks/{task.id}", task=task.id)

    def _history(self, event, user):
        task = self._task(event)
        if not task:
            return self._list_state(event, user)
        return self._read("history", event, user, f"/api/tasks/{task.id}/transitions", task=task.id)

    def _list_instance(self, event, user):
        if not self.instances[event]:
            return self._list_state(event, user)
        instance = self.random.choice(self.instances[event][-20:])
        path = f"/api/tasks?event_id={event}&workflow_instance_id={instance}"
        return self._read("list", event, user, path, instance=instance)

    def _list_state(self, event, user):
        state = self.random.choice(STATES[:3])
        return self._read("list", event, user, f"/api/tasks?event_id={event}&state={state}&limit=50", state=state)

    def _list_takeable(self, event, user):
        return self._read("list", event, user, f"/api/tasks?event_id={event}&takeable=true&limit=50", takeable=True)

    def _me(self, event, user):
        return self._read("me", event, user, "/api/auth/me")

    def _mappings(self, event, user):
        return self._read("mappings", event, user, "/api/eligibility-mappings?limit=1000")

    def _templates(self, event, user):
        return self._read("templates", event, user, "/api/workflow-templates")

    @staticmethod
    def _post(operation, event, user, task, action, body, **about):
        return (
            operation,
            {"event": event, "task": task.id, **about},
            user,
            "POST",
            f"/api/tasks/{task.id}/{action}",
            body,
        )

    @staticmethod
    def _read(operation, event, user, path, **about):
        return operation, {"event": event, **about}, user, "GET", path, None

    # What came of it.

    def learn(self, operation, about, answer):
        """Remembers what an answer of 200 says, and returns what is recorded of it."""
        return getattr(self, f"_learn_{operation}")(about, answer.json["data"], answer)

    def forget(self, about):
        """What has been refused is not what it was thought to be."""
        self.known[about.get("event")].pop(about.get("task"), None)

    def _see(self, event, task):
        """Remembers a task; what is recorded of it."""
        tasks = self.known[event]
        if len(tasks) > KNOWN_MAX:
            tasks.pop(next(iter(tasks)))
        tasks[task["id"]] = Seen(task)
        return [task["id"], task["state"], task["assignee_id"], task["open_parents"]]

    def _see_instance(self, event, instance):
        if instance not in self.instances[event]:
            self.instances[event].append(instance)

    def _learn_pick(self, about, data, _):
        return self._see(about["event"], data)

    _learn_assign = _learn_get = _learn_pick

    def _learn_move(self, about, data, _):
        return [*self._see(about["event"], data["task"]), data["unlocked"]]

    def _learn_instantiate(self, about, data, _):
        self._see_instance(about["event"], data["instance"]["id"])
        rows = [self._see(about["event"], task) for task in data["tasks"]]
        return [data["instance"]["id"], data["instance"]["workflow_version"], [row[:2] for row in rows]]

    def _learn_save(self, _, data, __):
        return data["version"]

    def _learn_list(self, about, data, answer):
        for task in data:
            self._see_instance(about["event"], task["workflow_instance_id"])
        return [answer.version, [self._see(about["event"], task) for task in data], bool(answer.json["next_cursor"])]

    def _learn_history(self, _, data, __):
        return [[row["number"], row["to_state"], row["to_assignee_id"], row["request_id"]] for row in data]

    def _learn_me(self, _, data, __):
        permissions = sorted(name for name, holds in data["permissions"].items() if holds)
        return [permissions, sorted(membership["event_id"] for membership in data["memberships"])]

    def _learn_mappings(self, _, data, __):
        return [[row["user_type_id"], row["task_type_id"]] for row in data]

    def _learn_templates(self, _, data, __):
        return [[template["id"], template["version"]] for template in data]


class Errand:
    """What a driver does now: a request of its client, or the same once more, with its key."""

    def __init__(self, client):
        self.operation, self.about, self.user, self.method, self.path, self.body = client.next()
        has_key = self.method == "POST" and client.random.random() < KEYED
        self.key = f"{client.seed}-{client.number}-{client.count}" if has_key else None
        self.times = 0

    def wants_repeat(self, answer, client):
        """As one who wants to know what came of it, or has forgotten that they know."""
        if not self.key or self.times > REPEATS_MAX:
            return False
        if answer.status == 200:
            return client.random.random() < REPEATED
        return answer.status == 0 or answer.status >= 500 or answer.code == IN_FLIGHT


class Driver:
    """Keeps one client busy over one connection."""

    def __init__(self, client, address, selector, record):
        self.client, self.selector, self.record = client, selector, record
        self.connection = wire.Connection(address, self.on_answer)
        self.errand, self.again = None, None  # what is done now, and next, before anything else
        self.entry, self.began, self.not_before = None, 0, 0

    def is_idle(self):
        return self.errand is None

    def begin(self):
        client = self.client
        client.count += 1
        errand = self.errand = self.again or Errand(client)
        self.again = None
        errand.times += 1
        request_id = f"{client.seed}-{client.number}-{client.count}"
        self.entry = {"c": client.number, "u": errand.user, "o": errand.operation, "a": errand.about, "r": request_id}
        hangs_up_after = None
        if client.shared.hang_up and client.random.random() < HANG_UP:
            hangs_up_after = client.random.random() * 0.01
        self.began = time.monotonic_ns()
        token = client.tokens[errand.user]
        data = wire.request(errand.method, errand.path, token, request_id, errand.body, errand.key)
        self.connection.send(self.selector, data, hangs_up_after)

    def on_answer(self, answer):
        ended = time.monotonic_ns()
        entry, errand = self.entry, self.errand
        kind = "ok" if answer.status == 200 else "fail" if 400 <= answer.status < 500 else "info"
        entry.update(s=self.began, e=ended, t=kind, st=answer.status)
        if errand.key:
            entry.update(k=errand.key, h=answer.checksum)
        if kind == "ok":
            entry["d"] = self.client.learn(entry["o"], entry["a"], answer)
        else:
            entry["code"] = answer.code
            self.client.forget(entry["a"])
        if errand.wants_repeat(answer, self.client):
            self.again = errand
        if kind == "info" or answer.code == IN_FLIGHT:
            self.not_before = time.monotonic() + PAUSE
        self.errand = None
        self.record(entry)


def run_process(clients, address, path, shared, counters):
    """Keeps the clients busy until the run is told to end. counters: numbers of ok, fail and info, shared."""
    selector = selectors.DefaultSelector()
    with open(path, "w", buffering=1 << 20) as history:

        def record(entry):
            history.write(json.dumps(entry, separators=(",", ":")) + "\n")
            counters[entry["t"]] += 1

        drivers = [Driver(client, address, selector, record) for client in clients]
        while not all(driver.is_idle() for driver in drivers) or not shared.stop:
            now = time.monotonic()
            for driver in drivers:
                if driver.is_idle() and not shared.stop and now >= driver.not_before:
                    driver.begin()
                else:
                    driver.connection.tick(now)
            for key, _ in selector.select(0.02):
                key.data.receive()
