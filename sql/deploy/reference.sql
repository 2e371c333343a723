-- Reference data: user types, task types, eligibility mappings, and its version.
BEGIN;

CREATE TABLE eventflow.reference_version (
	only_row boolean PRIMARY KEY DEFAULT true CONSTRAINT reference_version_one_row CHECK (only_row),
	version bigint NOT NULL DEFAULT 1
);
INSERT INTO eventflow.reference_version DEFAULT VALUES;

CREATE FUNCTION eventflow.raise_reference_version() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
	UPDATE eventflow.reference_version SET version = version + 1;
	RETURN NULL;
END
$$;

CREATE TABLE eventflow.user_types (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	name text NOT NULL CONSTRAINT user_types_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
	access_level text NOT NULL DEFAULT 'regular' CONSTRAINT user_types_access_level CHECK (access_level IN ('admin', 'regular')),
	is_customer boolean NOT NULL DEFAULT false,
	can_view boolean NOT NULL DEFAULT false,
	can_take boolean NOT NULL DEFAULT false,
	can_move_state boolean NOT NULL DEFAULT false,
	can_assign boolean NOT NULL DEFAULT false,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT user_types_name_unique UNIQUE (name),
	CONSTRAINT user_types_admin_is_no_customer CHECK (NOT (access_level = 'admin' AND is_customer))
);
CREATE TABLE eventflow.task_types (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	slug text NOT NULL CONSTRAINT task_types_slug_form CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND char_length(slug) <= 200),
	name text NOT NULL CONSTRAINT task_types_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT task_types_slug_unique UNIQUE (slug)
);

CREATE TABLE eventflow.eligibility_mappings (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	user_type_id uuid NOT NULL CONSTRAINT eligibility_mappings_user_type REFERENCES eventflow.user_types,
	task_type_id uuid NOT NULL CONSTRAINT eligibility_mappings_task_type REFERENCES eventflow.task_types,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT eligibility_mappings_pair_unique UNIQUE (user_type_id, task_type_id)
);

CREATE TRIGGER user_types_raise_reference_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON eventflow.user_types
	FOR EACH STATEMENT EXECUTE FUNCTION eventflow.raise_reference_version();
CREATE TRIGGER task_types_raise_reference_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON eventflow.task_types
	FOR EACH STATEMENT EXECUTE FUNCTION eventflow.raise_reference_version();
CREATE TRIGGER eligibility_mappings_raise_reference_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON eventflow.eligibility_mappings
	FOR EACH STATEMENT EXECUTE FUNCTION eventflow.raise_reference_version();

UPDATE eventflow.schema_version SET version = 2;

COMMIT;
