-- Verifies reference.
BEGIN;

SELECT 1 / (count(*) = 1)::int FROM eventflow.reference_version;
SELECT id, name, access_level, is_customer, can_view, can_take, can_move_state, can_assign FROM eventflow.user_types WHERE false;
SELECT id, slug, name FROM eventflow.task_types WHERE false;
SELECT id, user_type_id, task_type_id FROM eventflow.eligibility_mappings WHERE false;

ROLLBACK;
