"""A dependency that is made later than its tasks, as by an operator: the tasks have it at hand, whoever else is at work."""

import psycopg2
import pytest

from test_invariants import CATERING, EVENT, NOW, VENUE, finish_venue, version_of

EQUIPMENT, COORDINATION, INSPECTION = (f"60000000-0000-4000-8000-00000000000{number}" for number in (3, 4, 5))
INSERT = f"INSERT INTO eventflow.task_dependencies VALUES ('{EVENT}', %s, %s)"
CHANGE = "UPDATE eventflow.tasks SET label = 'y', child_ids = child_ids || made.child_id FROM made WHERE id = made.parent_id"
LOCK = "SELECT FROM eventflow.tasks WHERE id = %s FOR NO KEY UPDATE"


def at_hand(cursor, task):
    cursor.execute("SELECT parent_ids::text[], child_ids::text[] FROM eventflow.tasks WHERE id = %s", (task,))
    return cursor.fetchone()


def test_it_is_at_hand_at_both_ends(owner):
    """Even at a task which is DONE: whatever waits for it now says so."""
    for statement in finish_venue():
        owner.execute(statement)
    (parents, children), (others, none) = at_hand(owner, VENUE), at_hand(owner, INSPECTION)
    assert (parents, none) == ([], []) and children and others
    owner.execute(INSERT, (VENUE, INSPECTION))
    assert at_hand(owner, VENUE) == ([], sorted([*children, INSPECTION]))
    assert at_hand(owner, INSPECTION) == (sorted([VENUE, *others]), [])


def test_it_is_a_change_of_the_event(owner):
    before = version_of(owner, EVENT)
    owner.execute(INSERT, (VENUE, INSPECTION))
    owner.execute(NOW)
    assert version_of(owner, EVENT) > before


def test_nothing_waits_for_a_task_that_is_deleted(owner):
    owner.execute("UPDATE eventflow.tasks SET deleted_at = now() WHERE id = %s", (INSPECTION,))
    owner.execute(
        "INSERT INTO eventflow.tasks (event_id, id, task_type_id, label, state, rank)"
        " SELECT event_id, gen_random_uuid(), task_type_id, 'x', 'TODO', 9 FROM eventflow.tasks WHERE id = %s RETURNING id",
        (VENUE,),
    )
    with pytest.raises(psycopg2.IntegrityError) as caught:
        owner.execute(INSERT, (INSPECTION, owner.fetchone()[0]))
    assert caught.value.diag.constraint_name == "task_dependencies_parent"


def test_no_other_change_of_a_task_that_is_done_comes_with_it(owner):
    for statement in finish_venue():
        owner.execute(statement)
    with pytest.raises(psycopg2.IntegrityError) as caught:
        owner.execute(f"WITH made AS ({INSERT} RETURNING parent_id, child_id) {CHANGE}", (VENUE, INSPECTION))
    assert caught.value.diag.constraint_name == "tasks_done_is_final"


def test_a_task_that_is_done_and_has_it_already_is_left_alone(owner):
    """What would change nothing is not tried: it would be refused."""
    owner.execute(
        "INSERT INTO eventflow.tasks (event_id, id, task_type_id, label, state, rank, parent_ids)"
        " SELECT event_id, gen_random_uuid(), task_type_id, 'x', 'DONE', 9, ARRAY[id] FROM eventflow.tasks WHERE id = %s"
        " RETURNING id::text",
        (VENUE,),
    )
    done = owner.fetchone()[0]
    owner.execute(INSERT, (VENUE, done))
    assert done in at_hand(owner, VENUE)[1] and at_hand(owner, done) == ([VENUE], [])


def test_two_at_once_are_both_at_hand(sessions):
    connect, wait_for_waiting = sessions
    first, second, third = connect(), connect(), connect()
    first.run(INSERT, (VENUE, INSPECTION))
    second.begin(INSERT, (VENUE, COORDINATION))
    wait_for_waiting(1)
    first.end()
    second.end()
    assert at_hand(third.cursor, VENUE)[1] == sorted([CATERING, EQUIPMENT, COORDINATION, INSPECTION])
    third.end()


def test_tasks_are_locked_in_the_order_of_every_lock(sessions):
    """A transition that has locked the parent goes on to the child; whoever makes the dependency must not hold the child by then,
    though the child's row stands first."""
    connect, wait_for_waiting = sessions
    before, transition, maker = connect(), connect(), connect()
    before.run("UPDATE eventflow.tasks SET label = label || '.' WHERE id = %s", (VENUE,))  # now its row stands behind the others
    before.connection.commit()
    transition.run(LOCK, (VENUE,))
    maker.begin(INSERT, (VENUE, INSPECTION))
    wait_for_waiting(1)
    transition.run("SET lock_timeout = '3s'")
    transition.run(LOCK, (INSPECTION,))
    transition.end()
    maker.end()
    before.end()
