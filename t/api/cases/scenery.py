"""The people and the tasks of the cases: made as the cases describe them, many at once."""

from world import MOVES, World, new_id


class Scenery:
    """An event with members of every kind, and as many tasks as the cases ask for."""

    def __init__(self, world: World):
        self.world = world
        self.event, self.elsewhere = world.event(), world.event()
        self.task_type = world.new_task_type()
        self.shown_type = world.new_task_type()  # of a few tasks alone
        self.parent = world.task(self.event, task_type=self.task_type)  # what all waiting tasks wait for
        self.holder = world.user("vendor", self.event)  # "other"
        self.colleague = world.user("admin")  # whom any task may be given to
        self.template = world.template()
        self.nobodys_id = new_id()
        self.users, self.types = {}, {}

    def type_of(self, who):
        key = (who.is_admin, who.is_customer, who.permissions, who.is_eligible)
        if key not in self.types:
            flags = {f"can_{name}": True for name in who.permissions}
            if who.is_admin:
                flags["access_level"] = "admin"
            self.types[key] = self.world.user_type(is_customer=who.is_customer, **flags)
            if who.is_eligible:
                self.world.map(self.types[key], self.task_type)
                self.world.map(self.types[key], self.shown_type)
        return self.types[key]

    def user(self, who):
        """The one user who is so."""
        if who not in self.users:
            event = self.event if who.is_member else self.elsewhere
            self.users[who] = self.world.user(str(who)[:200], event, type_id=self.type_of(who), is_active=who.is_active)
        return self.users[who]

    def tasks(self, wanted, task_type=None):
        """One new task for each (Task, caller), in this order."""
        task_type = task_type or self.task_type
        made = [(new_id(), task, self._holder_of(task, caller)) for task, caller in wanted]
        tasks, dependencies, transitions = [], [], []
        version = self.world.version(self.event)
        for task_id, task, holder in made:
            rows = list(self._history(task, holder))
            waits = int(task.waits)
            tasks.append((self.event, task_id, task_type, "A task", task.state, waits, holder, waits, len(rows)))
            transitions += [(self.event, task_id, number, *row, version) for number, row in enumerate(rows, 1)]
            if task.waits:
                dependencies.append((self.event, self.parent, task_id))
        columns = "event_id, id, task_type_id, label, state, open_parents, assignee_id, rank, transition_count"
        audit = "event_id, task_id, number, kind, from_state, to_state, to_assignee_id, actor_id, reason, event_version"
        with self.world.connection, self.world.connection.cursor() as cursor:
            self.world.insert(cursor, "tasks", columns, tasks)
            if dependencies:
                self.world.insert(cursor, "task_dependencies", "event_id, parent_id, child_id", dependencies)
            self.world.insert(cursor, "task_transitions", audit, transitions)
        return [task_id for task_id, *_ in made]

    def transition_counts(self, ids):
        rows = self.world.sql("SELECT id, transition_count FROM eventflow.tasks WHERE id = ANY (%s::uuid[])", list(ids))
        return dict(rows)

    def _holder_of(self, task, caller):
        return {"nobody": None, "caller": caller.id, "other": self.holder.id}[task.holder]

    def _history(self, task, holder):
        """The audit rows that lead there."""
        state, actor = "BLOCKED" if task.waits else "TODO", self.world.admin.id
        yield "created", None, state, None, actor, None
        if holder:
            yield "assignee", state, state, holder, actor, None
        for move in [] if task.waits else MOVES[task.state]:
            yield "state", state, move, None, actor, "For the case."
            state = move
