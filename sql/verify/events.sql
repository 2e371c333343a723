-- Verifies events.
BEGIN;

SELECT id, name, description, version FROM eventflow.events WHERE false;
SELECT event_id, user_id FROM eventflow.event_members WHERE false;
SELECT 1 / (eventflow.require_event_version(2, NULL) = 2)::int;

ROLLBACK;
