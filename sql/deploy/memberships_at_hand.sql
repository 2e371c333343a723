-- A user has the ids of the events of which the user is a member at hand: every request that is about one event asks for that, and a
-- look into event_members was a quarter of what that cost. event_members stays what is true, and the database keeps both in step.
BEGIN;

SET LOCAL statement_timeout = 0;
LOCK TABLE eventflow.users, eventflow.event_members IN ACCESS EXCLUSIVE MODE;
ALTER TABLE eventflow.users ADD event_ids uuid[] NOT NULL DEFAULT '{}';
ALTER TABLE eventflow.users ALTER event_ids SET STORAGE EXTERNAL; -- random bytes, which no compression makes smaller
UPDATE eventflow.users u SET event_ids = ARRAY(SELECT m.event_id FROM eventflow.event_members m WHERE m.user_id = u.id ORDER BY m.event_id);

-- Whatever is set, they are those of event_members. When this looks there, the user's row is locked: so the second of two who change
-- memberships of one user sees those of the first, or is refused (40001) where its snapshot is older than that.
CREATE FUNCTION eventflow.set_events_of_user() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
	NEW.event_ids := ARRAY(SELECT m.event_id FROM eventflow.event_members m WHERE m.user_id = NEW.id ORDER BY m.event_id);
	RETURN NEW;
END
$$;
CREATE TRIGGER users_events BEFORE INSERT OR UPDATE OF event_ids ON eventflow.users
	FOR EACH ROW EXECUTE FUNCTION eventflow.set_events_of_user();

-- In the order of ids, and by its name before the trigger that raises the versions of the events: so two statements never wait for
-- each other, and nobody who waits for a user's row keeps the event's from the workers.
CREATE FUNCTION eventflow.pass_events_to_users() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
	PERFORM FROM eventflow.users u WHERE u.id IN (SELECT c.user_id FROM changed c) ORDER BY u.id FOR NO KEY UPDATE;
	-- To whatever they are set: the other trigger knows them.
	UPDATE eventflow.users u SET event_ids = '{}' WHERE u.id IN (SELECT c.user_id FROM changed c);
	RETURN NULL;
END
$$;
CREATE TRIGGER event_members_at_hand_deleted AFTER DELETE ON eventflow.event_members
	REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION eventflow.pass_events_to_users();
CREATE TRIGGER event_members_at_hand_inserted AFTER INSERT ON eventflow.event_members
	REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION eventflow.pass_events_to_users();

-- A change of a type's rights locks its users in that order, too.
CREATE OR REPLACE FUNCTION eventflow.pass_rights_to_users() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
	IF TG_OP = 'UPDATE' AND OLD.rights <> NEW.rights AND current_setting('transaction_isolation') = 'repeatable read' THEN
		RAISE EXCEPTION 'the rights of a user type cannot be changed in a transaction that is REPEATABLE READ' USING ERRCODE = '25001';
	END IF;
	PERFORM FROM eventflow.users u WHERE u.user_type_id = coalesce(NEW.id, OLD.id) AND u.rights IS DISTINCT FROM NEW.rights
		ORDER BY u.id FOR NO KEY UPDATE;
	-- To whatever they are set: the other trigger knows them.
	UPDATE eventflow.users u SET rights = 0 WHERE u.user_type_id = coalesce(NEW.id, OLD.id) AND u.rights IS DISTINCT FROM NEW.rights;
	RETURN NULL;
END
$$;

-- Where rows are loaded without foreign keys and other triggers (session_replication_role = replica), in whatever order, too, one
-- behind the other; and what no trigger follows is refused there as anywhere. They rest while pg_restore --disable-triggers loads a
-- dump, which has the ids, and are ordinary triggers afterwards; and a subscriber of logical replication gets the ids with the users.
-- Should they ever differ, UPDATE eventflow.users SET event_ids = '{}' sets everybody's true ones.
ALTER TABLE eventflow.users ENABLE ALWAYS TRIGGER users_events;
ALTER TABLE eventflow.event_members ENABLE ALWAYS TRIGGER event_members_at_hand_deleted;
ALTER TABLE eventflow.event_members ENABLE ALWAYS TRIGGER event_members_at_hand_inserted;
ALTER TABLE eventflow.event_members ENABLE ALWAYS TRIGGER event_members_immutable;
REVOKE ALL ON FUNCTION eventflow.set_events_of_user, eventflow.pass_events_to_users FROM PUBLIC;

SELECT eventflow.revoke_from_data_api();

UPDATE eventflow.schema_version SET version = 19;

COMMIT;
