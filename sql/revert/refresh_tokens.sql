-- Reverts refresh_tokens.
BEGIN;

DROP TABLE eventflow.refresh_tokens, eventflow.sessions;
UPDATE eventflow.schema_version SET version = 8;

COMMIT;
