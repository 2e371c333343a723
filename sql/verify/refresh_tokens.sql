-- Verifies refresh_tokens.
BEGIN;

SELECT id, user_id, created_at, expires_at FROM eventflow.sessions WHERE false;
SELECT token_hash, session_id, created_at, expires_at, spent_at FROM eventflow.refresh_tokens WHERE false;
SELECT 1 / has_table_privilege('eventflow_api', 'eventflow.refresh_tokens', 'INSERT')::int;
SELECT 1 / (NOT has_column_privilege('eventflow_api', 'eventflow.refresh_tokens', 'token_hash', 'UPDATE'))::int;

ROLLBACK;
