"""The row of the full disk."""

import os
import pathlib
import pwd
import subprocess
import tempfile

import psycopg2
import pytest

PAGE = "x" * 7000  # a row that fills a page
TRIES = 400  # writes, of which one at the latest needs a new page


@pytest.fixture
def small_disk(stack, world):
    """A tablespace of 4 MiB, in which the nodes of workflows are from now on."""
    if os.getuid() != 0:
        pytest.skip("only root may mount a file system")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="eventflow-disk.", dir="/tmp"))
    owner = pwd.getpwuid((stack.var / "postgresql" / "data").stat().st_uid)
    options = f"size=4m,mode=0700,uid={owner.pw_uid},gid={owner.pw_gid}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "eventflow-disk", folder], check=True)
    stack.superuser_sql(f"CREATE TABLESPACE small LOCATION '{folder}'")
    stack.superuser_sql("GRANT CREATE ON TABLESPACE small TO eventflow_owner")
    world.sql("ALTER TABLE eventflow.workflow_template_nodes SET TABLESPACE small")
    world.sql("CREATE TABLE eventflow.ballast (text text) TABLESPACE small")
    world.sql("ALTER TABLE eventflow.ballast ALTER text SET STORAGE PLAIN")
    yield
    world.sql("DROP TABLE IF EXISTS eventflow.ballast")
    world.sql("ALTER TABLE eventflow.workflow_template_nodes SET TABLESPACE pg_default")
    stack.superuser_sql("DROP TABLESPACE small")
    subprocess.run(["umount", folder], check=True)
    folder.rmdir()


def fill_up(world):
    with pytest.raises(psycopg2.errors.DiskFull):
        while True:
            world.sql("INSERT INTO eventflow.ballast VALUES (%s)", PAGE)


def save(world):
    node = {"node_id": "a", "task_type_id": world.task_type, "label": "l", "metadata": {"description": "d" * 8000}}
    return world.admin.post("/api/workflow-templates", {"name": "On a full disk", "nodes": [node], "edges": []})


def test_f07_no_room_left(world, small_disk):
    save(world).ok()
    fill_up(world)
    answers = []
    while len(answers) < TRIES and (not answers or answers[-1].status == 200):
        answers.append(save(world))
    answers[-1].refused("storage_full")
    assert answers[-1].status == 503 and answers[-1].headers["retry-after"]
    kept = world.value("SELECT count(*) FROM eventflow.workflow_template_versions WHERE name = 'On a full disk'")
    assert kept == len(answers), "those that were answered with 200, and the one before"
    world.admin.get("/api/workflow-templates").ok()
    world.user("vendor", event := world.event()).post(f"/api/tasks/{world.task(event)}/pick").ok()
    world.sql("DROP TABLE eventflow.ballast")
    save(world).ok()
