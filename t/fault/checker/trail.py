"""What the tables hold after a run: each task with the states that it went through, and when each can have begun.

A state begins with the commit of its audit row. When that was is known to lie after the beginning of the request that
wrote it, before the end of that request if it was answered, in the order of the numbers, and as every read that saw the
state, or did not see the next one, tells.
"""

from facts import FOREVER

AUDIT = """
    SELECT event_id::text, task_id::text, number, kind, to_state, to_assignee_id::text, actor_id::text, request_id,
        event_version FROM eventflow.task_transitions WHERE event_id = ANY (%s::uuid[]) ORDER BY task_id, number"""
TASKS = """
    SELECT event_id::text, id::text, workflow_instance_id::text, task_type_id::text FROM eventflow.tasks
    WHERE event_id = ANY (%s::uuid[])"""
PARENTS = "SELECT child_id::text, parent_id::text FROM eventflow.task_dependencies WHERE event_id = ANY (%s::uuid[])"
VERSIONS = "SELECT id::text, version FROM eventflow.events WHERE id = ANY (%s::uuid[])"


class Row:
    __slots__ = ("task", "number", "kind", "state", "assignee", "actor", "request", "version", "earliest", "latest")

    def __init__(self, task, number, kind, state, assignee, actor, request, version):
        self.task, self.number, self.kind, self.state, self.assignee = task, number, kind, state, assignee
        self.actor, self.request, self.version = actor, request, version
        self.earliest, self.latest = 0, FOREVER


class Task:
    """states[k] is (state, holder, whether it waits for parents) behind transition number k; None before the first."""

    __slots__ = ("id", "event", "instance", "type", "parents", "rows", "states")

    def __init__(self, event, task, instance, task_type):
        self.id, self.event, self.instance, self.type = task, event, instance, task_type
        self.parents, self.rows, self.states = [], [], [None]

    def add(self, row):
        holder = row.assignee if row.kind == "assignee" else self.states[-1] and self.states[-1][1]
        was_waiting = bool(self.parents) if row.kind == "created" else self.states[-1][2]
        is_unlock = row.kind == "state" and row.actor is None
        self.rows.append(row)
        self.states.append((row.state, holder, was_waiting and not is_unlock))

    def begin_of(self, k):
        """The earliest and latest moment at which state k can have begun; state 0 has always been there."""
        if k == 0:
            return 0, 0
        if k > len(self.rows):
            return FOREVER, FOREVER
        return self.rows[k - 1].earliest, self.rows[k - 1].latest

    def possible(self, begin, end):
        """The states in which it may have been at some moment from begin to end, by their numbers."""
        found = []
        for k in range(len(self.states) - 1, -1, -1):
            if self.begin_of(k + 1)[1] < begin:
                break
            if self.begin_of(k)[0] <= end:
                found.append(k)
        return found[::-1]

    def was_in(self, states, begin, end):
        """It was in one of these states at some moment from begin to end: what is known of the moments gets closer."""
        for row in self.rows[: states[0]][::-1]:
            if row.latest <= end:
                break
            row.latest = end
        for row in self.rows[states[-1] :]:
            if row.earliest >= begin:
                break
            row.earliest = begin


class Trail:
    """Of the given events."""

    def __init__(self, connection, events):
        with connection.cursor() as cursor:
            cursor.execute(TASKS, (events,))
            self.tasks = {row[1]: Task(*row) for row in cursor.fetchall()}
            cursor.execute(PARENTS, (events,))
            for child, parent in cursor.fetchall():
                self.tasks[child].parents.append(self.tasks[parent])
            cursor.execute(AUDIT, (events,))
            self.requests = {}  # request id: its rows
            for _, task, *values in cursor.fetchall():
                row = Row(self.tasks[task], *values)
                row.task.add(row)
                self.requests.setdefault(row.request, []).append(row)
            cursor.execute(VERSIONS, (events,))
            self.versions = dict(cursor.fetchall())
        self.instances = {}
        for task in self.tasks.values():
            self.instances.setdefault(task.instance, []).append(task)

    def date(self, operations):
        """Takes the moments of the rows from the requests that wrote them."""
        for operation in operations:
            for row in self.requests.get(operation["r"], ()):
                row.earliest = operation["s"]
                row.latest = operation["e"] if operation["t"] == "ok" else FOREVER
        for task in self.tasks.values():
            for before, row in zip(task.rows, task.rows[1:]):
                row.earliest = max(row.earliest, before.earliest)
            for row, behind in zip(task.rows[-2::-1], task.rows[::-1]):
                row.latest = min(row.latest, behind.latest)
