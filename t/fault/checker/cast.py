"""Who and what a run is about: five user types of four users each, twenty events, and workflows of 1 to 30 nodes."""

import json
import random
import uuid

import psycopg2.extras

USER_TYPES = {
    "admin": {"access_level": "admin", "can_view": True, "can_take": True, "can_move_state": True, "can_assign": True},
    "manager": {"can_view": True, "can_take": True, "can_move_state": True, "can_assign": True},
    "vendor": {"can_view": True, "can_take": True, "can_move_state": True},
    "coordinator": {"can_view": True, "can_take": True, "can_move_state": True, "can_assign": True},
    "customer": {"is_customer": True, "can_view": True},
}
USERS_OF_A_TYPE, EVENTS, TASK_TYPES, TEMPLATES = 4, 20, 4, 12
NODES_MAX = 30
MEMBERSHIP, ELIGIBILITY = 0.7, 0.75  # how likely one is a member, or eligible


class Cast:
    """Everything by its id, as plain data that other processes can be given.

    users: {id: type name}; types: {name: id}; permissions: {type name: set of names}; members: set of (event, user);
    eligible: set of (type name, task type); templates: {id: [node, ...]}.
    """

    def __init__(self, seed, events=EVENTS):
        self.random = random.Random(f"cast {seed}")
        self.types = {name: self._id() for name in USER_TYPES}
        self.users = {self._id(): name for name in USER_TYPES for _ in range(USERS_OF_A_TYPE)}
        self.events = [self._id() for _ in range(events)]
        self.task_types = [self._id() for _ in range(TASK_TYPES)]
        self.permissions = {
            name: {flag.removeprefix("can_") for flag, value in flags.items() if value and flag.startswith("can_")}
            for name, flags in USER_TYPES.items()
        }
        regular = [user for user, name in self.users.items() if name != "admin"]
        self.members = {(e, u) for e in self.events for u in regular if self.random.random() < MEMBERSHIP}
        takers = [name for name in USER_TYPES if name not in ("admin", "customer")]
        self.eligible = {(n, t) for n in takers for t in self.task_types if self.random.random() < ELIGIBILITY}
        self.templates = {self._id(): self._graph() for _ in range(TEMPLATES)}

    def _id(self):
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def _graph(self):
        """Nodes of a random graph: [{node_id, task_type_id, parents}], each parent before its children."""
        count = self.random.choice((1, 2, 3, 4, 5, 6, 8, 12, NODES_MAX))
        return [
            {
                "node_id": f"n{number}",
                "task_type_id": self.random.choice(self.task_types),
                "parents": sorted(self.random.sample(range(number), min(number, self.random.choice((0, 1, 1, 2, 3))))),
            }
            for number in range(count)
        ]

    def write(self, connection):
        """Puts it into the database, in one transaction."""
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            for name, flags in USER_TYPES.items():
                row = {"id": self.types[name], "name": f"{name} {self.types[name]}", **flags}
                columns = ", ".join(row)
                cursor.execute(f"INSERT INTO eventflow.user_types ({columns}) VALUES %s", (tuple(row.values()),))
            self._insert(cursor, "task_types (id, slug, name)", [(t, t, "Work") for t in self.task_types])
            users = [(u, f"A {name}", f"{u}@example.com", self.types[name]) for u, name in self.users.items()]
            self._insert(cursor, "users (id, name, email, user_type_id)", users)
            self._insert(cursor, "events (id, name)", [(event, "An event") for event in self.events])
            self._insert(cursor, "event_members (event_id, user_id)", sorted(self.members))
            pairs = [(self.types[name], task_type) for name, task_type in sorted(self.eligible)]
            self._insert(cursor, "eligibility_mappings (user_type_id, task_type_id)", pairs)
            for template, nodes in self.templates.items():
                self._write_template(cursor, template, nodes)
            cursor.execute("COMMIT")

    def _write_template(self, cursor, template, nodes):
        self._insert(cursor, "workflow_templates (id, version)", [(template, 1)])
        self._insert(cursor, "workflow_template_versions (workflow_id, version, name)", [(template, 1, "A workflow")])
        rows = [
            (template, 1, position, node["node_id"], node["task_type_id"], "Do it", json.dumps({"description": "All"}))
            for position, node in enumerate(nodes)
        ]
        columns = "workflow_id, version, position, node_id, task_type_id, label, metadata"
        self._insert(cursor, f"workflow_template_nodes ({columns})", rows)
        edges = [(nodes[parent]["node_id"], node["node_id"]) for node in nodes for parent in node["parents"]]
        rows = [(template, 1, position, *edge) for position, edge in enumerate(edges)]
        columns = "workflow_id, version, position, from_node_id, to_node_id"
        self._insert(cursor, f"workflow_template_edges ({columns})", rows)

    @staticmethod
    def _insert(cursor, target, rows):
        if rows:
            psycopg2.extras.execute_values(cursor, f"INSERT INTO eventflow.{target} VALUES %s", rows, page_size=1000)
