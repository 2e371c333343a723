"""The login role on the database that quickstart makes: what it holds that no schema decides; t/sql has the rest."""

import pytest


def test_the_workers_role_may_connect_and_no_more(stack, world):
    """By the catalogue: what is tried and refused would stand in the database's log, where nothing may."""
    if not stack.is_ours:
        pytest.skip("the database is somebody else's")
    (held,) = world.sql(
        "SELECT has_database_privilege('eventflow_api', current_database(), 'CONNECT'),"
        " has_database_privilege('eventflow_api', current_database(), 'CREATE'),"
        " has_database_privilege('eventflow_api', current_database(), 'TEMPORARY'),"
        " has_schema_privilege('eventflow_api', 'public', 'CREATE')"
    )
    assert held == (True, False, False, False)
