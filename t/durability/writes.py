"""One request of each kind that changes the database, and how to count what it has done."""

from world import new_id


class Write:
    """A request, the user who sends it, and the number of times that it has been done."""

    def __init__(self, user, path, body, count):
        self.user, self.path, self.body, self.count = user, path, body, count

    def send(self, caller, **options):
        return caller.with_token(self.user.token).post(self.path, self.body, **options)


def number_of(table, condition):
    return f"(SELECT count(*) FROM eventflow.{table} WHERE {condition})"


def counter(world, whole, parts, **parameters):
    """A function that counts the rows of a table that match, and sees to it that the parts (the rows of other tables that
    there must be for each) are complete; all in one statement, so that it never sees the middle of a COMMIT."""
    columns = ", ".join(number_of(*item[:2]) for item in [whole, *parts])

    def count():
        with world.connection, world.connection.cursor() as cursor:
            cursor.execute(f"SELECT {columns}", parameters)
            times, *numbers = cursor.fetchone()
        assert numbers == [times * each for _, _, each in parts], "half of it was done"
        return times

    return count


def pick(world):
    event = world.event()
    user, task = world.user("vendor", event), world.task(event)
    done = ("task_transitions", "task_id = %(task)s AND to_assignee_id = %(user)s")
    return Write(user, f"/api/tasks/{task}/pick", None, counter(world, done, [], task=task, user=user.id))


def assign(world):
    event = world.event()
    user, other, task = world.user("manager", event), world.user("vendor", event), world.task(event)
    done = ("task_transitions", "task_id = %(task)s AND to_assignee_id = %(user)s")
    count = counter(world, done, [], task=task, user=other.id)
    return Write(user, f"/api/tasks/{task}/assign", {"user_id": other.id}, count)


def finish(world):
    """The last parent of two children."""
    event = world.event()
    user, task = world.user("vendor", event), world.task(event, "IN_PROGRESS")
    children = world.tasks(event, 2, parents=[task])
    count = counter(
        world,
        ("task_transitions", "task_id = %(task)s AND to_state = 'DONE'"),
        [
            ("task_transitions", "task_id = ANY (%(children)s::uuid[]) AND to_state = 'TODO'", 2),
            ("tasks", "id = ANY (%(children)s::uuid[]) AND state = 'TODO' AND open_parents = 0", 2),
        ],
        task=task,
        children=children,
    )
    return Write(user, f"/api/tasks/{task}/transition", {"next_state": "DONE", "reason": "Done."}, count)


def save(world, name, **more):
    nodes = [{"node_id": node, "task_type_id": world.task_type, "label": node.upper()} for node in ("a", "b")]
    edges = [{"from_node_id": "a", "to_node_id": "b"}]
    of_version = (
        "EXISTS (SELECT FROM eventflow.workflow_template_versions v WHERE v.workflow_id = {0}.workflow_id"
        " AND v.version = {0}.version AND v.name = %(name)s)"
    )
    count = counter(
        world,
        ("workflow_template_versions", "name = %(name)s"),
        [
            ("workflow_template_nodes n", of_version.format("n"), 2),
            ("workflow_template_edges d", of_version.format("d"), 1),
        ],
        name=name,
    )
    return Write(
        world.admin, "/api/workflow-templates", {"name": name, "nodes": nodes, "edges": edges, **more}, count
    )


def save_new(world):
    return save(world, f"New {new_id()}")


def save_next(world):
    return save(world, f"Next {new_id()}", id=world.template())


def instantiate(world):
    event = world.event()
    user = world.user("manager", event)
    template = world.template(("a", "b", "c"), (("a", "b"), ("a", "c")))
    of_event = "event_id = %(event)s"
    parts = [("tasks", of_event, 3), ("task_dependencies", of_event, 2), ("task_transitions", of_event, 3)]
    count = counter(world, ("workflow_instances", of_event), parts, event=event)
    return Write(user, "/api/workflows/instantiate", {"workflow_id": template, "event_id": event}, count)


WRITES = {write.__name__: write for write in (pick, assign, finish, save_new, save_next, instantiate)}
