"""Two sessions in one event, and what is left when both are through."""

import json
import uuid

import fastcgi
from schedule import Operator, Request

COLUMNS = "kind, from_state, to_state, to_assignee_id::text, actor_id::text, number"


class Scene:
    """One event, made anew for each order of the steps, and what two sessions do in it."""

    def __init__(self, world, team, hosts):
        self.world, self.hosts = world, hosts
        self.team, self.volatile_type = team
        self.event = world.event()
        world.join(self.event, *self.team.values())
        self.tasks = {}
        self.names = {user.id: name for name, user in self.team.items()}
        self.names[world.admin.id] = "admin"

    def task(self, name, state="TODO", parents=(), **options):
        parents = [self.tasks[parent] for parent in parents]
        self.tasks[name] = self.world.task(self.event, state, parents=parents, **options)
        return self.tasks[name]

    def request(self, host, user, path, body):
        content = json.dumps(body).encode()
        data = fastcgi.request(
            "POST",
            path,
            content,
            CONTENT_TYPE="application/json",
            HTTP_AUTHORIZATION=f"Bearer {self.team[user].token}",
            HTTP_X_REQUEST_ID=uuid.uuid4().hex,
        )
        return Request(user, self.hosts[host], data)

    def pick(self, host, user, task):
        return self.request(host, user, f"/api/tasks/{self.tasks[task]}/pick", {})

    def assign(self, host, user, task, to):
        return self.request(host, user, f"/api/tasks/{self.tasks[task]}/assign", {"user_id": self.team[to].id})

    def move(self, host, user, task, state):
        body = {"next_state": state, "reason": "It is time."}
        return self.request(host, user, f"/api/tasks/{self.tasks[task]}/transition", body)

    def outcome(self, sessions):
        """What each was told and what is left, by names that are the same in every order."""
        names = {**self.names, **{task: name for name, task in self.tasks.items()}}
        rows = self.world.sql(
            "SELECT id::text, state, open_parents, assignee_id::text, deleted_at IS NOT NULL, transition_count"
            " FROM eventflow.tasks WHERE event_id = %s ORDER BY rank, node_id, id",
            self.event,
        )
        left = [(names.get(task, "made"), *rest[:2], names.get(rest[2]), *rest[3:]) for task, *rest in rows]
        audit = self.world.sql(
            f"SELECT task_id::text, {COLUMNS} FROM eventflow.task_transitions WHERE event_id = %s", self.event
        )
        told = [
            (names.get(task, "made"), *moved, names.get(assignee), names.get(actor), number)
            for task, *moved, assignee, actor, number in audit
        ]
        return (
            tuple(self.answer_of(session, names) for session in sessions),
            tuple(sorted(left, key=str)),
            tuple(sorted(told, key=str)),
            self.world.version(self.event),
        )

    @staticmethod
    def answer_of(session, names):
        if isinstance(session, Operator):
            return session.answer
        status = int(session.answer.split(b" ")[1])
        body = json.loads(session.answer.split(b"\r\n\r\n", 1)[1])
        unlocked = sorted(names[task] for task in body.get("data", {}).get("unlocked", []))
        return status, body.get("code"), tuple(unlocked)
