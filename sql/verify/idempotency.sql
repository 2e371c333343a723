-- Verifies idempotency.
BEGIN;

SELECT user_id, key, fingerprint, answer, created_at FROM eventflow.idempotency_keys WHERE false;
SELECT 1 / has_table_privilege('eventflow_api', 'eventflow.idempotency_keys', 'INSERT')::int;
SELECT 1 / (NOT has_column_privilege('eventflow_api', 'eventflow.idempotency_keys', 'user_id', 'UPDATE'))::int;
SELECT eventflow.take_idempotency_key('00000000-0000-4000-8000-000000000000', 'verify');

ROLLBACK;
