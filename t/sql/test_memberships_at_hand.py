"""A user has the ids of the events of which the user is a member, whatever is done, and whoever else is at work."""

import subprocess

import pytest

EVENT, OTHER = (f"70000000-0000-4000-8000-00000000000{number}" for number in (1, 2))
ADA, BOB = (f"71000000-0000-4000-8000-00000000000{number}" for number in (1, 2))
TYPE = "10000000-0000-4000-8000-000000000002"
PEOPLE = f"""
    INSERT INTO eventflow.events (id, name) VALUES ('{EVENT}', 'One'), ('{OTHER}', 'Other');
    INSERT INTO eventflow.users (id, name, email, user_type_id)
    VALUES ('{ADA}', 'Ada', 'ada@x', '{TYPE}'), ('{BOB}', 'Bob', 'bob@x', '{TYPE}')"""
JOIN = "INSERT INTO eventflow.event_members (event_id, user_id) VALUES (%s, %s)"
LEAVE = "DELETE FROM eventflow.event_members WHERE event_id = %s AND user_id = %s"
EVENTS_OF = "SELECT event_ids::text[] FROM eventflow.users WHERE id = %s"
TWO_OF = f"SELECT id, event_ids FROM eventflow.users WHERE id IN ('{ADA}', '{BOB}') ORDER BY id"
DIFFERENT = """
    SELECT count(*) FROM eventflow.users u WHERE u.event_ids <> ARRAY(
        SELECT m.event_id FROM eventflow.event_members m WHERE m.user_id = u.id ORDER BY m.event_id)"""


@pytest.fixture
def people(owner):
    """A cursor on a transaction with two events and two users, who are no members yet."""
    owner.execute(PEOPLE)
    return owner


@pytest.fixture
def crowd(sessions):
    """The same for several sessions, which see what has been committed."""
    connect, wait_for_waiting = sessions
    founder = connect()
    founder.run(PEOPLE)
    founder.end()
    return connect, wait_for_waiting


def events_of(cursor, user):
    cursor.execute(EVENTS_OF, (user,))
    return cursor.fetchone()[0]


def test_who_joins_and_leaves_has_them_at_hand(people):
    people.execute(JOIN, (OTHER, ADA))
    people.execute(JOIN, (EVENT, ADA))
    assert events_of(people, ADA) == [EVENT, OTHER]
    assert events_of(people, BOB) == []
    people.execute(LEAVE, (OTHER, ADA))
    assert events_of(people, ADA) == [EVENT]


def test_one_statement_may_be_about_many(people):
    people.execute(
        "INSERT INTO eventflow.event_members (event_id, user_id)"
        " SELECT e, u FROM unnest(%s::uuid[]) e, unnest(%s::uuid[]) u",
        ([EVENT, OTHER], [ADA, BOB]),
    )
    assert events_of(people, ADA) == events_of(people, BOB) == [EVENT, OTHER]
    people.execute("DELETE FROM eventflow.event_members WHERE user_id = ANY (%s::uuid[])", ([ADA, BOB],))
    assert events_of(people, ADA) == events_of(people, BOB) == []


def test_nobody_sets_others(people):
    people.execute(JOIN, (EVENT, ADA))
    people.execute("UPDATE eventflow.users SET event_ids = %s::uuid[]", ([OTHER],))
    assert events_of(people, ADA) == [EVENT]
    people.execute(DIFFERENT)
    assert people.fetchone() == (0,)
    people.execute(
        "INSERT INTO eventflow.users (name, email, user_type_id, event_ids) VALUES ('x', 'x@x', %s, %s::uuid[])"
        " RETURNING event_ids",
        (TYPE, [OTHER]),
    )
    assert people.fetchone() == ("{}",)


@pytest.mark.parametrize("members_come_first", [True, False])
def test_rows_that_are_loaded_without_other_triggers_have_them(cluster, migrated, members_come_first):
    """In whatever order."""
    joins = f"INSERT INTO eventflow.event_members (event_id, user_id) VALUES ('{EVENT}', '{ADA}'), ('{EVENT}', '{BOB}')"
    loaded = [PEOPLE, joins]
    if members_come_first:
        loaded.reverse()
    statements = ["SET session_replication_role = replica", "BEGIN", *loaded, TWO_OF]
    found = cluster.psql(migrated, *(part for one in statements for part in ("-c", one)), role="bootstrap")
    assert found.split() == [f"{user}|{{{EVENT}}}" for user in (ADA, BOB)]


@pytest.mark.parametrize("statement", [
    "UPDATE eventflow.event_members SET user_id = '{}'", "TRUNCATE eventflow.event_members"])
def test_what_is_not_followed_is_refused_there_too(cluster, migrated, statement):
    script = f"SET session_replication_role = replica; {statement.format(ADA)}"
    with pytest.raises(subprocess.CalledProcessError) as refusal:
        cluster.psql(migrated, "-v", "VERBOSITY=verbose", "-c", script, role="bootstrap")
    assert "event_members_immutable" in refusal.value.stderr
    assert int(cluster.psql(migrated, "-c", "SELECT count(*) FROM eventflow.event_members")) > 3


def test_the_repair_that_is_named_is_one(cluster, migrated):
    off = "ALTER TABLE eventflow.users {} TRIGGER users_events"
    statements = [
        "BEGIN",
        off.format("DISABLE"),
        f"UPDATE eventflow.users SET event_ids = ARRAY['{EVENT}'::uuid]",
        off.format("ENABLE ALWAYS"),
        DIFFERENT,
        "UPDATE eventflow.users SET event_ids = '{}'",
        DIFFERENT,
    ]
    before, after = cluster.psql(migrated, *(part for one in statements for part in ("-c", one))).split()
    assert int(before) > 3 and after == "0"


@pytest.mark.parametrize("first_change, second_change, expected", [
    ((JOIN, (EVENT, ADA)), (JOIN, (OTHER, ADA)), [EVENT, OTHER]),
    ((JOIN, (EVENT, ADA)), (LEAVE, (OTHER, ADA)), [EVENT]),
    ((LEAVE, (OTHER, ADA)), (JOIN, (EVENT, ADA)), [EVENT]),
])
def test_of_two_at_once_the_second_sees_the_first(crowd, first_change, second_change, expected):
    connect, wait_for_waiting = crowd
    if LEAVE in (first_change[0], second_change[0]):
        before = connect()
        before.run(JOIN, (OTHER, ADA))
        before.end()
    first, second, third = connect(), connect(), connect()
    first.run(*first_change)
    second.begin(*second_change)
    wait_for_waiting(1)
    first.end()
    second.end()
    assert events_of(third.cursor, ADA) == expected
    third.end()


@pytest.mark.parametrize("isolation", ["REPEATABLE READ", "SERIALIZABLE"])
def test_a_snapshot_that_does_not_show_the_other_change_changes_nothing(crowd, isolation):
    connect, _ = crowd
    first, second, third = connect(), connect(), connect()
    first.run(f"SET TRANSACTION ISOLATION LEVEL {isolation}")
    first.run("SELECT FROM eventflow.users")
    second.run(JOIN, (OTHER, ADA))
    second.end()
    first.run(JOIN, (EVENT, ADA))
    first.commit()
    assert first.error.pgcode == "40001"
    first.connection.close()
    assert events_of(third.cursor, ADA) == [OTHER]
    third.end()


def test_two_who_change_several_at_once_are_both_done(crowd):
    """Though each names the users in another order."""
    connect, wait_for_waiting = crowd
    both = "INSERT INTO eventflow.event_members (event_id, user_id) VALUES (%s, %s), (%s, %s)"
    holder, first, second, third = connect(), connect(), connect(), connect()
    holder.run("SELECT FROM eventflow.users WHERE id = %s FOR NO KEY UPDATE", (ADA,))
    first.connection.autocommit = second.connection.autocommit = True  # whoever of them comes first
    first.begin(both, (EVENT, ADA, EVENT, BOB))
    second.begin(both, (OTHER, BOB, OTHER, ADA))
    wait_for_waiting(2)
    holder.end()
    first.end()
    second.end()
    assert events_of(third.cursor, ADA) == events_of(third.cursor, BOB) == [EVENT, OTHER]
    third.end()


@pytest.mark.parametrize("joins_first", [True, False])
def test_a_change_of_rights_and_one_of_memberships_wait_for_each_other_in_one_order(crowd, joins_first):
    connect, wait_for_waiting = crowd
    changes = [
        ("INSERT INTO eventflow.event_members (event_id, user_id) VALUES (%s, %s), (%s, %s)", (EVENT, BOB, EVENT, ADA)),
        ("UPDATE eventflow.user_types SET can_take = false WHERE id = %s", (TYPE,)),
    ]
    holder, first, second, third = connect(), connect(), connect(), connect()
    holder.run("SELECT FROM eventflow.users WHERE id = %s FOR NO KEY UPDATE", (ADA,))
    first.connection.autocommit = second.connection.autocommit = True
    first.begin(*changes[not joins_first])
    wait_for_waiting(1)
    second.begin(*changes[joins_first])
    wait_for_waiting(2)
    holder.end()
    first.end()
    second.end()
    third.run("SELECT rights, event_ids::text[] FROM eventflow.users WHERE id IN (%s, %s)", (ADA, BOB))
    assert third.cursor.fetchall() == [(13, [EVENT])] * 2
    third.end()


def test_who_waits_for_a_user_does_not_keep_the_event_from_others(crowd):
    connect, wait_for_waiting = crowd
    holder, first, second = connect(), connect(), connect()
    holder.run("UPDATE eventflow.users SET name = 'Ada again' WHERE id = %s", (ADA,))
    first.begin(JOIN, (EVENT, ADA))
    wait_for_waiting(1)
    second.run("SELECT FROM eventflow.events WHERE id = %s FOR NO KEY UPDATE NOWAIT", (EVENT,))
    second.end()
    holder.end()
    first.end()
