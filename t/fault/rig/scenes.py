"""An event with its people and tasks, what is done in it, and what is left, by names that are the same each time."""

import json
import uuid

import fastcgi
import tokens

TASKS = """
    SELECT id::text, state, open_parents, assignee_id::text, deleted_at IS NOT NULL, transition_count
    FROM eventflow.tasks WHERE event_id = %s"""
AUDIT = """
    SELECT task_id::text, kind, from_state, to_state, to_assignee_id::text, actor_id::text, number
    FROM eventflow.task_transitions WHERE event_id = %s"""
INSTANCES = "SELECT count(*) FROM eventflow.workflow_instances WHERE event_id = %s"
TEMPLATES = """
    SELECT v.version, count(DISTINCT n.node_id), count(DISTINCT (e.from_node_id, e.to_node_id)), w.version
    FROM eventflow.workflow_template_versions v JOIN eventflow.workflow_templates w ON w.id = v.workflow_id
    LEFT JOIN eventflow.workflow_template_nodes n ON n.workflow_id = v.workflow_id AND n.version = v.version
    LEFT JOIN eventflow.workflow_template_edges e ON e.workflow_id = v.workflow_id AND e.version = v.version
    WHERE v.name = %s GROUP BY v.workflow_id, v.version, w.version ORDER BY v.version"""


class Scene:
    """Made anew for each try. team: users by name, all of whom belong to the event."""

    def __init__(self, world, team):
        self.world, self.team = world, team
        self.event = world.event()
        world.join(self.event, *self.team.values())
        self.tasks = {}
        self.template_name = f"Workflow {uuid.uuid4().hex}"
        self.names = {user.id: name for name, user in self.team.items()}
        self.names[world.admin.id] = "admin"

    def task(self, name, state="TODO", parents=(), **options):
        parents = [self.tasks[parent] for parent in parents]
        self.tasks[name] = self.world.task(self.event, state, parents=parents, **options)
        return self.tasks[name]

    def request(self, method, user, path, body=None):
        """A request as the web server hands it on, with a token that no worker has seen before."""
        content = b"" if body is None else json.dumps(body).encode()
        user_id = self.world.admin.id if user == "admin" else self.team[user].id
        token = tokens.mint(self.world.stack, user_id, jti=uuid.uuid4().hex)
        return fastcgi.request(
            method,
            path,
            content,
            CONTENT_TYPE="application/json" if content else "",
            HTTP_AUTHORIZATION=f"Bearer {token}",
            HTTP_X_REQUEST_ID=uuid.uuid4().hex,
        )

    def post(self, user, path, body):
        return self.request("POST", user, path, body)

    def pick(self, user, task):
        return self.post(user, f"/api/tasks/{self.tasks[task]}/pick", {})

    def assign(self, user, task, to):
        body = {"user_id": self.team[to].id if to else None}
        return self.post(user, f"/api/tasks/{self.tasks[task]}/assign", body)

    def move(self, user, task, state):
        body = {"next_state": state, "reason": "It is time."}
        return self.post(user, f"/api/tasks/{self.tasks[task]}/transition", body)

    def instantiate(self, user, template):
        return self.post(user, "/api/workflows/instantiate", {"workflow_id": template, "event_id": self.event})

    def save(self, template=None):
        """A workflow of two nodes; the next version of a template, or a new one."""
        nodes = [{"node_id": node, "task_type_id": self.world.task_type, "label": node} for node in ("a", "b")]
        edges = [{"from_node_id": "a", "to_node_id": "b"}]
        body = {"name": self.template_name, "nodes": nodes, "edges": edges, **({"id": template} if template else {})}
        return self.post("admin", "/api/workflow-templates", body)

    def task_name(self, task):
        return next((name for name, known in self.tasks.items() if known == task), "made")

    def left(self):
        """What is in the tables."""
        tasks = [
            (self.task_name(task), state, open_parents, self.names.get(assignee), is_deleted, count)
            for task, state, open_parents, assignee, is_deleted, count in self.world.sql(TASKS, self.event)
        ]
        audit = [
            (self.task_name(task), *moved, self.names.get(assignee), self.names.get(actor), number)
            for task, *moved, assignee, actor, number in self.world.sql(AUDIT, self.event)
        ]
        return (
            tuple(sorted(tasks, key=str)),
            tuple(sorted(audit, key=str)),
            self.world.version(self.event),
            self.world.value(INSTANCES, self.event),
            tuple(self.world.sql(TEMPLATES, self.template_name)),
        )

    def told(self, answer):
        """What an answer of the worker says: the status, the code and the unlocked tasks."""
        status, body = parse(answer)
        data = body.get("data")
        unlocked = data.get("unlocked", []) if isinstance(data, dict) else []
        return status, body.get("code"), tuple(sorted(map(self.task_name, unlocked)))


def parse(answer):
    """Status and body of an answer on the FastCGI connection; {} where there is no body."""
    return int(answer.split(b" ")[1]), json.loads(answer.split(b"\r\n\r\n", 1)[1] or b"{}")
