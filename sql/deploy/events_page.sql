-- An admin's list of events is read along an index too, page by page.
BEGIN;

CREATE INDEX events_page ON eventflow.events (created_at, id);

UPDATE eventflow.schema_version SET version = 14;

COMMIT;
