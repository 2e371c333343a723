-- Verifies memberships_at_hand.
BEGIN;

SELECT 1 / (count(*) = 0)::int FROM eventflow.users u
WHERE u.event_ids <> ARRAY(SELECT m.event_id FROM eventflow.event_members m WHERE m.user_id = u.id ORDER BY m.event_id);
SELECT 1 / (count(*) = 4)::int FROM pg_catalog.pg_trigger t
WHERE t.tgrelid IN ('eventflow.users'::regclass, 'eventflow.event_members'::regclass) AND t.tgenabled <> 'D' AND t.tgname IN
	('users_events', 'event_members_at_hand_inserted', 'event_members_at_hand_deleted', 'event_members_immutable');

ROLLBACK;
