-- Events, their members and their versions.
BEGIN;

CREATE TABLE eventflow.events (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	name text NOT NULL CONSTRAINT events_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
	description text NOT NULL DEFAULT '' CONSTRAINT events_description_length CHECK (char_length(description) <= 10000),
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE eventflow.event_members (
	event_id uuid NOT NULL CONSTRAINT event_members_event REFERENCES eventflow.events,
	user_id uuid NOT NULL CONSTRAINT event_members_user REFERENCES eventflow.users,
	created_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (event_id, user_id)
);
CREATE INDEX event_members_of_user ON eventflow.event_members (user_id, event_id);
CREATE INDEX event_members_page ON eventflow.event_members (event_id, created_at, user_id);

-- A change of membership by whatever hand raises the versions of its events, in the order of their ids.
CREATE FUNCTION eventflow.raise_versions_of_members() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
	PERFORM FROM eventflow.events e WHERE e.id IN (SELECT c.event_id FROM changed c) ORDER BY e.id FOR NO KEY UPDATE;
	UPDATE eventflow.events e SET version = e.version + 1, updated_at = now() WHERE e.id IN (SELECT c.event_id FROM changed c);
	RETURN NULL;
END
$$;
CREATE TRIGGER event_members_inserted AFTER INSERT ON eventflow.event_members
	REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION eventflow.raise_versions_of_members();
CREATE TRIGGER event_members_deleted AFTER DELETE ON eventflow.event_members
	REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION eventflow.raise_versions_of_members();
CREATE TRIGGER event_members_immutable BEFORE UPDATE OR TRUNCATE ON eventflow.event_members
	FOR EACH STATEMENT EXECUTE FUNCTION eventflow.refuse_change('event_members_immutable');
CREATE TRIGGER events_never_deleted BEFORE DELETE OR TRUNCATE ON eventflow.events
	FOR EACH STATEMENT EXECUTE FUNCTION eventflow.refuse_change('events_never_deleted');

-- The version that the caller expects, or an error of its own: the last statement before COMMIT asks this.
CREATE FUNCTION eventflow.require_event_version(actual bigint, expected bigint) RETURNS bigint LANGUAGE plpgsql STABLE
	SET search_path = '' AS $$
BEGIN
	IF expected IS NOT NULL AND expected <> actual THEN
		RAISE EXCEPTION 'the event has version %, not %', actual, expected USING ERRCODE = 'EF412';
	END IF;
	RETURN actual;
END
$$;

UPDATE eventflow.schema_version SET version = 4;

COMMIT;
