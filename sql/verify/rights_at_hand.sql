-- Verifies rights_at_hand.
BEGIN;

SELECT 1 / (count(*) = 0)::int FROM eventflow.users u JOIN eventflow.user_types y ON y.id = u.user_type_id WHERE u.rights <> y.rights;
SELECT 1 / (count(*) = 2)::int FROM pg_catalog.pg_trigger t
WHERE t.tgenabled <> 'D' AND t.tgname IN ('users_rights', 'user_types_rights');

ROLLBACK;
