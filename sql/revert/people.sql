-- Reverts people.
BEGIN;

DROP TABLE eventflow.user_passwords, eventflow.users;
UPDATE eventflow.schema_version SET version = 2;

COMMIT;
