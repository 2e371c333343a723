"""The operations that are measured: their requests, and what their answers must say."""

import argparse
import base64
import hashlib
import hmac
import http.client
import json
import random
import time

from stack import DATA

RECORDED = 2000  # requests whose statements are recorded
RECORDED_WRITES = 12000
UNCHANGED_EVENTS = 40  # whose lists are asked for over and over
REASON = "The caterer has called back."


def identifier(kind, number):
    return f"7000000{kind}-0000-4000-8000-{number:012d}"


def user_of(event, member):
    """A member of the event, as data.sql has it."""
    return identifier(1, (event * DATA["members"] + member) % DATA["users"] + 1)


def task_of(event, instance, position):
    return identifier(6, event * 1000 + instance * 25 + position)


class Tokens:
    """Access tokens as the issuer makes them."""

    def __init__(self, secret, issuer):
        self.secret, self.issuer, self.made = secret.encode(), issuer, {}

    def of(self, user):
        if user not in self.made:
            now = int(time.time())
            claims = {"sub": user, "aud": "authenticated", "role": "authenticated", "iss": self.issuer}
            parts = [{"alg": "HS256", "typ": "JWT"}, {**claims, "iat": now, "exp": now + 7200}]
            text = ".".join(self._encode(json.dumps(part).encode()) for part in parts)
            signature = hmac.new(self.secret, text.encode(), hashlib.sha256).digest()
            self.made[user] = f"{text}.{self._encode(signature)}"
        return self.made[user]

    @staticmethod
    def _encode(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Client:
    def __init__(self, stack, tokens):
        self.connection = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=30)
        self.tokens = tokens

    def send(self, request):
        method, path, user, etag, *bodies = request
        headers = {"Authorization": f"Bearer {self.tokens.of(user)}"}
        if etag:
            headers["If-None-Match"] = etag
        if bodies:
            headers["Content-Type"] = "application/json"
        self.connection.request(method, path, bodies[0] if bodies else None, headers)
        answer = self.connection.getresponse()
        return answer.status, answer.headers, answer.read()


def move_to(state):
    return json.dumps({"next_state": state, "reason": REASON})


class Operation:
    """One kind of request. A request is (method, path, user, etag, bodies…)."""

    writes = False
    status = 200

    def __init__(self, stack):
        self.stack = stack
        self.random = random.Random(7)

    def event(self):
        return self.random.randint(1, DATA["events"])

    def requests(self, count):
        return [self.request() for _ in range(count)]

    def check(self, request, body):
        """Raises if the answer is not what the tables say."""

    def need(self, holds, what):
        if not holds:
            raise RuntimeError(f"{self.name}: the answer is wrong: {what}")


class TaskTypes(Operation):
    name, title = "task_types", "Reference list (task types)"

    def request(self):
        return "GET", "/api/task-types", identifier(1, self.random.randint(1, DATA["users"])), ""

    def check(self, request, body):
        count = int(self.stack.owner_psql("--command", "SELECT count(*) FROM eventflow.task_types"))
        self.need(len(body["data"]) == count, f"{len(body['data'])} of {count} task types")


class TaskGet(Operation):
    name, title = "task_get", "Get one task"

    def request(self):
        event = self.event()
        task = task_of(event, self.random.randrange(4), self.random.randrange(25))
        return "GET", f"/api/tasks/{task}", user_of(event, self.random.randint(1, 20)), ""

    def check(self, request, body):
        task = body["data"]
        self.need(request[1].endswith(task["id"]), "another task")
        query = f"SELECT count(*) FROM eventflow.task_dependencies WHERE '{task['id']}' IN (parent_id, child_id)"
        count = int(self.stack.owner_psql("--command", query))
        self.need(len(task["parent_ids"]) + len(task["child_ids"]) == count, "not all parents and children")


class EventList(Operation):
    name, title = "event_list", "Events of a user"

    def request(self):
        return "GET", "/api/events", identifier(1, self.random.randint(1, DATA["users"])), ""

    def check(self, request, body):
        query = f"SELECT count(*) FROM eventflow.event_members WHERE user_id = '{request[2]}'"
        count = int(self.stack.owner_psql("--command", query))
        self.need(count > 0 and len(body["data"]) == count, f"{len(body['data'])} of {count} events")


class TaskList(Operation):
    """Each request asks for another event's list: so many of them that each is forgotten before it is asked for again."""

    name, title = "task_list", "List of 50 tasks, read anew"

    def __init__(self, stack):
        super().__init__(stack)
        self.next = 0

    def request(self):
        event = self.next % DATA["events"] + 1
        self.next += 1
        return self.list_of(event)

    def list_of(self, event):
        return "GET", f"/api/tasks?event_id={identifier(2, event)}&limit=50", user_of(event, 1), ""

    def check(self, request, body):
        event = request[1].split("event_id=")[1].split("&")[0]
        query = f"SELECT id FROM eventflow.tasks WHERE event_id = '{event}' ORDER BY created_at, rank, id LIMIT 50"
        rows = self.stack.owner_psql("--command", query).splitlines()
        self.need([task["id"] for task in body["data"]] == rows and len(rows) == 50, "other tasks")
        self.need(any(task["child_ids"] for task in body["data"]), "no dependencies")


class TaskListUnchanged(TaskList):
    name, title = "task_list_unchanged", "List of 50 tasks, unchanged"

    def list_of(self, event):
        event = event % UNCHANGED_EVENTS + 1
        return "GET", f"/api/tasks?event_id={identifier(2, event)}&limit=50", user_of(event, 1), ""


class TaskListKnown(TaskListUnchanged):
    """The client has the list already, and says so."""

    name, title, status = "task_list_known", "List of 50 tasks, known to the client (304)", 304

    def requests(self, count):
        client, tags, found = Client(self.stack, self.tokens), {}, []
        for _ in range(count):
            method, path, user, _ = self.request()
            if path not in tags:
                tags[path] = client.send((method, path, user, ""))[1]["ETag"]
            found.append((method, path, user, tags[path]))
        return found

    def check(self, request, body):
        self.need(body is None, "a body with 304")


class Transition(Operation):
    """Tasks that wait for nobody go to IN_PROGRESS, to BLOCKED, and back."""

    name, title, writes = "transition", "Transition of a task", True

    def requests(self, count):
        query = (
            "SELECT state, event_id, id FROM eventflow.tasks"
            " WHERE open_parents = 0 AND state <> 'DONE' AND event_id::text LIKE '70000002-%' ORDER BY md5(id::text)"
        )
        found = []
        for line in self.stack.owner_psql("--command", f"{query} LIMIT {count}").splitlines():
            state, event, task = line.split("|")
            bodies = [move_to("IN_PROGRESS"), move_to("BLOCKED")]
            if state == "IN_PROGRESS":
                bodies.reverse()
            user = user_of(int(event[-12:]), self.random.randint(1, 20))
            found.append(("POST", f"/api/tasks/{task}/transition", user, "", *bodies))
        return found

    def check(self, request, body):
        task = body["data"]["task"]
        query = (
            "SELECT t.state, (SELECT string_agg(to_state, ',' ORDER BY number DESC) FROM eventflow.task_transitions r"
            f" WHERE r.task_id = t.id) FROM eventflow.tasks t WHERE id = '{task['id']}'"
        )
        state, trail = self.stack.owner_psql("--command", query).split("|")
        self.need(state == task["state"] and trail.startswith(state), "not what the tables hold")


OPERATIONS = (TaskTypes, TaskGet, EventList, TaskListKnown, TaskListUnchanged, TaskList, Transition)
NAMES = ",".join(operation.name for operation in OPERATIONS)


def operations_named(names):
    """Those of a list with commas, as an argument's type."""
    chosen = names.split(",")
    found = [operation for operation in OPERATIONS if operation.name in chosen]
    if len(found) != len(chosen):
        raise argparse.ArgumentTypeError(f"it takes some of: {NAMES}")
    return found
