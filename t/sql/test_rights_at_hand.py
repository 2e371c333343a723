"""A user has the rights of the user type, whatever is done to either, and whoever else is at work."""

import pytest

ADMIN, MANAGER, VENDOR, CUSTOMER = (f"10000000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3, 5))
RIGHTS = {ADMIN: 32 + 15, MANAGER: 15, VENDOR: 7, CUSTOMER: 16 + 1}
RIGHTS_OF = "SELECT rights FROM eventflow.users WHERE email = %s"
NEW_USER = "INSERT INTO eventflow.users (name, email, user_type_id, rights) VALUES ('x', %s, %s, %s)"
NEW_TYPE = "UPDATE eventflow.users SET user_type_id = %s WHERE email = %s"
NO_TAKING = "UPDATE eventflow.user_types SET can_take = false WHERE id = %s"


def rights_of(cursor, email):
    cursor.execute(RIGHTS_OF, (email,))
    return cursor.fetchone()[0]


@pytest.mark.parametrize("user_type", RIGHTS)
@pytest.mark.parametrize("role", ["origin", "replica"])
def test_a_new_user_has_those_of_the_type(cluster, migrated, user_type, role):
    """As a replica, which knows no foreign keys and no other triggers, too: so are rows loaded."""
    statements = f"SET session_replication_role = {role}; BEGIN; {NEW_USER}; {RIGHTS_OF}" % (
        "'new@x'", f"'{user_type}'", 63, "'new@x'")
    assert cluster.psql(migrated, "-c", statements, role="bootstrap").strip() == str(RIGHTS[user_type])


def test_a_user_who_is_there_before_the_type_has_them_once_it_comes(cluster, migrated):
    unknown = "10000000-0000-4000-8000-000000000077"
    found = cluster.psql(
        migrated, "-c", "SET session_replication_role = replica; BEGIN; " + NEW_USER % ("'early@x'", f"'{unknown}'", 63),
        "-c", RIGHTS_OF % "'early@x'",
        "-c", f"INSERT INTO eventflow.user_types (id, name, can_move_state) VALUES ('{unknown}', 'Late', true)",
        "-c", RIGHTS_OF % "'early@x'", role="bootstrap")
    assert found.split() == ["0", "4"]


def test_a_user_whose_type_is_gone_has_none(cluster, migrated):
    found = cluster.psql(
        migrated, "-c", f"SET session_replication_role = replica; BEGIN; DELETE FROM eventflow.user_types WHERE id = '{VENDOR}'",
        "-c", RIGHTS_OF % "'vendor1@eventflow.com'", "-c", RIGHTS_OF % "'manager1@eventflow.com'", role="bootstrap")
    assert found.split() == ["0", "15"]


def test_the_repair_that_is_named_is_one(cluster, migrated):
    off = "ALTER TABLE eventflow.users {} TRIGGER users_rights"
    found = cluster.psql(
        migrated, "-c", "BEGIN; " + off.format("DISABLE"), "-c", "UPDATE eventflow.users SET rights = 63",
        "-c", off.format("ENABLE ALWAYS"), "-c", "UPDATE eventflow.users SET rights = 0",
        "-c", "SELECT DISTINCT user_type_id, rights FROM eventflow.users WHERE email LIKE '%@eventflow.com'")
    assert {line.split("|")[0]: int(line.split("|")[1]) for line in found.split()}.items() >= RIGHTS.items()


def test_nobody_sets_others(owner):
    owner.execute("UPDATE eventflow.users SET rights = 63")
    owner.execute("SELECT user_type_id::text, rights FROM eventflow.users")
    assert dict(owner.fetchall()).items() >= RIGHTS.items()


@pytest.mark.parametrize("column, bit", [
    ("can_view", 1), ("can_take", 2), ("can_move_state", 4), ("can_assign", 8), ("is_customer", 16)])
def test_each_change_of_the_type_is_one_of_its_users(owner, column, bit):
    before = rights_of(owner, "vendor1@eventflow.com"), rights_of(owner, "manager1@eventflow.com")
    owner.execute(f"UPDATE eventflow.user_types SET {column} = NOT {column} WHERE id = %s", (VENDOR,))
    assert rights_of(owner, "vendor1@eventflow.com") == before[0] ^ bit
    assert rights_of(owner, "manager1@eventflow.com") == before[1]


def test_an_admin_s_access_level_comes_and_goes(owner):
    change = "UPDATE eventflow.user_types SET access_level = %s WHERE id = %s"
    owner.execute(change, ("admin", VENDOR))
    assert rights_of(owner, "vendor1@eventflow.com") == 32 + 7
    owner.execute(change, ("regular", VENDOR))
    assert rights_of(owner, "vendor1@eventflow.com") == 7


def test_a_user_of_another_type_has_its_rights(owner):
    owner.execute(NEW_TYPE, (CUSTOMER, "vendor1@eventflow.com"))
    assert rights_of(owner, "vendor1@eventflow.com") == 16 + 1


@pytest.mark.parametrize("statement", [
    (NEW_USER, ("customer1@x", VENDOR, 0)), (NEW_TYPE, (VENDOR, "customer1@eventflow.com"))])
@pytest.mark.parametrize("type_comes_first", [True, False])
def test_a_change_of_the_type_and_one_of_a_user_see_each_other(sessions, statement, type_comes_first):
    connect, wait_for_waiting = sessions
    first, second, third = connect(), connect(), connect()
    changes = [(NO_TAKING, (VENDOR,)), statement]
    first.run(*changes[not type_comes_first])
    second.begin(*changes[type_comes_first])
    wait_for_waiting(1)
    first.end()
    second.end()
    third.run("SELECT DISTINCT rights FROM eventflow.users WHERE user_type_id = %s", (VENDOR,))
    assert third.cursor.fetchall() == [(5,)]
    third.end()


@pytest.mark.parametrize("isolation, sqlstate", [("REPEATABLE READ", "25001"), ("SERIALIZABLE", "40001")])
def test_a_change_of_the_type_misses_no_user_whom_its_snapshot_does_not_show(sessions, isolation, sqlstate):
    connect, _ = sessions
    first, second, third = connect(), connect(), connect()
    first.run(f"SET TRANSACTION ISOLATION LEVEL {isolation}")
    first.run("SELECT FROM eventflow.users")
    second.run(f"SET TRANSACTION ISOLATION LEVEL {isolation}")
    second.run(NEW_TYPE, (VENDOR, "customer1@eventflow.com"))
    second.end()
    first.run(NO_TAKING, (VENDOR,))
    first.commit()
    assert first.error.pgcode == sqlstate
    first.connection.close()
    third.run("SELECT DISTINCT rights FROM eventflow.users WHERE user_type_id = %s", (VENDOR,))
    assert third.cursor.fetchall() == [(7,)]
    third.end()


def test_another_change_of_the_type_is_let_through(owner):
    owner.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    owner.execute("UPDATE eventflow.user_types SET name = 'Supplier' WHERE id = %s", (VENDOR,))
    assert rights_of(owner, "vendor1@eventflow.com") == 7
