-- Safe repeats: the answers that are kept under the Idempotency-Key of their requests.
BEGIN;

CREATE TABLE eventflow.idempotency_keys (
	user_id uuid NOT NULL CONSTRAINT idempotency_keys_user REFERENCES eventflow.users ON DELETE CASCADE,
	key text NOT NULL CONSTRAINT idempotency_keys_key_form CHECK (key ~ '^[ -~]{1,128}$'),
	fingerprint bytea NOT NULL CONSTRAINT idempotency_keys_sha256 CHECK (octet_length(fingerprint) = 32),
	answer text NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotency_keys_age ON eventflow.idempotency_keys (user_id, created_at);

-- Takes a user's key until the transaction ends; an error of its own if another transaction has it. So nothing that stands behind
-- this statement waits for the other one.
CREATE FUNCTION eventflow.take_idempotency_key(user_id uuid, key text) RETURNS void LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
	IF NOT pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtextextended(user_id::text || key, 0)) THEN
		RAISE EXCEPTION 'another request with this key is in flight' USING ERRCODE = 'EF409';
	END IF;
END
$$;

ALTER TABLE eventflow.idempotency_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY eventflow_api ON eventflow.idempotency_keys TO eventflow_api USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE, UPDATE (fingerprint, answer, created_at) ON eventflow.idempotency_keys TO eventflow_api;
GRANT EXECUTE ON FUNCTION eventflow.take_idempotency_key TO eventflow_api;
SELECT eventflow.revoke_from_data_api();

UPDATE eventflow.schema_version SET version = 12;

COMMIT;
