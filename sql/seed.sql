-- Sample data: a small team, two events, and one workflow that has begun. It can be loaded again, and leaves alone what is there.
--
-- psql variables, all optional: admin_id, manager_id, vendor_id, coordinator_id, customer_id (the users' ids at Supabase);
-- with_passwords (off: the users log in at Supabase).
\if :{?admin_id}
\else
	\set admin_id 00000000-0000-4000-8000-000000000001
\endif
\if :{?manager_id}
\else
	\set manager_id 00000000-0000-4000-8000-000000000002
\endif
\if :{?vendor_id}
\else
	\set vendor_id 00000000-0000-4000-8000-000000000003
\endif
\if :{?coordinator_id}
\else
	\set coordinator_id 00000000-0000-4000-8000-000000000004
\endif
\if :{?customer_id}
\else
	\set customer_id 00000000-0000-4000-8000-000000000005
\endif
\if :{?with_passwords}
\else
	\set with_passwords on
\endif

BEGIN;

INSERT INTO eventflow.user_types (id, name, access_level, is_customer, can_view, can_take, can_move_state, can_assign) VALUES
	('10000000-0000-4000-8000-000000000001', 'SystemAdmin', 'admin', false, true, true, true, true),
	('10000000-0000-4000-8000-000000000002', 'EventManager', 'regular', false, true, true, true, true),
	('10000000-0000-4000-8000-000000000003', 'Vendor', 'regular', false, true, true, true, false),
	('10000000-0000-4000-8000-000000000004', 'Coordinator', 'regular', false, true, true, true, false),
	('10000000-0000-4000-8000-000000000005', 'Customer', 'regular', true, true, false, false, false)
ON CONFLICT DO NOTHING;

INSERT INTO eventflow.users (id, name, email, user_type_id) VALUES
	(:'admin_id', 'Ada Admin', 'admin@eventflow.com', '10000000-0000-4000-8000-000000000001'),
	(:'manager_id', 'Mara Manager', 'manager1@eventflow.com', '10000000-0000-4000-8000-000000000002'),
	(:'vendor_id', 'Viktor Vendor', 'vendor1@eventflow.com', '10000000-0000-4000-8000-000000000003'),
	(:'coordinator_id', 'Cleo Coordinator', 'coordinator1@eventflow.com', '10000000-0000-4000-8000-000000000004'),
	(:'customer_id', 'Casey Customer', 'customer1@eventflow.com', '10000000-0000-4000-8000-000000000005')
ON CONFLICT DO NOTHING;

\if :with_passwords
-- bcrypt of "eventflow-dev"
INSERT INTO eventflow.user_passwords (user_id, password_hash)
SELECT u.id, '$2b$10$EventFlowSampleDataSa.2X2FkZZjL2u7t.V.zCePimwZ7xE5oxS' FROM eventflow.users u
WHERE u.id IN (:'admin_id', :'manager_id', :'vendor_id', :'coordinator_id', :'customer_id')
ON CONFLICT DO NOTHING;
\endif

INSERT INTO eventflow.events (id, name, description) VALUES
	('20000000-0000-4000-8000-000000000001', 'Spring Conference', 'Three days and four hundred guests in the old harbour.'),
	('20000000-0000-4000-8000-000000000002', 'Board Retreat', 'A quiet weekend for twelve.')
ON CONFLICT DO NOTHING;

INSERT INTO eventflow.event_members (event_id, user_id) VALUES
	('20000000-0000-4000-8000-000000000001', :'manager_id'),
	('20000000-0000-4000-8000-000000000001', :'vendor_id'),
	('20000000-0000-4000-8000-000000000001', :'coordinator_id'),
	('20000000-0000-4000-8000-000000000001', :'customer_id'),
	('20000000-0000-4000-8000-000000000002', :'coordinator_id')
ON CONFLICT DO NOTHING;

INSERT INTO eventflow.task_types (id, slug, name) VALUES
	('30000000-0000-4000-8000-000000000001', 'venue-booking', 'Venue Booking'),
	('30000000-0000-4000-8000-000000000002', 'catering', 'Catering'),
	('30000000-0000-4000-8000-000000000003', 'av-setup', 'AV Setup'),
	('30000000-0000-4000-8000-000000000004', 'coordination', 'Coordination'),
	('30000000-0000-4000-8000-000000000005', 'inspection', 'Inspection')
ON CONFLICT DO NOTHING;

INSERT INTO eventflow.eligibility_mappings (user_type_id, task_type_id)
SELECT y.id, k.id FROM eventflow.user_types y, eventflow.task_types k
WHERE (y.name, k.slug) IN (
	('EventManager', 'venue-booking'), ('EventManager', 'catering'), ('EventManager', 'av-setup'),
	('EventManager', 'coordination'), ('EventManager', 'inspection'),
	('Vendor', 'venue-booking'), ('Vendor', 'catering'), ('Vendor', 'av-setup'),
	('Coordinator', 'venue-booking'), ('Coordinator', 'coordination'), ('Coordinator', 'inspection'))
ON CONFLICT DO NOTHING;

-- A diamond: the venue first, catering and equipment side by side, then coordination, and at last the inspection.
INSERT INTO eventflow.workflow_templates (id, version) VALUES ('40000000-0000-4000-8000-000000000001', 1) ON CONFLICT DO NOTHING;

INSERT INTO eventflow.workflow_template_versions (workflow_id, version, name, description, created_by)
SELECT '40000000-0000-4000-8000-000000000001', 1, 'Conference', 'From the venue to the last inspection.', :'admin_id'
ON CONFLICT DO NOTHING;

INSERT INTO eventflow.workflow_template_nodes (workflow_id, version, position, node_id, task_type_id, label, metadata)
SELECT '40000000-0000-4000-8000-000000000001', 1, n.position, n.node_id, k.id, n.label, jsonb_build_object('description', n.description)
FROM (VALUES
	(1, 'venue', 'venue-booking', 'Book the venue', 'Hall, foyer and two smaller rooms.'),
	(2, 'catering', 'catering', 'Order the catering', 'Lunch on three days, one dinner.'),
	(3, 'equipment', 'av-setup', 'Set up audio and video', 'Stage, two screens, recording.'),
	(4, 'coordination', 'coordination', 'Coordinate the day', 'Who is where, and when.'),
	(5, 'inspection', 'inspection', 'Inspect everything', 'The evening before.')
) AS n (position, node_id, slug, label, description)
JOIN eventflow.task_types k ON k.slug = n.slug
ON CONFLICT DO NOTHING;

INSERT INTO eventflow.workflow_template_edges (workflow_id, version, position, from_node_id, to_node_id)
SELECT '40000000-0000-4000-8000-000000000001', 1, d.position, d.from_node_id, d.to_node_id
FROM (VALUES (1, 'venue', 'catering'), (2, 'venue', 'equipment'), (3, 'catering', 'coordination'),
	(4, 'equipment', 'coordination'), (5, 'coordination', 'inspection')) AS d (position, from_node_id, to_node_id)
ON CONFLICT DO NOTHING;

-- One instance of it, unless it is there: its tasks have a life of their own since.
SELECT EXISTS (SELECT FROM eventflow.workflow_instances WHERE id = '50000000-0000-4000-8000-000000000001') AS has_instance \gset
\if :has_instance
\else
INSERT INTO eventflow.workflow_instances (event_id, id, workflow_id, workflow_version, created_by) VALUES
	('20000000-0000-4000-8000-000000000001', '50000000-0000-4000-8000-000000000001', '40000000-0000-4000-8000-000000000001', 1, :'admin_id');

INSERT INTO eventflow.tasks (event_id, id, workflow_instance_id, node_id, task_type_id, label, description, state, open_parents, rank)
SELECT '20000000-0000-4000-8000-000000000001', ('60000000-0000-4000-8000-00000000000' || n.position)::uuid,
	'50000000-0000-4000-8000-000000000001', n.node_id, n.task_type_id, n.label, n.metadata ->> 'description',
	CASE WHEN p.count = 0 THEN 'TODO' ELSE 'BLOCKED' END, p.count, CASE n.position WHEN 1 THEN 0 WHEN 2 THEN 1 WHEN 3 THEN 1 WHEN 4 THEN 2 ELSE 3 END
FROM eventflow.workflow_template_nodes n
CROSS JOIN LATERAL (SELECT count(*)::integer FROM eventflow.workflow_template_edges d
	WHERE d.workflow_id = n.workflow_id AND d.version = n.version AND d.to_node_id = n.node_id) p
WHERE n.workflow_id = '40000000-0000-4000-8000-000000000001' AND n.version = 1;

INSERT INTO eventflow.task_dependencies (event_id, parent_id, child_id)
SELECT p.event_id, p.id, c.id FROM eventflow.workflow_template_edges d
JOIN eventflow.tasks p ON p.workflow_instance_id = '50000000-0000-4000-8000-000000000001' AND p.node_id = d.from_node_id
JOIN eventflow.tasks c ON c.workflow_instance_id = '50000000-0000-4000-8000-000000000001' AND c.node_id = d.to_node_id
WHERE d.workflow_id = '40000000-0000-4000-8000-000000000001' AND d.version = 1;

WITH event AS (
	UPDATE eventflow.events SET version = version + 1 WHERE id = '20000000-0000-4000-8000-000000000001' RETURNING id, version)
INSERT INTO eventflow.task_transitions (event_id, task_id, number, kind, to_state, actor_id, event_version)
SELECT event.id, t.id, 1, 'created', t.state, :'admin_id', event.version FROM event
JOIN eventflow.tasks t ON t.event_id = event.id AND t.workflow_instance_id = '50000000-0000-4000-8000-000000000001';
\endif

COMMIT;
