-- Verifies memberships_at_hand.
BEGIN;

SELECT 1 / (count(*) = 0)::int FROM eventflow.users u
WHERE u.event_ids <> ARRAY(SELECT m.event_id FROM eventflow.event_members m WHERE m.user_id = u.id ORDER BY m.event_id);
SELECT 1 / (count(*) = 3)::int FROM pg_catalog.pg_trigger t
WHERE t.tgenabled = 'A' AND t.tgname IN ('users_events', 'event_members_users_inserted', 'event_members_users_deleted');

ROLLBACK;
