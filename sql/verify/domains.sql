-- Verifies domains.
BEGIN;

SELECT 'x'::eventflow.title, 'x'::eventflow.description, 'x'::eventflow.node_id, 'x'::eventflow.request_id, 'TODO'::eventflow.task_state,
	'state'::eventflow.transition_kind, 1::eventflow.ordinal, 0::eventflow.cardinality;
SELECT 1 / (count(*) = 1)::int FROM pg_catalog.pg_trigger t WHERE NOT t.tgisinternal AND t.tgname = 'task_transitions_sound';

ROLLBACK;
