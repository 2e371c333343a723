"""A transaction that another one was in the way of is run again, whole, three times at most."""

import threading
import time

import psycopg2
import pytest

from rig import took
from writes import WRITES

REPEATED = "of the transaction failed, and is repeated"


def repeats(caller):
    return caller.worker.log.read_text().count(REPEATED)


@pytest.fixture
def caller(start_worker):
    return start_worker(threads=1)


@pytest.fixture
def other(stack):
    """A session of somebody else."""
    connection = psycopg2.connect(stack.owner_url)
    yield connection
    connection.close()


def test_the_victim_of_a_deadlock_tries_again(world, event, caller, other):
    user, parent = world.user("vendor", event), world.task(event, "IN_PROGRESS")
    child = world.tasks(event, 1, parents=[parent])[0]
    cursor = other.cursor()
    lock = "SELECT FROM eventflow.tasks WHERE id = %s FOR NO KEY UPDATE"
    cursor.execute(lock, (child,))
    answers = []
    body = {"next_state": "DONE", "reason": "Done."}
    post = lambda: answers.append(caller.with_token(user.token).post(f"/api/tasks/{parent}/transition", body))
    thread = threading.Thread(target=post)
    thread.start()
    time.sleep(0.3)  # it holds the parent, and waits for the child; it will be the first to look for a deadlock
    cursor.execute(lock, (parent,))
    other.rollback()
    thread.join()
    assert answers[0].ok()["unlocked"] == [child]
    assert repeats(caller) == 1 and [row["to_state"] for row in world.audit(child)] == ["BLOCKED", "TODO"]


def test_a_serialization_failure_is_tried_again(world, event, database, start_worker, other):
    """An operator may ask for a stricter isolation than the default."""
    user, task = world.user("vendor", event), world.task(event)
    database.superuser("ALTER ROLE eventflow_api SET default_transaction_isolation = 'repeatable read'")
    try:
        caller = start_worker(threads=1)
        caller.with_token(user.token).get("/api/auth/me").ok()
        other.cursor().execute("UPDATE eventflow.tasks SET label = 'Changed' WHERE id = %s", (task,))
        threading.Timer(0.5, other.commit).start()
        answer, seconds = took(lambda: caller.with_token(user.token).post(f"/api/tasks/{task}/pick"))
        assert answer.ok()["label"] == "Changed" and seconds > 0.4
    finally:
        database.superuser("ALTER ROLE eventflow_api RESET default_transaction_isolation")
    assert repeats(caller) == 1 and len(world.audit(task)) == 2


@pytest.fixture
def failing(world):
    """A function that makes the next statements on a table fail with a serialization failure, at once or at COMMIT."""
    world.sql("CREATE SEQUENCE eventflow.failures; GRANT USAGE ON SEQUENCE eventflow.failures TO eventflow_api")
    world.sql(
        "CREATE FUNCTION eventflow.fail_for_a_test() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF nextval('eventflow.failures') <= TG_ARGV[0]::int THEN"
        " RAISE EXCEPTION 'for the test' USING ERRCODE = '40001'; END IF; RETURN NEW; END $$;"
        " GRANT EXECUTE ON FUNCTION eventflow.fail_for_a_test TO eventflow_api"
    )

    def fail(table, event, times, at_commit=False):
        kind = "CONSTRAINT TRIGGER" if at_commit else "TRIGGER"
        deferred = "DEFERRABLE INITIALLY DEFERRED" if at_commit else ""
        world.sql(
            f"CREATE {kind} fail_for_a_test AFTER {event} ON eventflow.{table} {deferred} FOR EACH ROW"
            f" EXECUTE FUNCTION eventflow.fail_for_a_test({times})"
        )
        world.sql("SELECT setval('eventflow.failures', 1, false)")

    yield fail
    world.sql("DROP FUNCTION eventflow.fail_for_a_test CASCADE; DROP SEQUENCE eventflow.failures")


@pytest.mark.parametrize("make", WRITES.values(), ids=WRITES)
@pytest.mark.parametrize("at_commit", [False, True], ids=["at a statement", "at COMMIT"])
def test_every_write_is_tried_three_times(world, caller, failing, make, at_commit):
    write = make(world)
    table = "workflow_template_versions" if make.__name__.startswith("save") else "task_transitions"
    failing(table, "INSERT", 2, at_commit)
    write.send(caller).ok()
    assert write.count() == 1 and repeats(caller) == 2


@pytest.mark.parametrize("make", WRITES.values(), ids=WRITES)
def test_and_not_a_fourth_time(world, caller, failing, make):
    write = make(world)
    table = "workflow_template_versions" if make.__name__.startswith("save") else "task_transitions"
    failing(table, "INSERT", 3)
    write.send(caller).refused("database_busy")
    assert write.count() == 0 and repeats(caller) == 2
    write.send(caller).ok()
    assert write.count() == 1


@pytest.fixture
def ending(world, database):
    """A function that has the session ended that does something to a table, at once or at COMMIT."""
    database.in_database(
        "CREATE FUNCTION eventflow.end_for_a_test() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN"
        " PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5); RETURN NEW; END $$"
    )

    def end(table, event, at_commit):
        kind = "CONSTRAINT TRIGGER" if at_commit else "TRIGGER"
        deferred = "DEFERRABLE INITIALLY DEFERRED" if at_commit else ""
        database.in_database(
            f"CREATE {kind} end_for_a_test AFTER {event} ON eventflow.{table} {deferred} FOR EACH ROW"
            " EXECUTE FUNCTION eventflow.end_for_a_test()"
        )

    yield end
    database.in_database("DROP FUNCTION IF EXISTS eventflow.end_for_a_test CASCADE")


@pytest.mark.parametrize("make", WRITES.values(), ids=WRITES)
@pytest.mark.parametrize("at_commit", [False, True], ids=["at a statement", "at COMMIT"])
def test_a_session_that_is_ended_in_the_middle_leaves_nothing(world, caller, database, ending, make, at_commit):
    write = make(world)
    ending("workflow_template_versions" if make.__name__.startswith("save") else "task_transitions", "INSERT", at_commit)
    write.send(caller).refused("database_unavailable")
    assert write.count() == 0 and repeats(caller) == 0
    database.in_database("DROP FUNCTION eventflow.end_for_a_test CASCADE")
    write.send(caller).ok()
    assert write.count() == 1
