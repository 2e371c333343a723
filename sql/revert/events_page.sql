-- Reverts events_page.
BEGIN;

DROP INDEX eventflow.events_page;
UPDATE eventflow.schema_version SET version = 13;

COMMIT;
