-- Reverts reference.
BEGIN;

DROP TABLE eventflow.eligibility_mappings, eventflow.task_types, eventflow.user_types, eventflow.reference_version;
DROP FUNCTION eventflow.raise_reference_version;
UPDATE eventflow.schema_version SET version = 1;

COMMIT;
