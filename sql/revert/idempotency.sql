-- Reverts idempotency.
BEGIN;

DROP TABLE eventflow.idempotency_keys;
DROP FUNCTION eventflow.take_idempotency_key;
UPDATE eventflow.schema_version SET version = 11;

COMMIT;
