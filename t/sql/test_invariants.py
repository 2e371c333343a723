"""Every invariant is violated once; the database refuses it under the name of its rule, and takes what is legal."""

import psycopg2
import pytest

EVENT = "20000000-0000-4000-8000-000000000001"
OTHER_EVENT = "20000000-0000-4000-8000-000000000002"
INSTANCE = "50000000-0000-4000-8000-000000000001"
VENUE = "60000000-0000-4000-8000-000000000001"  # TODO, the root
CATERING = "60000000-0000-4000-8000-000000000002"  # BLOCKED, waits for the venue
ADMIN = "00000000-0000-4000-8000-000000000001"
TYPE = "30000000-0000-4000-8000-000000000001"
NOBODY = "90000000-0000-4000-8000-000000000001"


def insert_transition(number, kind, old, new, actor=ADMIN, reason="because", task=VENUE, from_assignee=None, to_assignee=None):
    quote = lambda value: "NULL" if value is None else f"'{value}'"
    values = ", ".join(map(quote, [EVENT, task, number, kind, old, new, from_assignee, to_assignee, actor, reason, 9]))
    return ("INSERT INTO eventflow.task_transitions (event_id, task_id, number, kind, from_state, to_state, from_assignee_id,"
            f" to_assignee_id, actor_id, reason, event_version) VALUES ({values})")


def move(state, number, task=VENUE):
    return f"UPDATE eventflow.tasks SET state = '{state}', transition_count = {number} WHERE id = '{task}'"


def finish_venue():
    return [move("IN_PROGRESS", 2), insert_transition(2, "state", "TODO", "IN_PROGRESS"),
            move("DONE", 3), insert_transition(3, "state", "IN_PROGRESS", "DONE")]


NOW = "SET CONSTRAINTS ALL IMMEDIATE"
NEW_TASKS_OF_INSTANCE = ("INSERT INTO eventflow.tasks (event_id, id, workflow_instance_id, task_type_id, label, state) SELECT"
                         " '{event}', gen_random_uuid(), i.id, '" + TYPE + "', 'x', 'TODO'"
                         " FROM (VALUES (NULL::uuid), ('" + INSTANCE + "'), ('{instance}')) AS i (id)")
NEW_TASK = ("INSERT INTO eventflow.tasks (event_id, id, task_type_id, label, state, open_parents, rank) VALUES"
            " ('{event}', '{id}', '" + TYPE + "', '{label}', '{state}', {open}, {rank})")


def new_task(event=EVENT, id="70000000-0000-4000-8000-000000000001", label="x", state="TODO", open=0, rank=0):
    return NEW_TASK.format(event=event, id=id, label=label, state=state, open=open, rank=rank)


SESSION = "80000000-0000-4000-8000-000000000001"


def new_session():
    return f"INSERT INTO eventflow.sessions (id, user_id, expires_at) VALUES ('{SESSION}', '{ADMIN}', now())"


def new_refresh_token(hash="x" * 32):
    return f"INSERT INTO eventflow.refresh_tokens (token_hash, session_id, expires_at) VALUES ('{hash}', '{SESSION}', now())"


def keep_answer(key="a", fingerprint="x" * 32, user=ADMIN):
    return f"INSERT INTO eventflow.idempotency_keys (user_id, key, fingerprint, answer) VALUES ('{user}', '{key}', '{fingerprint}', '{{}}')"


VIOLATIONS = [
    ("tasks_state_is_audited", [move("IN_PROGRESS", 2), NOW]),
    ("tasks_state_is_audited", [move("IN_PROGRESS", 1), NOW]),
    ("tasks_state_is_audited", [new_task(), NOW]),
    ("task_state", [move("PAUSED", 2)]),
    ("cardinality_not_negative", [f"UPDATE eventflow.tasks SET open_parents = -1 WHERE id = '{VENUE}'"]),
    ("tasks_waits_while_parents_are_open", [move("IN_PROGRESS", 2, CATERING)]),
    ("tasks_waits_while_parents_are_open", [new_task(open=1)]),
    ("tasks_done_is_final", [*finish_venue(), NOW, f"UPDATE eventflow.tasks SET label = 'y' WHERE id = '{VENUE}'"]),
    ("tasks_done_is_final", [*finish_venue(), NOW, f"UPDATE eventflow.tasks SET assignee_id = '{ADMIN}' WHERE id = '{VENUE}'"]),
    ("tasks_done_is_final", [*finish_venue(), NOW, f"UPDATE eventflow.tasks SET deleted_at = now() WHERE id = '{VENUE}'"]),
    ("tasks_identity_immutable", [f"UPDATE eventflow.tasks SET rank = 9 WHERE id = '{VENUE}'"]),
    ("tasks_identity_immutable", [f"UPDATE eventflow.tasks SET task_type_id = '30000000-0000-4000-8000-000000000002' WHERE id = '{VENUE}'"]),
    ("tasks_not_deleted_while_others_wait", [f"UPDATE eventflow.tasks SET deleted_at = now() WHERE id = '{VENUE}'"]),
    ("tasks_deletion_is_final", ["UPDATE eventflow.tasks SET deleted_at = now() WHERE node_id = 'inspection'",
                                 "UPDATE eventflow.tasks SET deleted_at = NULL WHERE node_id = 'inspection'"]),
    ("tasks_never_deleted", ["DELETE FROM eventflow.tasks"]),
    ("tasks_event", [new_task(event="20000000-0000-4000-8000-000000000009")]),
    ("tasks_instance", [NEW_TASKS_OF_INSTANCE.format(event=EVENT, instance=NOBODY)]),
    ("tasks_instance", [NEW_TASKS_OF_INSTANCE.format(event=OTHER_EVENT, instance=INSTANCE)]),
    ("title_length", [new_task(label="")]),
    ("task_dependencies_no_cycle", [f"INSERT INTO eventflow.task_dependencies VALUES ('{EVENT}', '{CATERING}', '{VENUE}')"]),
    ("task_dependencies_no_cycle", [f"INSERT INTO eventflow.task_dependencies VALUES ('{EVENT}', '{VENUE}', '{VENUE}')"]),
    ("task_dependencies_pkey", [f"INSERT INTO eventflow.task_dependencies VALUES ('{EVENT}', '{VENUE}', '{CATERING}')"]),
    ("task_dependencies_parent", [f"INSERT INTO eventflow.task_dependencies VALUES ('{OTHER_EVENT}', '{VENUE}', '{CATERING}')", NOW]),
    ("task_dependencies_child", [f"INSERT INTO eventflow.task_dependencies VALUES ('{EVENT}', '{VENUE}', gen_random_uuid())"]),
    ("task_dependencies_no_cycle", [f"INSERT INTO eventflow.task_dependencies SELECT '{EVENT}', p.id, c.id FROM eventflow.tasks p, eventflow.tasks c"
                                    f" WHERE p.event_id = '{EVENT}' AND c.event_id = '{EVENT}' AND p.rank <= c.rank ON CONFLICT DO NOTHING"]),
    ("tasks_dependencies_at_hand", [f"UPDATE eventflow.tasks SET child_ids = '{{}}' WHERE id = '{VENUE}'"]),
    ("tasks_dependencies_at_hand", [f"UPDATE eventflow.tasks SET parent_ids = '{{}}' WHERE id = '{CATERING}'"]),
    ("tasks_dependencies_at_hand", [*finish_venue(), NOW, f"UPDATE eventflow.tasks SET label = 'y', child_ids = '{{}}' WHERE id = '{VENUE}'"]),
    ("tasks_done_is_final", [*finish_venue(), NOW, f"UPDATE eventflow.tasks SET label = 'y', child_ids = child_ids WHERE id = '{VENUE}'"]),
    ("task_dependencies_immutable", ["DELETE FROM eventflow.task_dependencies"]),
    ("task_transitions_append_only", ["DELETE FROM eventflow.task_transitions"]),
    ("task_transitions_append_only", ["UPDATE eventflow.task_transitions SET reason = 'x'"]),
    ("task_transitions_append_only", ["TRUNCATE eventflow.task_transitions CASCADE"]),
    ("task_transitions_gapless", [insert_transition(3, "state", "TODO", "IN_PROGRESS")]),
    ("task_transitions_gapless", [insert_transition(2, "state", "IN_PROGRESS", "DONE")]),
    ("task_transitions_pkey", [insert_transition(1, "created", None, "TODO", reason=None)]),
    ("task_transitions_first_is_created", [insert_transition(2, "created", None, "TODO", reason=None)]),
    ("task_transitions_legal", [insert_transition(2, "state", "TODO", "DONE")]),
    ("task_transitions_legal", [insert_transition(2, "state", None, "IN_PROGRESS")]),
    ("task_transitions_legal", [insert_transition(2, "assignee", "TODO", "DONE", reason=None, to_assignee=ADMIN)]),
    ("task_transitions_engine_unlocks", [insert_transition(2, "state", "TODO", "IN_PROGRESS", actor=None, reason=None)]),
    ("task_transitions_reason", [insert_transition(2, "state", "TODO", "IN_PROGRESS", reason="")]),
    ("task_transitions_reason", [insert_transition(2, "state", "TODO", "IN_PROGRESS", reason=None)]),
    ("task_transitions_reason", [insert_transition(2, "state", "TODO", "IN_PROGRESS", reason="x" * 1001)]),
    ("task_transitions_assignee_changes", [insert_transition(2, "assignee", "TODO", "TODO", reason=None)]),
    ("task_transitions_assignee_changes", [insert_transition(2, "assignee", "TODO", "TODO", reason=None, from_assignee=ADMIN, to_assignee=ADMIN)]),
    ("task_transitions_assignee_changes", [insert_transition(2, "state", "TODO", "IN_PROGRESS", to_assignee=ADMIN)]),
    ("task_transitions_assignee_changes", [insert_transition(2, "state", "TODO", "IN_PROGRESS", from_assignee=ADMIN, to_assignee=ADMIN)]),
    ("task_transitions_legal", [insert_transition(2, "assignee", None, "TODO", reason=None, to_assignee=ADMIN)]),
    ("task_transitions_legal", [insert_transition(1, "created", None, "DONE", reason=None, task=NOBODY)]),
    ("task_transitions_task", [insert_transition(1, "created", None, "TODO", reason=None, task=NOBODY)]),
    ("task_transitions_gapless", [insert_transition(2, "state", "TODO", "IN_PROGRESS", task=NOBODY)]),
    ("task_transitions_actor", [insert_transition(2, "state", "TODO", "IN_PROGRESS", actor=NOBODY)]),
    ("ordinal_positive", [insert_transition(0, "state", "TODO", "IN_PROGRESS")]),
    ("transition_kind", [insert_transition(2, "moved", "TODO", "IN_PROGRESS")]),
    ("task_state", [insert_transition(2, "state", "TODO", "PAUSED")]),
    ("node_id_form", [f"UPDATE eventflow.tasks SET node_id = 'a b' WHERE id = '{VENUE}'"]),
    ("title_length", [f"UPDATE eventflow.events SET name = '' WHERE id = '{EVENT}'"]),
    ("description_length", [f"UPDATE eventflow.events SET description = repeat('x', 10001) WHERE id = '{EVENT}'"]),
    ("user_types_admin_is_no_customer", ["UPDATE eventflow.user_types SET is_customer = true WHERE name = 'SystemAdmin'"]),
    ("users_email_unique", ["UPDATE eventflow.users SET email = 'ADMIN@eventflow.com' WHERE name LIKE 'Mara%'"]),
    ("eligibility_mappings_pair_unique", ["INSERT INTO eventflow.eligibility_mappings (user_type_id, task_type_id) SELECT user_type_id, task_type_id FROM eventflow.eligibility_mappings"]),
    ("event_members_immutable", [f"UPDATE eventflow.event_members SET event_id = '{OTHER_EVENT}'"]),
    ("events_never_deleted", ["DELETE FROM eventflow.events"]),
    ("workflow_templates_never_deleted", ["DELETE FROM eventflow.workflow_templates"]),
    ("workflow_template_versions_immutable", ["UPDATE eventflow.workflow_template_versions SET name = 'x'"]),
    ("workflow_template_nodes_immutable", ["UPDATE eventflow.workflow_template_nodes SET label = 'x'"]),
    ("workflow_template_edges_immutable", ["DELETE FROM eventflow.workflow_template_edges"]),
    ("workflow_instances_immutable", ["DELETE FROM eventflow.workflow_instances"]),
    ("workflow_template_edges_no_self_edge", ["INSERT INTO eventflow.workflow_template_edges VALUES ('40000000-0000-4000-8000-000000000001', 1, 9, 'venue', 'venue')"]),
    ("workflow_template_edges_to", ["INSERT INTO eventflow.workflow_template_edges VALUES ('40000000-0000-4000-8000-000000000001', 1, 9, 'venue', 'nowhere')", NOW]),
    ("refresh_tokens_sha256", [new_session(), new_refresh_token("eventflow-dev")]),
    ("refresh_tokens_pkey", [new_session(), new_refresh_token(), new_refresh_token()]),
    ("refresh_tokens_one_unspent", [new_session(), new_refresh_token(), new_refresh_token("y" * 32)]),
    ("idempotency_keys_pkey", [keep_answer(), keep_answer()]),
    ("idempotency_keys_user", [keep_answer(user=EVENT)]),
    ("idempotency_keys_sha256", [keep_answer(fingerprint="x" * 31)]),
    ("idempotency_keys_key_form", [keep_answer("")]),
    ("idempotency_keys_key_form", [keep_answer("x" * 129)]),
    ("idempotency_keys_key_form", [keep_answer("caf\u00e9")]),
    ("idempotency_keys_key_form", [keep_answer("a\tb")]),
    ("user_passwords_bcrypt", ["UPDATE eventflow.user_passwords SET password_hash = 'eventflow-dev'"]),
]


@pytest.mark.parametrize("name, statements", VIOLATIONS, ids=[f"{i}-{name}" for i, (name, _) in enumerate(VIOLATIONS)])
def test_refused(owner, name, statements):
    with pytest.raises(psycopg2.IntegrityError) as caught:
        for statement in statements:
            owner.execute(statement)
    assert caught.value.diag.constraint_name == name
    assert owner.connection.get_transaction_status() == psycopg2.extensions.TRANSACTION_STATUS_INERROR


def test_a_legal_life_is_taken(owner):
    for statement in [*finish_venue(), NOW]:
        owner.execute(statement)


def version_of(owner, event):
    owner.execute("SELECT version FROM eventflow.events WHERE id = %s", (event,))
    return owner.fetchone()[0]


def test_a_change_of_membership_raises_the_event_s_version_once(owner):
    before, other = version_of(owner, EVENT), version_of(owner, OTHER_EVENT)
    owner.execute("DELETE FROM eventflow.event_members WHERE event_id = %s", (EVENT,))
    assert (version_of(owner, EVENT), version_of(owner, OTHER_EVENT)) == (before + 1, other)


def test_a_soft_delete_raises_the_event_s_version(owner):
    before = version_of(owner, EVENT)
    owner.execute("UPDATE eventflow.tasks SET deleted_at = now() WHERE node_id = 'inspection'")
    owner.execute(NOW)
    assert version_of(owner, EVENT) == before + 1


@pytest.mark.parametrize("statement", [
    "UPDATE eventflow.user_types SET can_take = false WHERE name = 'Vendor'",
    "UPDATE eventflow.task_types SET name = 'Food' WHERE slug = 'catering'",
    "DELETE FROM eventflow.eligibility_mappings",
    "INSERT INTO eventflow.workflow_templates (id, version) VALUES ('40000000-0000-4000-8000-000000000009', 1)",
])
def test_reference_data_raises_its_version(owner, statement):
    owner.execute("SELECT version FROM eventflow.reference_version")
    before = owner.fetchone()[0]
    owner.execute(statement)
    owner.execute("SELECT version FROM eventflow.reference_version")
    assert owner.fetchone()[0] > before


def test_an_expected_version_is_required(owner):
    owner.execute("SELECT eventflow.require_event_version(3, NULL), eventflow.require_event_version(3, 3)")
    assert owner.fetchone() == (3, 3)
    with pytest.raises(psycopg2.Error) as caught:
        owner.execute("SELECT eventflow.require_event_version(3, 2)")
    assert caught.value.pgcode == "EF412"
