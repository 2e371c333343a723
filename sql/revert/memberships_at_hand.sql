-- Reverts memberships_at_hand.
BEGIN;

LOCK TABLE eventflow.users, eventflow.event_members IN ACCESS EXCLUSIVE MODE;
DROP TRIGGER event_members_users_deleted ON eventflow.event_members;
DROP TRIGGER event_members_users_inserted ON eventflow.event_members;
DROP TRIGGER users_events ON eventflow.users;
DROP FUNCTION eventflow.set_events_of_user, eventflow.pass_events_to_users;
ALTER TABLE eventflow.users DROP event_ids;
UPDATE eventflow.schema_version SET version = 18;

COMMIT;
