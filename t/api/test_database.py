"""The login role on the database that quickstart makes: what it holds that no schema decides."""

import psycopg2
import pytest


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TEMPORARY TABLE mine (x int)",
        "SELECT 1 AS x INTO TEMPORARY mine",
        "CREATE FUNCTION pg_temp.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE SCHEMA mine",
        "CREATE TABLE public.mine (x int)",
        "SET ROLE eventflow_owner",
        "DELETE FROM eventflow.task_transitions",
    ],
)
def test_the_workers_role_makes_nothing(stack, statement):
    if not stack.is_ours:
        pytest.skip("the database is somebody else's")
    connection = psycopg2.connect(stack.settings["DATABASE_URL"])
    try:
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            connection.cursor().execute(statement)
    finally:
        connection.close()
