-- Verifies events_page.
BEGIN;

SELECT 1 / (count(*) = 1)::int FROM pg_catalog.pg_class c WHERE c.oid = 'eventflow.events_page'::regclass;

ROLLBACK;
