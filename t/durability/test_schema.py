"""A database that is not of this worker's schema version: nothing is served from it, and the worker waits until it is."""

import pytest

from rig import wait_for

MISMATCH = "schema_mismatch"


@pytest.fixture
def version(world):
    """A function that sets the database's schema version; None takes it away."""
    true = world.value("SELECT version FROM eventflow.schema_version")

    def set_version(value):
        world.sql("DELETE FROM eventflow.schema_version")
        if value is not None:
            world.sql("INSERT INTO eventflow.schema_version (version) VALUES (%s)", value)

    yield set_version
    set_version(true)


@pytest.mark.parametrize("other", [1, 9999, None])
def test_a_worker_that_starts_before_the_migration_waits_for_it(world, event, start_worker, version, other):
    user, task = world.user("manager", event), world.task(event)
    true = world.value("SELECT version FROM eventflow.schema_version")
    version(other)
    caller = start_worker(threads=2)
    for _ in range(3):
        caller.get("/healthz").ok()
        assert str(other if other else "no schema version") in caller.get("/readyz").refused("not_ready")["error"]
        caller.with_token(user.token).get(f"/api/tasks/{task}").refused(MISMATCH)
        caller.with_token(user.token).post(f"/api/tasks/{task}/pick").refused(MISMATCH)
    version(true)
    caller.get("/readyz").ok()
    caller.with_token(user.token).post(f"/api/tasks/{task}/pick").ok()


def test_a_worker_serves_on_while_the_next_version_is_rolled_out(world, event, database, start_worker, version):
    """Until it is connected anew: then it must be of the same version."""
    user, task = world.user("manager", event), world.task(event)
    caller = start_worker(threads=1).with_token(user.token)
    caller.get("/readyz").ok()
    version(9999)
    caller.post(f"/api/tasks/{task}/pick").ok()
    caller.get("/readyz").refused("not_ready")
    database.terminate()
    wait_for(lambda: caller.get(f"/api/tasks/{task}").code == MISMATCH)


def test_tables_that_are_altered_meanwhile(world, event, start_worker):
    """What was prepared has other types now: it is prepared again, unseen."""
    user, task = world.user("manager", event), world.task(event)
    caller = start_worker(threads=1).with_token(user.token)
    body = {"next_state": "IN_PROGRESS", "reason": "Begun."}
    caller.get(f"/api/tasks/{task}").ok()
    caller.post(f"/api/tasks/{task}/pick").ok()
    try:
        world.sql("ALTER TABLE eventflow.tasks ALTER COLUMN open_parents TYPE bigint")
        caller.post(f"/api/tasks/{task}/transition", body).ok()
    finally:
        world.sql("ALTER TABLE eventflow.tasks ALTER COLUMN open_parents TYPE integer")
    assert caller.get(f"/api/tasks/{task}").ok()["label"] == "A task"


def test_a_column_that_is_gone_is_an_error_of_ours_and_no_end(world, event, judge, start_worker):
    user = world.user("manager", event)
    caller = start_worker(threads=1).with_token(user.token)
    world.sql("ALTER TABLE eventflow.tasks RENAME COLUMN label TO name")
    try:
        with pytest.raises(AssertionError, match="an unexpected failure"):
            caller.get("/api/tasks", {"event_id": event})
    finally:
        world.sql("ALTER TABLE eventflow.tasks RENAME COLUMN name TO label")
    assert caller.get("/api/tasks", {"event_id": event}).ok() == []
