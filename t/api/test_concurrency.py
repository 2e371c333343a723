"""Many at once: one pick wins, a child is unlocked once, versions do not get lost."""

import threading

from world import new_id

PICKERS, ROUNDS = 32, 12
RACES = 500


def at_once(*calls):
    """Runs the functions in threads that begin together; their results in order."""
    barrier, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(index, call):
        barrier.wait()
        results[index] = call()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert None not in results, "a thread failed"
    return results


def done(user, task):
    return user.post(f"/api/tasks/{task}/transition", {"next_state": "DONE", "reason": "Done."})


def test_of_many_who_pick_exactly_one_wins(world, event):
    users = [world.user("vendor", event) for _ in range(PICKERS)]
    for _ in range(ROUNDS):
        task = world.task(event)
        version = world.version(event)
        answers = at_once(*(lambda user=user: user.post(f"/api/tasks/{task}/pick") for user in users))
        winners = [user for user, answer in zip(users, answers) if answer.status == 200]
        assert len(winners) == 1
        assert {answer.code for answer in answers if answer.status != 200} == {"task_already_assigned"}
        assert world.value("SELECT assignee_id FROM eventflow.tasks WHERE id = %s", task) == winners[0].id
        assert [row["to_assignee_id"] for row in world.audit(task)] == [None, winners[0].id]
        assert world.version(event) == version + 1


class Racer(threading.Thread):
    """One of two who finish their parents, one after the other, each at the same moment as the other one."""

    def __init__(self, barrier, user, parents):
        super().__init__()
        self.barrier, self.user, self.parents, self.answers = barrier, user, parents, []

    def run(self):
        for parent in self.parents:
            self.barrier.wait(timeout=30)
            self.answers.append(done(self.user, parent).ok())


def test_two_parents_that_finish_at_once_unlock_the_child_once(world, event):
    parents = [world.tasks(event, RACES, "IN_PROGRESS") for _ in range(2)]
    pairs = list(zip(*parents))
    with world.connection, world.connection.cursor() as cursor:
        children = make_children(world, cursor, event, pairs)
    barrier = threading.Barrier(2)
    racers = [Racer(barrier, world.user("manager", event), ids) for ids in parents]
    version = world.version(event)
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert [len(racer.answers) for racer in racers] == [RACES, RACES]
    unlocked = [
        sorted(first["unlocked"] + second["unlocked"]) for first, second in zip(*(racer.answers for racer in racers))
    ]
    assert unlocked == [[child] for child in children], "each child by exactly one of its parents"
    rows = world.sql(
        "SELECT state, open_parents, transition_count FROM eventflow.tasks WHERE id = ANY (%s::uuid[])", children
    )
    assert rows == [("TODO", 0, 2)] * RACES
    assert world.version(event) == version + 2 * RACES


def make_children(world, cursor, event, pairs):
    """A child for each pair of parents, in a few statements."""
    children = [new_id() for _ in pairs]
    world.insert(
        cursor,
        "tasks",
        "event_id, id, task_type_id, label, state, open_parents, rank",
        [(event, child, world.task_type, "A child", "BLOCKED", 2, 1) for child in children],
    )
    world.insert(
        cursor,
        "task_dependencies",
        "event_id, parent_id, child_id",
        [(event, parent, child) for child, pair in zip(children, pairs) for parent in pair],
    )
    world.record(cursor, event, children, [("created", None, "BLOCKED", None, world.admin.id, None)])
    return children


def test_of_many_who_move_a_task_exactly_one_does(world, event):
    users = [world.user("manager", event) for _ in range(16)]
    for _ in range(10):
        task = world.task(event)
        body = {"next_state": "IN_PROGRESS", "reason": "Mine."}
        answers = at_once(*(lambda user=user: user.post(f"/api/tasks/{task}/transition", body) for user in users))
        assert sorted(str(answer.code) for answer in answers) == ["None"] + ["illegal_transition"] * 15
        assert len(world.audit(task)) == 2


def test_a_version_is_used_by_one_writer_alone(world, event):
    """Sixteen write different tasks on the same version: one is first, and the others learn that they are late."""
    users = [world.user("manager", event) for _ in range(16)]
    for _ in range(5):
        tasks = world.tasks(event, 16)
        headers = {"If-Match": f'"{world.version(event)}-abc"'}
        answers = at_once(
            *(
                lambda user=user, task=task: user.post(f"/api/tasks/{task}/pick", None, headers)
                for user, task in zip(users, tasks)
            )
        )
        assert sorted(str(answer.code) for answer in answers) == ["None"] + ["version_mismatch"] * 15


def test_assignment_and_completion_at_once_leave_one_truth(world, event):
    manager, other = world.user("manager", event), world.user("manager", event)
    for _ in range(30):
        task = world.task(event, "IN_PROGRESS")
        moved, assigned = at_once(
            lambda: done(manager, task), lambda: other.post(f"/api/tasks/{task}/assign", {"user_id": other.id})
        )
        moved.ok()
        assert assigned.status == 200 or assigned.code == "task_done"
        holder = world.value("SELECT assignee_id FROM eventflow.tasks WHERE id = %s", task)
        assert holder == (other.id if assigned.status == 200 else None)
        kinds = [row["kind"] for row in world.audit(task)[2:]]
        assert kinds == (["assignee", "state"] if assigned.status == 200 else ["state"])


def test_versions_of_a_template_do_not_get_lost(world):
    template = world.template()
    node = {"node_id": "a", "task_type_id": world.task_type, "label": "A"}
    body = {"id": template, "name": "Again", "nodes": [node], "edges": []}
    answers = at_once(*(lambda: world.admin.post("/api/workflow-templates", body) for _ in range(12)))
    assert sorted(answer.ok()["version"] for answer in answers) == list(range(2, 14))


def test_writers_of_one_event_do_not_wait_for_ever(world, event):
    """Crossing dependencies, finished from many sides: no deadlock, and every child ends up unlocked."""
    users = [world.user("manager", event) for _ in range(8)]
    for _ in range(5):
        parents = world.tasks(event, 8, "IN_PROGRESS")
        children = world.tasks(event, 8, parents=parents)
        answers = at_once(*(lambda user=user, task=task: done(user, task) for user, task in zip(users, parents)))
        assert sorted(child for answer in answers for child in answer.ok()["unlocked"]) == sorted(children)
