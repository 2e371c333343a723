-- The schema, its version, and the login role.
BEGIN;

CREATE SCHEMA eventflow;
REVOKE ALL ON SCHEMA eventflow FROM PUBLIC;
DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'eventflow_api') THEN
		CREATE ROLE eventflow_api LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT;
	END IF;
END
$$;

CREATE TABLE eventflow.schema_version (
	only_row boolean PRIMARY KEY DEFAULT true CONSTRAINT schema_version_one_row CHECK (only_row),
	version integer NOT NULL
);
INSERT INTO eventflow.schema_version (version) VALUES (1);

-- The trigger of what is never changed: its argument is the name of the rule.
CREATE FUNCTION eventflow.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
	RAISE EXCEPTION '%.% is never changed by %', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP
		USING ERRCODE = '23514', CONSTRAINT = TG_ARGV[0];
END
$$;

COMMIT;
