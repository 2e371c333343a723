-- Reverts base.
BEGIN;

DROP TABLE eventflow.schema_version;
DROP FUNCTION eventflow.refuse_change;
DROP SCHEMA eventflow;
-- The login role stays: it may serve another database of the cluster.

COMMIT;
