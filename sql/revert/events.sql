-- Reverts events.
BEGIN;

DROP FUNCTION eventflow.require_event_version;
DROP TABLE eventflow.event_members, eventflow.events;
DROP FUNCTION eventflow.raise_versions_of_members;
UPDATE eventflow.schema_version SET version = 3;

COMMIT;
