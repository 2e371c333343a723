"""The migrations: up, down and up again, and the flat form is the same schema."""

import re

from cluster import ROOT


def test_every_change_has_its_scripts():
    changes = re.findall(r"^([a-z_]+) ", (ROOT / "sql/sqitch.plan").read_text(), re.M)
    assert changes
    for change in changes:
        for kind in ("deploy", "revert", "verify"):
            assert (ROOT / "sql" / kind / f"{change}.sql").is_file(), f"{kind}/{change}.sql"


def test_the_version_is_the_number_of_changes_and_that_of_the_program(cluster, migrated):
    changes = len(re.findall(r"^[a-z_]+ ", (ROOT / "sql/sqitch.plan").read_text(), re.M))
    program = re.search(r"SCHEMA_VERSION = (\d+)", (ROOT / "src/core/schema_version.h").read_text())
    version = cluster.psql(migrated, "-c", "SELECT version FROM eventflow.schema_version").strip()
    assert version == str(changes) == program.group(1)


def test_down_and_up_again_gives_the_same_schema(cluster):
    cluster.create("down_and_up")
    assert cluster.migrate("down_and_up", "up").returncode == 0
    before = cluster.dump("down_and_up")
    down = cluster.migrate("down_and_up", "down", "--to", "@ROOT")
    assert down.returncode == 0, down.stdout + down.stderr
    assert cluster.psql("down_and_up", "-c", "SELECT to_regclass('eventflow.tasks')").strip() == ""
    assert cluster.migrate("down_and_up", "up").returncode == 0
    assert cluster.dump("down_and_up") == before


def test_the_last_change_can_be_reverted_alone(cluster):
    cluster.create("one_down")
    assert cluster.migrate("one_down", "up").returncode == 0
    result = cluster.migrate("one_down", "down")
    assert result.returncode == 0, result.stdout + result.stderr
    version = cluster.psql("one_down", "-c", "SELECT version FROM eventflow.schema_version").strip()
    assert int(version) == len(re.findall(r"^[a-z_]+ ", (ROOT / "sql/sqitch.plan").read_text(), re.M)) - 1


AT_HAND = {
    "tasks": "SELECT id, parent_ids, child_ids FROM eventflow.tasks ORDER BY id",
    "rights": "SELECT id, rights FROM eventflow.users ORDER BY id",
    "memberships": "SELECT id, event_ids FROM eventflow.users ORDER BY id",
}


def test_rows_that_were_there_before_get_what_is_at_hand(cluster):
    """What the sample data has is the same once the changes have been reverted and deployed again."""
    cluster.create("at_hand")
    assert cluster.migrate("at_hand", "up").returncode == 0
    cluster.psql("at_hand", "-f", ROOT / "sql/seed.sql")
    before = {name: cluster.psql("at_hand", "-c", query) for name, query in AT_HAND.items()}
    assert "{}" in before["tasks"] and before["tasks"].count("{6") > 4
    assert len(set(re.findall(r"\|(\d+)$", before["rights"], re.M))) > 3, before["rights"]
    assert before["memberships"].count("{2") > 3, before["memberships"]
    for command in (("down", "--to", "dependencies_at_hand^"), ("up",)):
        result = cluster.migrate("at_hand", *command)
        assert result.returncode == 0, result.stdout + result.stderr
    assert {name: cluster.psql("at_hand", "-c", query) for name, query in AT_HAND.items()} == before


def test_the_flat_form_is_current_and_the_same_schema(cluster, migrated):
    import subprocess

    flat = subprocess.run([ROOT / "sql/flatten"], check=True, capture_output=True, text=True).stdout
    assert flat == (ROOT / "sql/schema.sql").read_text(), "run: sql/flatten > sql/schema.sql"
    cluster.create("flat")
    cluster.psql("flat", "-f", ROOT / "sql/schema.sql")
    assert cluster.dump("flat") == cluster.dump(migrated)


def test_the_sample_data_can_be_loaded_again_and_leaves_changes_alone(cluster):
    cluster.create("seeded")
    cluster.psql("seeded", "-f", ROOT / "sql/schema.sql")
    cluster.psql("seeded", "-f", ROOT / "sql/seed.sql")
    cluster.psql("seeded", "-c", "UPDATE eventflow.users SET name = 'Changed' WHERE email LIKE 'vendor1@%'")
    count = "SELECT (SELECT count(*) FROM eventflow.tasks), (SELECT count(*) FROM eventflow.task_transitions)"
    before = cluster.psql("seeded", "-c", count)
    cluster.psql("seeded", "-f", ROOT / "sql/seed.sql")
    assert cluster.psql("seeded", "-c", count) == before
    assert cluster.psql("seeded", "-c", "SELECT name FROM eventflow.users WHERE email LIKE 'vendor1@%'").strip() == "Changed"
