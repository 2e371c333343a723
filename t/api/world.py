"""The people, events and tasks of the tests, made in SQL as the owner: no test depends on the sample data."""

import hashlib
import json
import secrets
import uuid

import psycopg2
import psycopg2.extras

import tokens
from client import Caller

STATES = ("BLOCKED", "TODO", "IN_PROGRESS", "DONE")
EVERYTHING = {"can_view": True, "can_take": True, "can_move_state": True, "can_assign": True}
WORKER = {"can_view": True, "can_take": True, "can_move_state": True}
KINDS = {
    "admin": {"access_level": "admin"},
    "manager": EVERYTHING,
    "vendor": WORKER,
    "coordinator": WORKER,
    "customer": {"is_customer": True, "can_view": True},
}
ELIGIBLE = ("manager", "vendor", "customer")  # for the world's own task type; the coordinator is not
PASSWORD = "correct horse battery staple"
PASSWORD_HASH = "$2b$10$wxroO4uLUSzfkPpIAOFnIuT3464L4wKbHODuvW0oHBEfRuZkyPHV2"
MOVES = {
    "TODO": [],
    "IN_PROGRESS": ["IN_PROGRESS"],
    "DONE": ["IN_PROGRESS", "DONE"],
    "BLOCKED": ["IN_PROGRESS", "BLOCKED"],
}


def new_id():
    return str(uuid.uuid4())


class User(Caller):
    """A user of the database who can call, too."""

    def __init__(self, world, user_id, kind, email):
        super().__init__(world.nobody.wire, world.nobody.judge, tokens.mint(world.stack, user_id))
        self.id, self.kind, self.email = user_id, kind, email


def history_of(state, has_parents, is_waiting, assignee, actor):
    """The audit rows that lead to a state: (kind, from_state, to_state, to_assignee, actor, reason)."""
    rows = [("created", None, "BLOCKED" if has_parents else "TODO", None, actor, None)]
    if has_parents and not is_waiting:
        rows.append(("state", "BLOCKED", "TODO", None, None, None))
    if assignee:
        rows.append(("assignee", rows[-1][2], rows[-1][2], assignee, actor, None))
    for move in [] if is_waiting else MOVES[state]:
        rows.append(("state", rows[-1][2], move, None, actor, "For the test."))
    return rows


class World:
    def __init__(self, stack, nobody):
        self.stack, self.nobody = stack, nobody
        self.connection = psycopg2.connect(stack.owner_url)
        self.types = {kind: self.user_type(**flags) for kind, flags in KINDS.items()}
        self.task_type = self.new_task_type()
        self.other_task_type = self.new_task_type()  # mapped to nobody
        for kind in ELIGIBLE:
            self.map(self.types[kind], self.task_type)
        self.admin = self.user("admin")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def sql(self, statement, *parameters):
        """Runs and commits; the rows, if there are any."""
        with self.connection, self.connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    def value(self, statement, *parameters):
        return self.sql(statement, *parameters)[0][0]

    def insert(self, cursor, table, columns, rows):
        psycopg2.extras.execute_values(
            cursor, f"INSERT INTO eventflow.{table} ({columns}) VALUES %s", rows, page_size=2000
        )

    def user_type(self, **flags):
        row = {"id": new_id(), "name": f"Type {new_id()}", **flags}
        self.sql(f"INSERT INTO eventflow.user_types ({', '.join(row)}) VALUES %s", tuple(row.values()))
        return row["id"]

    def new_task_type(self):
        task_type = new_id()
        self.sql(
            "INSERT INTO eventflow.task_types (id, slug, name) VALUES (%s, %s, %s)", task_type, task_type, "Test work"
        )
        return task_type

    def map(self, user_type, task_type):
        self.sql(
            "INSERT INTO eventflow.eligibility_mappings (user_type_id, task_type_id) VALUES (%s, %s)",
            user_type,
            task_type,
        )

    def user(self, kind, *events, type_id=None, is_active=True, with_password=False):
        """A new user of a kind (or of a user type of the test's own) who is a member of the events."""
        user_id = new_id()
        email = f"{user_id}@example.com"
        self.sql(
            "INSERT INTO eventflow.users (id, name, email, user_type_id, is_active) VALUES (%s, %s, %s, %s, %s)",
            user_id,
            f"A {kind}",
            email,
            type_id or self.types[kind],
            is_active,
        )
        if with_password:
            self.sql(
                "INSERT INTO eventflow.user_passwords (user_id, password_hash) VALUES (%s, %s)", user_id, PASSWORD_HASH
            )
        user = User(self, user_id, kind, email)
        for event in events:
            self.join(event, user)
        return user

    def refresh_token(self, user, lifetime="30 days"):
        """The refresh token of a new session, as a login makes it."""
        session, token = new_id(), secrets.token_urlsafe(32)
        self.sql(
            "INSERT INTO eventflow.sessions (id, user_id, expires_at) VALUES (%s, %s, now() + %s::interval)",
            session,
            user.id,
            lifetime,
        )
        self.sql(
            "INSERT INTO eventflow.refresh_tokens (token_hash, session_id, expires_at)"
            " VALUES (%s, %s, now() + %s::interval)",
            hashlib.sha256(token.encode()).digest(),
            session,
            lifetime,
        )
        return token

    def stranger(self):
        """One with a good token and no profile."""
        return User(self, new_id(), "no profile", "")

    def event(self):
        return self.value("INSERT INTO eventflow.events (name) VALUES ('An event') RETURNING id")

    def join(self, event, *users):
        with self.connection, self.connection.cursor() as cursor:
            self.insert(cursor, "event_members", "event_id, user_id", [(event, user.id) for user in users])

    def leave(self, event, user):
        self.sql("DELETE FROM eventflow.event_members WHERE event_id = %s AND user_id = %s", event, user.id)

    def version(self, event):
        return self.value("SELECT version FROM eventflow.events WHERE id = %s", event)

    def task(self, event, state="TODO", **options):
        return self.tasks(event, 1, state, **options)[0]

    def tasks(self, event, count, state="TODO", parents=(), assignee=None, task_type=None, description="", rank=0):
        """New tasks alike, in any state, with the audit trail that led there. A task with open parents is BLOCKED."""
        ids = [new_id() for _ in range(count)]
        found = self.sql("SELECT state, rank FROM eventflow.tasks WHERE id = ANY (%s::uuid[])", list(parents))
        open_parents = sum(parent_state != "DONE" for parent_state, _ in found)
        rank = max([rank] + [parent_rank + 1 for _, parent_rank in found])
        state = "BLOCKED" if open_parents else state
        assignee_id = assignee.id if assignee else None
        history = history_of(state, bool(parents), open_parents > 0, assignee_id, self.admin.id)
        with self.connection, self.connection.cursor() as cursor:
            self.insert(
                cursor,
                "tasks",
                "event_id, id, task_type_id, label, description, state, open_parents, assignee_id, rank,"
                " transition_count",
                [
                    (
                        event,
                        task,
                        task_type or self.task_type,
                        "A task",
                        description,
                        state,
                        open_parents,
                        assignee_id,
                        rank,
                        len(history),
                    )
                    for task in ids
                ],
            )
            if parents:
                self.insert(
                    cursor,
                    "task_dependencies",
                    "event_id, parent_id, child_id",
                    [(event, parent, task) for task in ids for parent in parents],
                )
            self.record(cursor, event, ids, history)
        return ids

    def record(self, cursor, event, ids, history):
        cursor.execute("UPDATE eventflow.events SET version = version + 1 WHERE id = %s RETURNING version", (event,))
        version = cursor.fetchone()[0]
        self.insert(
            cursor,
            "task_transitions",
            "event_id, task_id, number, kind, from_state, to_state, to_assignee_id, actor_id, reason, event_version",
            [(event, task, number, *row, version) for task in ids for number, row in enumerate(history, 1)],
        )

    def state(self, task):
        return self.value("SELECT state FROM eventflow.tasks WHERE id = %s", task)

    def audit(self, task):
        """The audit rows of a task as dictionaries, oldest first."""
        with self.connection, self.connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
            cursor.execute("SELECT * FROM eventflow.task_transitions WHERE task_id = %s ORDER BY number", (task,))
            return [dict(row) for row in cursor.fetchall()]

    def template(self, nodes=("only",), edges=(), name="A workflow"):
        """A new template in its first version; nodes are names, edges pairs of names."""
        template = new_id()
        with self.connection, self.connection.cursor() as cursor:
            self.insert(cursor, "workflow_templates", "id, version", [(template, 1)])
            self.insert(cursor, "workflow_template_versions", "workflow_id, version, name", [(template, 1, name)])
            self.insert(
                cursor,
                "workflow_template_nodes",
                "workflow_id, version, position, node_id, task_type_id, label, metadata",
                [
                    (
                        template,
                        1,
                        position,
                        node,
                        self.task_type,
                        f"Do {node}",
                        json.dumps({"description": f"About {node}"}),
                    )
                    for position, node in enumerate(nodes)
                ],
            )
            if edges:
                self.insert(
                    cursor,
                    "workflow_template_edges",
                    "workflow_id, version, position, from_node_id, to_node_id",
                    [(template, 1, position, *edge) for position, edge in enumerate(edges)],
                )
        return template

    def instances(self, event, template, count):
        """Instances without tasks."""
        with self.connection, self.connection.cursor() as cursor:
            ids = [new_id() for _ in range(count)]
            self.insert(
                cursor,
                "workflow_instances",
                "event_id, id, workflow_id, workflow_version, created_by",
                [(event, instance, template, 1, self.admin.id) for instance in ids],
            )
        return ids
