-- Verifies people.
BEGIN;

SELECT id, name, email, user_type_id, avatar_url, is_active FROM eventflow.users WHERE false;
SELECT user_id, password_hash FROM eventflow.user_passwords WHERE false;

ROLLBACK;
