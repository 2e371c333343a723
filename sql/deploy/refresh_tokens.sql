-- Sessions of the local issuer, and their refresh tokens.
BEGIN;

-- One login, and all the refresh tokens that follow from it. Whoever changes a session's tokens locks its row first.
CREATE TABLE eventflow.sessions (
	id uuid PRIMARY KEY,
	user_id uuid NOT NULL CONSTRAINT sessions_user REFERENCES eventflow.users ON DELETE CASCADE,
	created_at timestamptz NOT NULL DEFAULT now(),
	expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_of_user ON eventflow.sessions (user_id, expires_at);

-- A token is known by its SHA-256 alone. A spent one stays until it expires, so that its reuse is seen.
CREATE TABLE eventflow.refresh_tokens (
	token_hash bytea PRIMARY KEY CONSTRAINT refresh_tokens_sha256 CHECK (octet_length(token_hash) = 32),
	session_id uuid NOT NULL CONSTRAINT refresh_tokens_session REFERENCES eventflow.sessions ON DELETE CASCADE,
	created_at timestamptz NOT NULL DEFAULT now(),
	expires_at timestamptz NOT NULL,
	spent_at timestamptz
);
CREATE INDEX refresh_tokens_of_session ON eventflow.refresh_tokens (session_id, expires_at);
CREATE UNIQUE INDEX refresh_tokens_one_unspent ON eventflow.refresh_tokens (session_id) WHERE spent_at IS NULL;

REVOKE ALL ON eventflow.sessions, eventflow.refresh_tokens FROM PUBLIC;
ALTER TABLE eventflow.sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE eventflow.refresh_tokens ENABLE ROW LEVEL SECURITY;
CREATE POLICY eventflow_api ON eventflow.sessions TO eventflow_api USING (true) WITH CHECK (true);
CREATE POLICY eventflow_api ON eventflow.refresh_tokens TO eventflow_api USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE, UPDATE (expires_at) ON eventflow.sessions TO eventflow_api;
GRANT SELECT, INSERT, DELETE, UPDATE (spent_at) ON eventflow.refresh_tokens TO eventflow_api;

UPDATE eventflow.schema_version SET version = 9;

COMMIT;
