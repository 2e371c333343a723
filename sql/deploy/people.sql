-- Users and their passwords.
BEGIN;

CREATE TABLE eventflow.users (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	name text NOT NULL CONSTRAINT users_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
	email text NOT NULL CONSTRAINT users_email_length CHECK (char_length(email) BETWEEN 1 AND 320),
	user_type_id uuid NOT NULL CONSTRAINT users_user_type REFERENCES eventflow.user_types,
	avatar_url text,
	is_active boolean NOT NULL DEFAULT true,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX users_email_unique ON eventflow.users (lower(email));
CREATE INDEX users_page ON eventflow.users (created_at, id);
CREATE TABLE eventflow.user_passwords (
	user_id uuid PRIMARY KEY CONSTRAINT user_passwords_user REFERENCES eventflow.users ON DELETE CASCADE,
	password_hash text NOT NULL CONSTRAINT user_passwords_bcrypt CHECK (password_hash ~ '^\$2[aby]\$10\$[./A-Za-z0-9]{53}$'),
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now()
);

UPDATE eventflow.schema_version SET version = 3;

COMMIT;
