-- Reverts rights_at_hand.
BEGIN;

LOCK TABLE eventflow.users, eventflow.user_types IN ACCESS EXCLUSIVE MODE;
DROP TRIGGER user_types_rights ON eventflow.user_types;
DROP TRIGGER users_rights ON eventflow.users;
DROP FUNCTION eventflow.set_rights_of_user, eventflow.pass_rights_to_users;
ALTER TABLE eventflow.users DROP rights;
ALTER TABLE eventflow.user_types DROP rights;
UPDATE eventflow.schema_version SET version = 17;

COMMIT;
