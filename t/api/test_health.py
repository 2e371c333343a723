"""The process is up; the process can serve."""

import contextlib


@contextlib.contextmanager
def schema_version(world, version):
    true_version = world.value("SELECT version FROM eventflow.schema_version")
    world.sql("UPDATE eventflow.schema_version SET version = %s", version)
    try:
        yield
    finally:
        world.sql("UPDATE eventflow.schema_version SET version = %s", true_version)


def test_healthy(world, nobody):
    assert nobody.get("/healthz").ok() == {"status": "up"}
    ready = nobody.get("/readyz").ok()
    assert ready == {"status": "ready", "schema_version": world.value("SELECT version FROM eventflow.schema_version")}


def test_another_schema_version_is_not_ready(world, nobody):
    for other in (1, 999):
        with schema_version(world, other):
            assert str(other) in nobody.get("/readyz").refused("not_ready")["error"]
            nobody.get("/healthz").ok()
    nobody.get("/readyz").ok()


def test_no_schema_version_is_not_ready(world, nobody):
    true_version = world.value("DELETE FROM eventflow.schema_version RETURNING version")
    try:
        nobody.get("/readyz").refused("not_ready")
    finally:
        world.sql("INSERT INTO eventflow.schema_version (version) VALUES (%s)", true_version)


def test_a_bad_token_does_not_matter(nobody):
    nobody.with_token("nonsense").get("/healthz").ok()
    nobody.with_token("nonsense").get("/readyz").ok()
