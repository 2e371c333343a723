"""Rights: what the login role may do to each table, and that nobody else may do anything."""

import pytest

READ_ONLY = {"schema_version", "reference_version", "user_types", "users", "user_passwords", "event_members", "task_types", "eligibility_mappings"}
INSERT = {"workflow_templates", "workflow_template_versions", "workflow_template_nodes", "workflow_template_edges", "workflow_instances", "tasks", "task_dependencies", "task_transitions", "sessions", "refresh_tokens", "idempotency_keys"}
DELETE = {"sessions", "refresh_tokens", "idempotency_keys"}
COLUMNS = {
    "events": {"version", "updated_at"},
    "workflow_templates": {"version", "updated_at"},
    "tasks": {"state", "open_parents", "assignee_id", "transition_count", "updated_at"},
    "sessions": {"expires_at"},
    "refresh_tokens": {"spent_at"},
    "idempotency_keys": {"fingerprint", "answer", "created_at"},
}
TABLES = sorted(READ_ONLY | INSERT | {"events"})


def test_these_are_all_tables(owner):
    owner.execute("SELECT relname FROM pg_class WHERE relnamespace = 'eventflow'::regnamespace AND relkind = 'r' ORDER BY relname")
    assert [name for (name,) in owner.fetchall()] == TABLES


@pytest.mark.parametrize("table", TABLES)
def test_the_login_role(owner, table):
    owner.execute("SELECT has_table_privilege('eventflow_api', %s, right_) FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) right_", (f"eventflow.{table}",))
    assert [held for (held,) in owner.fetchall()] == [True, table in INSERT, False, table in DELETE, False, False, False]
    owner.execute("SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND has_column_privilege('eventflow_api', attrelid, attnum, 'UPDATE')", (f"eventflow.{table}",))
    assert {name for (name,) in owner.fetchall()} == COLUMNS.get(table, set())


@pytest.mark.parametrize("table", TABLES)
def test_row_level_security_is_on_with_one_policy(owner, table):
    owner.execute("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", (f"eventflow.{table}",))
    assert owner.fetchone() == (True, False)
    owner.execute("SELECT roles::text FROM pg_policies WHERE schemaname = 'eventflow' AND tablename = %s", (table,))
    assert owner.fetchall() == [("{eventflow_api}",)]


@pytest.mark.parametrize("table", TABLES)
def test_public_reaches_nothing(owner, table):
    owner.execute("SELECT count(*) FROM pg_class, aclexplode(relacl) acl WHERE oid = %s::regclass AND acl.grantee = 0", (f"eventflow.{table}",))
    assert owner.fetchone() == (0,)


def test_public_reaches_neither_schema_nor_functions(owner):
    owner.execute("SELECT count(*) FROM pg_namespace, aclexplode(nspacl) acl WHERE nspname = 'eventflow' AND acl.grantee = 0")
    assert owner.fetchone() == (0,)
    owner.execute("SELECT p.proname FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) acl WHERE p.pronamespace = 'eventflow'::regnamespace AND acl.grantee = 0")
    assert owner.fetchall() == []


def test_nobody_here_is_a_superuser(owner):
    owner.execute("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname IN ('eventflow_owner', 'eventflow_api') ORDER BY 1")
    assert owner.fetchall() == [("eventflow_api", False, False), ("eventflow_owner", False, False)]
