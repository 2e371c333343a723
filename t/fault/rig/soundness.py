"""What must hold of the tables by themselves, whatever was done to them: each statement finds the rows for which it
does not.

The schema refuses most of this by itself; that is no reason not to look. The numbers are those of the checker's
invariants.
"""

AUDIT = "eventflow.task_transitions a"
CHOSEN = "(%(events)s::uuid[] IS NULL OR {}.event_id = ANY (%(events)s::uuid[]))"

STATEMENTS = {
    "I2 numbers without gaps, each from where the last one led": f"""
        SELECT task_id FROM (
            SELECT a.task_id, a.number, a.from_state, row_number() OVER w AS expected, lag(a.to_state) OVER w AS before
            FROM {AUDIT} WHERE {CHOSEN.format('a')}
            WINDOW w AS (PARTITION BY a.event_id, a.task_id ORDER BY a.number)) r
        WHERE number <> expected OR from_state IS DISTINCT FROM before""",
    "I2 the last transition is the task's state": f"""
        SELECT t.id FROM eventflow.tasks t LEFT JOIN LATERAL (
            SELECT a.number, a.to_state FROM {AUDIT} WHERE a.event_id = t.event_id AND a.task_id = t.id
            ORDER BY a.number DESC LIMIT 1) l ON true
        WHERE {CHOSEN.format('t')} AND (t.state, t.transition_count) IS DISTINCT FROM (l.to_state, l.number)""",
    "I3 only legal moves": f"""
        SELECT a.task_id FROM {AUDIT} WHERE {CHOSEN.format('a')} AND NOT CASE a.kind
            WHEN 'created' THEN a.number = 1 AND a.from_state IS NULL AND a.to_state IN ('BLOCKED', 'TODO')
            WHEN 'assignee' THEN a.from_state = a.to_state
            ELSE (a.from_state, a.to_state, a.actor_id IS NULL) IN (
                ('BLOCKED', 'TODO', true), ('TODO', 'IN_PROGRESS', false), ('IN_PROGRESS', 'DONE', false),
                ('IN_PROGRESS', 'BLOCKED', false), ('BLOCKED', 'IN_PROGRESS', false)) END""",
    "I4 nothing after DONE": f"""
        SELECT a.task_id FROM {AUDIT} WHERE {CHOSEN.format('a')} AND a.from_state = 'DONE'""",
    "I5 the assignee is what the transitions say": f"""
        SELECT task_id FROM (
            SELECT a.task_id, a.from_assignee_id, lag(a.to_assignee_id) OVER w AS before
            FROM {AUDIT} WHERE {CHOSEN.format('a')} AND a.kind = 'assignee'
            WINDOW w AS (PARTITION BY a.event_id, a.task_id ORDER BY a.number)) r
        WHERE from_assignee_id IS DISTINCT FROM before
        UNION ALL
        SELECT t.id FROM eventflow.tasks t LEFT JOIN LATERAL (
            SELECT a.to_assignee_id FROM {AUDIT}
            WHERE a.event_id = t.event_id AND a.task_id = t.id AND a.kind = 'assignee'
            ORDER BY a.number DESC LIMIT 1) l ON true
        WHERE {CHOSEN.format('t')} AND t.assignee_id IS DISTINCT FROM l.to_assignee_id""",
    "I6 a child is locked while a parent is open, and unlocked once after the last": f"""
        SELECT t.id FROM eventflow.tasks t
        CROSS JOIN LATERAL (
            SELECT count(*) AS all_of_them, count(*) FILTER (WHERE p.state <> 'DONE') AS open
            FROM eventflow.task_dependencies d JOIN eventflow.tasks p ON p.event_id = d.event_id AND p.id = d.parent_id
            WHERE d.event_id = t.event_id AND d.child_id = t.id) p
        CROSS JOIN LATERAL (
            SELECT count(*) AS unlocks, max(a.event_version) AS version FROM {AUDIT}
            WHERE a.event_id = t.event_id AND a.task_id = t.id AND a.kind = 'state' AND a.actor_id IS NULL) u
        LEFT JOIN LATERAL (
            SELECT max(a.event_version) AS version FROM eventflow.task_dependencies d
            JOIN {AUDIT} ON a.event_id = d.event_id AND a.task_id = d.parent_id AND a.to_state = 'DONE'
            WHERE d.event_id = t.event_id AND d.child_id = t.id) last ON true
        WHERE {CHOSEN.format('t')} AND t.deleted_at IS NULL AND (
            t.open_parents <> p.open OR (p.open > 0 AND t.state <> 'BLOCKED')
            OR u.unlocks <> CASE WHEN p.all_of_them > 0 AND p.open = 0 THEN 1 ELSE 0 END
            OR (u.unlocks = 1 AND u.version <> last.version))""",
    "I7 an instance has the nodes of its template": f"""
        SELECT coalesce(n.node_id, t.node_id) FROM (
            SELECT i.event_id, i.id, n.node_id, n.task_type_id, n.label FROM eventflow.workflow_instances i
            JOIN eventflow.workflow_template_nodes n ON n.workflow_id = i.workflow_id AND n.version = i.workflow_version
            WHERE {CHOSEN.format('i')}) n
        FULL JOIN (
            SELECT t.event_id, t.workflow_instance_id AS id, t.node_id, t.task_type_id, t.label FROM eventflow.tasks t
            WHERE {CHOSEN.format('t')} AND t.workflow_instance_id IS NOT NULL) t
            USING (event_id, id, node_id, task_type_id, label)
        WHERE n.* IS NULL OR t.* IS NULL""",
    "I7 an instance has the edges of its template": f"""
        SELECT coalesce(e.from_node_id, d.from_node_id) FROM (
            SELECT i.event_id, i.id, e.from_node_id, e.to_node_id FROM eventflow.workflow_instances i
            JOIN eventflow.workflow_template_edges e ON e.workflow_id = i.workflow_id AND e.version = i.workflow_version
            WHERE {CHOSEN.format('i')}) e
        FULL JOIN (
            SELECT d.event_id, p.workflow_instance_id AS id, p.node_id AS from_node_id, c.node_id AS to_node_id
            FROM eventflow.task_dependencies d
            JOIN eventflow.tasks p ON p.event_id = d.event_id AND p.id = d.parent_id
            JOIN eventflow.tasks c ON c.event_id = d.event_id AND c.id = d.child_id
            WHERE {CHOSEN.format('d')} AND p.workflow_instance_id IS NOT NULL) d
            USING (event_id, id, from_node_id, to_node_id)
        WHERE e.* IS NULL OR d.* IS NULL""",
    "I7 a task has the parents and children at hand that its dependencies name": f"""
        SELECT t.id FROM eventflow.tasks t WHERE {CHOSEN.format('t')} AND (
            t.parent_ids <> ARRAY(SELECT d.parent_id FROM eventflow.task_dependencies d
                WHERE d.event_id = t.event_id AND d.child_id = t.id ORDER BY d.parent_id)
            OR t.child_ids <> ARRAY(SELECT d.child_id FROM eventflow.task_dependencies d
                WHERE d.event_id = t.event_id AND d.parent_id = t.id ORDER BY d.child_id))""",
    "I8 what one request has changed was one transaction with a version of its own": f"""
        SELECT min(a.task_id::text) FROM {AUDIT} WHERE {CHOSEN.format('a')} AND a.request_id IS NOT NULL
        GROUP BY a.request_id
        HAVING count(DISTINCT a.xmin::text) > 1 OR count(DISTINCT (a.event_id, a.event_version)) > 1
        UNION ALL
        SELECT min(a.task_id::text) FROM {AUDIT} WHERE {CHOSEN.format('a')}
        GROUP BY a.event_id, a.event_version HAVING count(DISTINCT a.xmin::text) > 1
        UNION ALL
        SELECT min(a.task_id::text) FROM {AUDIT} WHERE {CHOSEN.format('a')}
        GROUP BY a.xmin::text HAVING count(DISTINCT (a.event_id, a.event_version)) > 1
        UNION ALL
        SELECT a.task_id::text FROM {AUDIT} JOIN eventflow.events e ON e.id = a.event_id
        WHERE {CHOSEN.format('a')} AND a.event_version > e.version""",
    "a user has the rights of the user type": """
        SELECT u.id FROM eventflow.users u JOIN eventflow.user_types y ON y.id = u.user_type_id
        WHERE u.rights <> y.rights""",
    "a user has the memberships at hand": """
        SELECT u.id FROM eventflow.users u WHERE u.event_ids <> ARRAY(
            SELECT m.event_id FROM eventflow.event_members m WHERE m.user_id = u.id ORDER BY m.event_id)""",
}


def violations(connection, events=None):
    """A line for each row that breaks an invariant; of the given events alone, or of all."""
    found = []
    with connection, connection.cursor() as cursor:
        for name, statement in STATEMENTS.items():
            cursor.execute(statement, {"events": events})
            found += [f"{name}: {row[0]}" for row in cursor.fetchall()]
    return found
