-- Events :first to :last with 20 members and 100 tasks each, in five instances of twenty, with dependencies and their audit trail.
-- Event 1 has :crowd tasks more. User 1 is a member of the first 50 events and of no other. The rows are sound, so the triggers rest.
SET session_replication_role = replica;

CREATE FUNCTION pg_temp.id(kind text, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
	$$ SELECT ('7000000' || kind || '-0000-4000-8000-' || lpad(number::text, 12, '0'))::uuid $$;

INSERT INTO eventflow.users (id, name, email, user_type_id)
SELECT pg_temp.id('1', n), 'User ' || n, 'user' || n || '@example.com', (SELECT id FROM eventflow.user_types WHERE name = 'EventManager')
FROM generate_series(1, 2000) n ON CONFLICT DO NOTHING;

INSERT INTO eventflow.events (id, name, description, created_at)
SELECT pg_temp.id('2', n), 'Event ' || n, 'With two hundred guests and a dinner.', timestamptz '2026-01-01' + n * interval '1 minute'
FROM generate_series(:first, :last) n;

INSERT INTO eventflow.event_members (event_id, user_id, created_at)
SELECT pg_temp.id('2', e), pg_temp.id('1', CASE m WHEN 0 THEN CASE WHEN e <= 50 THEN 1 ELSE 1900 END ELSE 2 + (e * 20 + m) % 1800 END),
	timestamptz '2026-02-01' + m * interval '1 second'
FROM generate_series(:first, :last) e, generate_series(0, 19) m;

INSERT INTO eventflow.workflow_instances (event_id, id, workflow_id, workflow_version, created_by, created_at)
SELECT pg_temp.id('2', e), pg_temp.id('5', e * 10 + i), (SELECT min(id::text)::uuid FROM eventflow.workflow_templates), 1,
	pg_temp.id('1', 1), timestamptz '2026-03-01' + i * interval '1 day'
FROM generate_series(:first, :last) e, generate_series(0, 4) i;

CREATE TEMPORARY TABLE new AS
SELECT e, i, p, pg_temp.id('6', e * 100000 + i * 20 + p) AS id, pg_temp.id('2', e) AS event_id
FROM generate_series(:first, :last) e
CROSS JOIN LATERAL generate_series(0, 4 + CASE e WHEN 1 THEN :crowd / 20 ELSE 0 END) i
CROSS JOIN generate_series(0, 19) p;

CREATE TEMPORARY TABLE new_dependencies AS
SELECT event_id, pg_temp.id('6', e * 100000 + i * 20 + p - step) AS parent_id, id AS child_id FROM new, (VALUES (1), (5)) s (step)
WHERE p >= step AND (step = 5 OR p % 5 <> 0);
CREATE INDEX ON new_dependencies (parent_id);
CREATE INDEX ON new_dependencies (child_id);
ANALYZE new_dependencies;

INSERT INTO eventflow.tasks (event_id, id, workflow_instance_id, node_id, task_type_id, label, description, state, open_parents, rank, created_at, parent_ids, child_ids)
SELECT event_id, new.id, CASE WHEN i < 5 THEN pg_temp.id('5', e * 10 + i) END, 'node-' || p, k.id, 'Prepare part ' || p,
	'What part ' || p || ' needs, and who brings it.', CASE p WHEN 0 THEN 'TODO' ELSE 'BLOCKED' END,
	CASE p WHEN 0 THEN 0 ELSE (p % 5 <> 0)::int + (p >= 5)::int END, p, timestamptz '2026-03-01' + i * interval '1 day',
	ARRAY(SELECT d.parent_id FROM new_dependencies d WHERE d.child_id = new.id ORDER BY 1),
	ARRAY(SELECT d.child_id FROM new_dependencies d WHERE d.parent_id = new.id ORDER BY 1)
FROM new JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS position, count(*) OVER () AS count FROM eventflow.task_types) k
	ON k.position = p % k.count;

INSERT INTO eventflow.task_dependencies (event_id, parent_id, child_id) SELECT event_id, parent_id, child_id FROM new_dependencies;

INSERT INTO eventflow.task_transitions (event_id, task_id, number, kind, to_state, actor_id, event_version)
SELECT event_id, id, 1, 'created', CASE p WHEN 0 THEN 'TODO' ELSE 'BLOCKED' END, pg_temp.id('1', 1), 1 FROM new;
