"""Rights, role by table by right: what the catalogue says, and what becomes of each statement that is tried.

On two databases: plain PostgreSQL, and one with the roles of a Supabase project (supabase_stub.sql), whose owner gives
all that it makes to everybody by default.
"""

import psycopg2
import pytest

from test_roles import COLUMNS, DELETE, INSERT, TABLES

RIGHTS = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"]
DENIED = "42501"
DATABASES = ["migrated", "supabase"]
OUTSIDERS = [
    ("migrated", "bystander"),
    *(("supabase", role) for role in ("anon", "authenticated", "service_role", "authenticator", "bystander")),
]

WRITABLE_COLUMNS = """
    SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'eventflow'::regnamespace AND c.relkind = 'r'
        AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    GROUP BY 1"""
HELD_RIGHTS = """
    SELECT r FROM unnest(%(rights)s) r WHERE has_table_privilege(%(role)s, %(table)s, r)
        OR r NOT IN ('DELETE', 'TRUNCATE', 'TRIGGER') AND has_any_column_privilege(%(role)s, %(table)s, r)"""
HELD_OF_SCHEMA = """
    SELECT r FROM unnest(ARRAY['USAGE', 'CREATE']) r WHERE has_schema_privilege(%(role)s, 'eventflow', r)
    UNION ALL SELECT proname FROM pg_proc
    WHERE pronamespace = 'eventflow'::regnamespace AND has_function_privilege(%(role)s, oid, 'EXECUTE')
    UNION ALL SELECT relname FROM pg_class WHERE relnamespace = 'eventflow'::regnamespace
        AND CASE WHEN relkind = 'S' THEN has_sequence_privilege(%(role)s, oid, 'USAGE, SELECT, UPDATE') END"""
LISTED_RIGHTS = """
    WITH objects AS (
        SELECT 'schema' AS kind, nspname::text AS name, nspacl AS acl, nspowner AS owner
        FROM pg_namespace WHERE nspname = 'eventflow'
        UNION ALL SELECT 'relation', relname, relacl, relowner
        FROM pg_class WHERE relnamespace = 'eventflow'::regnamespace
        UNION ALL SELECT 'column', attrelid::regclass || '.' || attname, attacl, relowner
        FROM pg_attribute JOIN pg_class c ON c.oid = attrelid WHERE relnamespace = 'eventflow'::regnamespace
        UNION ALL SELECT 'function', proname, coalesce(proacl, acldefault('f', proowner)), proowner
        FROM pg_proc WHERE pronamespace = 'eventflow'::regnamespace)
    SELECT kind, name, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END, privilege_type
    FROM objects, aclexplode(acl) WHERE grantee NOT IN (owner, 'eventflow_api'::regrole)"""
REACHES_LATER = """
    SELECT has_schema_privilege(%(role)s, 'eventflow', 'USAGE')
        AND has_table_privilege(%(role)s, 'eventflow.later', 'SELECT, INSERT, UPDATE, DELETE')"""

# What is tried on a table, beside what a right of the catalogue allows.
STATEMENTS = {
    "SELECT": "SELECT * FROM {table} LIMIT 1",
    "SELECT no column": "SELECT FROM {table}",
    "COPY TO": "COPY {table} TO STDOUT",
    "INSERT": "INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE false",
    "INSERT defaults": "INSERT INTO {table} DEFAULT VALUES",
    "UPDATE": "UPDATE {table} SET {column} = {column} WHERE false",
    "DELETE": "DELETE FROM {table} WHERE false",
    "TRUNCATE": "TRUNCATE {table} CASCADE",
    "LOCK": "LOCK TABLE {table} IN ACCESS SHARE MODE",
    "TRIGGER": "CREATE TRIGGER mine BEFORE INSERT ON {table} EXECUTE FUNCTION eventflow.refuse_change('x')",
    "POLICY": "CREATE POLICY mine ON {table} USING (true)",
    "ALTER": "ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
    "DROP": "DROP TABLE {table} CASCADE",
}


@pytest.fixture(scope="module")
def databases(cluster, migrated, supabase):
    """A function that gives a cursor on a database in a role. A bystander has no right at all."""
    cluster.psql("postgres", "-c", "CREATE ROLE bystander LOGIN NOINHERIT", role="bootstrap")
    connections = {}

    def connect(database, role):
        login = "authenticator" if role in ("anon", "authenticated", "service_role") else role
        key = (database, role)
        if key not in connections:
            connections[key] = psycopg2.connect(cluster.url(database, login))
            connections[key].autocommit = True
            if login != role:
                connections[key].cursor().execute(f"SET ROLE {role}")
        return connections[key].cursor()

    yield connect
    for connection in connections.values():
        connection.close()


@pytest.fixture(scope="module")
def tables(databases):
    """For each database its tables, each with those of its columns that can be written."""
    found = {}
    for database in DATABASES:
        cursor = databases(database, "bootstrap")
        cursor.execute(WRITABLE_COLUMNS)
        found[database] = dict(cursor.fetchall())
    return found


def refusal(cursor, statement):
    """The SQLSTATE for which a statement is refused, or None; it is undone in either case."""
    cursor.execute("BEGIN")
    try:
        cursor.execute(statement)
    except psycopg2.Error as error:
        return error.pgcode
    finally:
        cursor.execute("ROLLBACK")
    return None


def fill(statement, table, columns):
    return statement.format(table=f"eventflow.{table}", columns=", ".join(columns), column=columns[0])


# ---- Outsiders -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("database, role", OUTSIDERS)
def test_the_catalogue_gives_an_outsider_no_right_to_a_table(databases, database, role, table):
    cursor = databases(database, "bootstrap")
    cursor.execute(HELD_RIGHTS, {"rights": RIGHTS, "role": role, "table": f"eventflow.{table}"})
    assert cursor.fetchall() == []


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("database, role", OUTSIDERS)
def test_an_outsider_s_statements_are_refused(databases, tables, database, role, table):
    cursor = databases(database, role)
    found = {
        name: refusal(cursor, fill(statement, table, tables[database][table])) for name, statement in STATEMENTS.items()
    }
    assert found == dict.fromkeys(STATEMENTS, DENIED)


@pytest.mark.parametrize("database, role", OUTSIDERS)
def test_the_catalogue_gives_an_outsider_neither_schema_nor_functions_nor_sequences(databases, database, role):
    cursor = databases(database, "bootstrap")
    cursor.execute(HELD_OF_SCHEMA, {"role": role})
    assert cursor.fetchall() == []


@pytest.mark.parametrize("database, role", OUTSIDERS)
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT eventflow.require_event_version(1, 1)",
        "CREATE TABLE eventflow.mine (x int)",
        "CREATE FUNCTION eventflow.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE VIEW public.mine AS SELECT * FROM eventflow.users",
        "DROP SCHEMA eventflow CASCADE",
        "ALTER SCHEMA eventflow OWNER TO CURRENT_USER",
        "SET ROLE eventflow_api",
        "SET ROLE eventflow_owner",
        "SELECT lo_import('/etc/hostname')",
        "COPY (SELECT 1) TO PROGRAM 'true'",
    ],
)
def test_an_outsider_gets_nowhere_else(databases, database, role, statement):
    assert refusal(databases(database, role), statement) == DENIED


@pytest.mark.parametrize("database", DATABASES)
def test_nobody_but_owner_and_login_role_is_in_any_list_of_rights(databases, database):
    """Whatever role it is: each entry of schema, tables, columns and functions is looked at."""
    cursor = databases(database, "bootstrap")
    cursor.execute(LISTED_RIGHTS)
    assert cursor.fetchall() == []


@pytest.mark.parametrize("database, owner", [("migrated", "eventflow_owner"), ("supabase", "postgres")])
@pytest.mark.parametrize("role", ["bystander", "anon", "authenticated", "service_role", "eventflow_api"])
def test_a_table_that_a_later_change_makes_is_out_of_reach(databases, database, owner, role):
    """Even if the change forgets to take back what an owner gives by default, for the schema is shut."""
    cursor = databases(database, owner)
    cursor.execute("BEGIN")
    try:
        cursor.execute("CREATE TABLE eventflow.later (x int)")
        cursor.execute(REACHES_LATER, {"role": role})
        assert cursor.fetchone() == (False,)
    finally:
        cursor.execute("ROLLBACK")


# ---- The login role ------------------------------------------------------------------------------------------------


def expected_of_login_role(table, right):
    return {"SELECT": True, "INSERT": table in INSERT, "DELETE": table in DELETE}.get(right, False)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("database", DATABASES)
def test_the_login_role_s_statements(databases, tables, database, table):
    cursor, columns = databases(database, "eventflow_api"), tables[database][table]
    for right in ("SELECT", "INSERT", "DELETE", "TRUNCATE"):
        expected = None if expected_of_login_role(table, right) else DENIED
        assert refusal(cursor, fill(STATEMENTS[right], table, columns)) == expected, right
    for name in ("TRIGGER", "POLICY", "ALTER", "DROP"):
        assert refusal(cursor, fill(STATEMENTS[name], table, columns)) == DENIED, name
    changed = {
        column
        for column in columns
        if refusal(cursor, f"UPDATE eventflow.{table} SET {column} = {column} WHERE false") is None
    }
    assert changed == COLUMNS.get(table, set())


AUDIT = "eventflow.task_transitions"
ROW = "event_id, task_id, number, kind, to_state, event_version"


@pytest.mark.parametrize("database", DATABASES)
@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE {AUDIT} SET reason = 'never said'",
        f"DELETE FROM {AUDIT}",
        f"TRUNCATE {AUDIT}",
        "TRUNCATE eventflow.tasks CASCADE",
        "TRUNCATE eventflow.events CASCADE",
        f"INSERT INTO {AUDIT} ({ROW}) SELECT {ROW} FROM {AUDIT} ON CONFLICT (event_id, task_id, number)"
        " DO UPDATE SET reason = 'never said'",
        f"MERGE INTO {AUDIT} a USING {AUDIT} b ON a = b WHEN MATCHED THEN DELETE",
        f"SELECT * FROM {AUDIT} FOR UPDATE",
        f"ALTER TABLE {AUDIT} DISABLE TRIGGER ALL",
        f"ALTER TABLE {AUDIT} ALTER COLUMN reason TYPE char(1)",
        f"DROP TABLE {AUDIT} CASCADE",
        f"DROP TRIGGER task_transitions_append_only ON {AUDIT}",
        f"CREATE RULE mine AS ON INSERT TO {AUDIT} DO INSTEAD NOTHING",
        "SET session_replication_role = replica",
        f"LOCK TABLE {AUDIT} IN EXCLUSIVE MODE",
    ],
)
def test_the_login_role_cannot_change_the_audit_trail(databases, database, statement):
    cursor = databases(database, "eventflow_api")
    cursor.execute(f"SELECT count(*) FROM {AUDIT}")
    assert cursor.fetchone() > (0,), "there are rows that a change could reach"
    assert refusal(cursor, statement) == DENIED


@pytest.mark.parametrize("database", DATABASES)
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE SCHEMA mine",
        "CREATE TABLE eventflow.mine (x int)",
        "CREATE TABLE public.mine (x int)",
        "CREATE VIEW eventflow.mine AS SELECT 1",
        "CREATE MATERIALIZED VIEW eventflow.mine AS SELECT 1",
        "CREATE SEQUENCE eventflow.mine",
        "CREATE TYPE eventflow.mine AS ENUM ('x')",
        "CREATE DOMAIN public.mine AS int",
        "CREATE FUNCTION eventflow.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE OR REPLACE FUNCTION eventflow.refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
        "CREATE INDEX mine ON eventflow.users (name)",
        "CREATE EXTENSION dblink",
        "CREATE EXTENSION pgcrypto",
        "CREATE FOREIGN DATA WRAPPER mine",
        "CREATE PUBLICATION mine FOR ALL TABLES",
        "CREATE EVENT TRIGGER mine ON ddl_command_start EXECUTE FUNCTION eventflow.refuse_change()",
        "CREATE ROLE mine",
        "ALTER ROLE eventflow_api SUPERUSER",
        "ALTER ROLE eventflow_api BYPASSRLS",
        "ALTER ROLE eventflow_owner PASSWORD 'mine'",
        "DROP ROLE eventflow_owner",
        "GRANT eventflow_owner TO eventflow_api",
        "ALTER TABLE eventflow.users ADD COLUMN mine int",
        "ALTER TABLE eventflow.tasks OWNER TO eventflow_api",
        "ALTER TABLE eventflow.tasks DISABLE TRIGGER tasks_change",
        "ALTER TABLE eventflow.tasks DROP CONSTRAINT tasks_state_is_audited",
        "ALTER SCHEMA eventflow RENAME TO mine",
        "ALTER FUNCTION eventflow.refuse_change() RENAME TO mine",
        "DROP SCHEMA eventflow CASCADE",
        "DROP FUNCTION eventflow.refuse_change() CASCADE",
        "DROP POLICY eventflow_api ON eventflow.users",
        "DROP INDEX eventflow.users_page",
        "COMMENT ON TABLE eventflow.users IS 'mine'",
        "REINDEX TABLE eventflow.users",
        "SET ROLE eventflow_owner",
        "SET SESSION AUTHORIZATION eventflow_owner",
        "COPY eventflow.task_types TO '/tmp/eventflow-mine'",
        "COPY eventflow.task_types TO PROGRAM 'cat'",
        "COPY eventflow.task_types FROM PROGRAM 'id'",
        "COPY eventflow.task_types FROM '/etc/passwd'",
        "SELECT lo_import('/etc/passwd')",
        "SELECT lo_export(1, '/tmp/eventflow-mine')",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT pg_ls_dir('/')",
        "SELECT pg_reload_conf()",
        "SELECT passwd FROM pg_shadow",
        "SELECT rolpassword FROM pg_authid",
        "SET log_statement = 'none'",
        "LOAD '/tmp/mine.so'",
    ],
)
def test_the_login_role_reaches_no_definition_and_no_file(databases, database, statement):
    assert refusal(databases(database, "eventflow_api"), statement) == DENIED


@pytest.mark.parametrize("database", DATABASES)
def test_the_login_role_can_pass_on_no_right(databases, database):
    """PostgreSQL warns, and gives nothing."""
    cursor = databases(database, "eventflow_api")
    cursor.execute("BEGIN; GRANT SELECT ON eventflow.users TO PUBLIC; GRANT USAGE ON SCHEMA eventflow TO PUBLIC")
    cursor.execute(
        "SELECT has_table_privilege('bystander', 'eventflow.users', 'SELECT'),"
        " has_schema_privilege('bystander', 'eventflow', 'USAGE')"
    )
    assert cursor.fetchone() == (False, False)
    cursor.execute("ROLLBACK")


def test_the_login_role_reaches_nothing_of_the_supabase_project(databases):
    cursor = databases("supabase", "eventflow_api")
    for statement in (
        "SELECT * FROM auth.users",
        "SELECT auth.uid()",
        "SELECT * FROM public.notes",
        "INSERT INTO public.notes (note) VALUES ('x')",
        "SET ROLE authenticated",
        "SET ROLE service_role",
        "SET ROLE postgres",
    ):
        assert refusal(cursor, statement) == DENIED, statement


@pytest.mark.parametrize("database", DATABASES)
def test_the_login_role_has_no_attribute_and_no_membership(databases, database):
    cursor = databases(database, "bootstrap")
    cursor.execute(
        "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls, rolinherit, rolcanlogin"
        " FROM pg_roles WHERE rolname = 'eventflow_api'"
    )
    assert cursor.fetchone() == (False, False, False, False, False, False, True)
    cursor.execute("SELECT roleid::regrole::text FROM pg_auth_members WHERE member = 'eventflow_api'::regrole")
    assert cursor.fetchall() == []


@pytest.mark.parametrize("database", DATABASES)
def test_the_login_role_s_sessions_have_limits(databases, database):
    cursor = databases(database, "eventflow_api")
    for name, value in {
        "statement_timeout": "5s",
        "lock_timeout": "2s",
        "idle_in_transaction_session_timeout": "10s",
        "search_path": "eventflow",
    }.items():
        cursor.execute(f"SHOW {name}")
        assert cursor.fetchone() == (value,), name


# ---- The owner -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("database, owner", [("migrated", "eventflow_owner"), ("supabase", "postgres")])
@pytest.mark.parametrize("table", TABLES)
def test_the_owner_is_no_superuser_and_has_every_right(databases, database, owner, table):
    cursor = databases(database, "bootstrap")
    cursor.execute(
        "SELECT rolname, rolsuper FROM pg_class JOIN pg_roles r ON r.oid = relowner WHERE pg_class.oid = %s::regclass",
        (f"eventflow.{table}",),
    )
    assert cursor.fetchone() == (owner, False)
    cursor.execute(
        "SELECT r FROM unnest(%s) r WHERE NOT has_table_privilege(%s, %s, r)", (RIGHTS, owner, f"eventflow.{table}")
    )
    assert cursor.fetchall() == []


def test_the_accounts_of_the_supabase_project_are_left_alone(databases):
    """Neither a foreign key nor a trigger on auth.users: a failing one would keep people from signing up."""
    cursor = databases("supabase", "bootstrap")
    cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgrelid = 'auth.users'::regclass")
    assert cursor.fetchone() == (0,)
    cursor.execute("SELECT count(*) FROM pg_constraint WHERE confrelid = 'auth.users'::regclass")
    assert cursor.fetchone() == (0,)
