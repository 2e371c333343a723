-- The data of the benchmark, besides the sample data: users who are members of events, and in each event four instances of one
-- workflow of 25 nodes: five layers of five, the first DONE, the second TODO, the others waiting. It is loaded once, or in parts.
--
-- psql variables: users, events, members (of each event); first and last, the events of this part.
SELECT :first = 1 AS is_first_part \gset
\set template 70000004-0000-4000-8000-000000000001
BEGIN;

CREATE FUNCTION pg_temp.id(kind text, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
	$$ SELECT ('7000000' || kind || '-0000-4000-8000-' || lpad(number::text, 12, '0'))::uuid $$;

\if :is_first_part
INSERT INTO eventflow.users (id, name, email, user_type_id)
SELECT pg_temp.id('1', n), 'User ' || n, 'user' || n || '@example.com', (SELECT id FROM eventflow.user_types WHERE name = 'EventManager')
FROM generate_series(1, :users) n;

INSERT INTO eventflow.workflow_templates (id, version) VALUES (:'template', 1);
INSERT INTO eventflow.workflow_template_versions (workflow_id, version, name) VALUES (:'template', 1, 'Five layers');
INSERT INTO eventflow.workflow_template_nodes (workflow_id, version, position, node_id, task_type_id, label, metadata)
SELECT :'template', 1, n, 'node-' || n, k.id, 'Prepare part ' || n, jsonb_build_object('description', 'What part ' || n || ' needs, and who brings it.')
FROM generate_series(0, 24) n
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS position FROM eventflow.task_types) k ON k.position = n % 5 + 1;
INSERT INTO eventflow.workflow_template_edges (workflow_id, version, position, from_node_id, to_node_id)
SELECT :'template', 1, row_number() OVER (ORDER BY n, step), 'node-' || n, 'node-' || (n / 5 + 1) * 5 + (n + step) % 5
FROM generate_series(0, 19) n, generate_series(0, 1) step WHERE step = 0 OR n % 2 = 0;
\endif

INSERT INTO eventflow.events (id, name, description, created_at)
SELECT pg_temp.id('2', n), 'Event ' || n, 'The event number ' || n || ', with two hundred guests and a dinner.', now() - n * interval '1 minute'
FROM generate_series(:first, :last) n;

INSERT INTO eventflow.event_members (event_id, user_id)
SELECT pg_temp.id('2', e), pg_temp.id('1', (e * :members + m) % :users + 1)
FROM generate_series(:first, :last) e, generate_series(1, :members) m;

INSERT INTO eventflow.workflow_instances (event_id, id, workflow_id, workflow_version, created_by, created_at)
SELECT pg_temp.id('2', e), pg_temp.id('5', e * 10 + i), :'template', 1, pg_temp.id('1', (e * :members + 1) % :users + 1), now() - i * interval '1 day'
FROM generate_series(:first, :last) e, generate_series(0, 3) i;

CREATE TEMPORARY TABLE new_tasks AS
SELECT pg_temp.id('2', e) AS event_id, pg_temp.id('6', e * 1000 + i * 25 + position) AS id, pg_temp.id('5', e * 10 + i) AS workflow_instance_id,
	n.node_id, n.task_type_id, n.label, n.metadata ->> 'description' AS description, position / 5 AS rank, parents.count AS parents,
	CASE position / 5 WHEN 0 THEN 'DONE' WHEN 1 THEN 'TODO' ELSE 'BLOCKED' END AS state,
	CASE position / 5 WHEN 0 THEN 3 WHEN 1 THEN 2 ELSE 1 END AS transition_count, now() - i * interval '1 day' AS created_at
FROM generate_series(:first, :last) e
CROSS JOIN generate_series(0, 3) i
JOIN eventflow.workflow_template_nodes n ON n.workflow_id = :'template'
CROSS JOIN LATERAL (SELECT count(*)::integer FROM eventflow.workflow_template_edges d
	WHERE d.workflow_id = n.workflow_id AND d.to_node_id = n.node_id) parents;

CREATE TEMPORARY TABLE new_dependencies AS
SELECT p.event_id, p.id AS parent_id, c.id AS child_id FROM eventflow.workflow_template_edges d
JOIN new_tasks p ON p.node_id = d.from_node_id
JOIN new_tasks c ON c.event_id = p.event_id AND c.workflow_instance_id = p.workflow_instance_id AND c.node_id = d.to_node_id
WHERE d.workflow_id = :'template';

INSERT INTO eventflow.tasks (event_id, id, workflow_instance_id, node_id, task_type_id, label, description, state, open_parents, rank, transition_count, created_at, parent_ids, child_ids)
SELECT event_id, id, workflow_instance_id, node_id, task_type_id, label, description, state, CASE state WHEN 'BLOCKED' THEN parents ELSE 0 END, rank, transition_count, created_at,
	coalesce(p.ids, '{}'), coalesce(c.ids, '{}')
FROM new_tasks
LEFT JOIN (SELECT child_id AS id, array_agg(parent_id ORDER BY parent_id) AS ids FROM new_dependencies GROUP BY 1) p USING (id)
LEFT JOIN (SELECT parent_id AS id, array_agg(child_id ORDER BY child_id) AS ids FROM new_dependencies GROUP BY 1) c USING (id);

INSERT INTO eventflow.task_dependencies (event_id, parent_id, child_id) SELECT event_id, parent_id, child_id FROM new_dependencies;

INSERT INTO eventflow.task_transitions (event_id, task_id, number, kind, from_state, to_state, actor_id, reason, event_version)
SELECT event_id, id, 1, 'created', NULL, CASE WHEN rank = 0 THEN 'TODO' ELSE 'BLOCKED' END, pg_temp.id('1', 1), NULL, 1 FROM new_tasks
UNION ALL SELECT event_id, id, 2, 'state', 'TODO', 'IN_PROGRESS', pg_temp.id('1', 1), 'It begins.', 1 FROM new_tasks WHERE rank = 0
UNION ALL SELECT event_id, id, 3, 'state', 'IN_PROGRESS', 'DONE', pg_temp.id('1', 1), 'It is done.', 1 FROM new_tasks WHERE rank = 0
UNION ALL SELECT event_id, id, 2, 'state', 'BLOCKED', 'TODO', NULL, NULL, 1 FROM new_tasks WHERE rank = 1;

COMMIT;
