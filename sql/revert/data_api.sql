-- Reverts data_api.
BEGIN;

DROP FUNCTION eventflow.revoke_from_data_api;
UPDATE eventflow.schema_version SET version = 10;

COMMIT;
