-- A user has the ids of the events of which the user is a member at hand: every request that is about one event asks for that, and a
-- look into event_members was a quarter of what that cost. event_members stays what is true, and the database keeps both in step.
BEGIN;

SET LOCAL statement_timeout = 0;
LOCK TABLE eventflow.users, eventflow.event_members IN ACCESS EXCLUSIVE MODE;
ALTER TABLE eventflow.users ADD event_ids uuid[] NOT NULL DEFAULT '{}';
UPDATE eventflow.users u SET event_ids = ARRAY(SELECT m.event_id FROM eventflow.event_members m WHERE m.user_id = u.id ORDER BY m.event_id);

-- Whatever is set, they are those of event_members. The row of the user is locked already when this looks there, so that of two who
-- change the memberships of one user the second sees those of the first. (A snapshot that does not may not change the row: 40001.)
CREATE FUNCTION eventflow.set_events_of_user() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
	NEW.event_ids := ARRAY(SELECT m.event_id FROM eventflow.event_members m WHERE m.user_id = NEW.id ORDER BY m.event_id);
	RETURN NEW;
END
$$;
CREATE TRIGGER users_events BEFORE INSERT OR UPDATE OF event_ids ON eventflow.users
	FOR EACH ROW EXECUTE FUNCTION eventflow.set_events_of_user();

-- In the order of ids, and behind the events, so that two who change the memberships of several users do not wait for each other.
CREATE FUNCTION eventflow.pass_events_to_users() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
	PERFORM FROM eventflow.users u WHERE u.id IN (SELECT c.user_id FROM changed c) ORDER BY u.id FOR NO KEY UPDATE;
	-- To whatever they are set: the other trigger knows them.
	UPDATE eventflow.users u SET event_ids = '{}' WHERE u.id IN (SELECT c.user_id FROM changed c);
	RETURN NULL;
END
$$;
CREATE TRIGGER event_members_users_inserted AFTER INSERT ON eventflow.event_members
	REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION eventflow.pass_events_to_users();
CREATE TRIGGER event_members_users_deleted AFTER DELETE ON eventflow.event_members
	REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION eventflow.pass_events_to_users();

-- Where rows are loaded without foreign keys and other triggers, in whatever order, too. Should they ever differ, since these triggers
-- were off: UPDATE eventflow.users SET event_ids = '{}' sets everybody's true ones.
ALTER TABLE eventflow.users ENABLE ALWAYS TRIGGER users_events;
ALTER TABLE eventflow.event_members ENABLE ALWAYS TRIGGER event_members_users_inserted;
ALTER TABLE eventflow.event_members ENABLE ALWAYS TRIGGER event_members_users_deleted;
REVOKE ALL ON FUNCTION eventflow.set_events_of_user, eventflow.pass_events_to_users FROM PUBLIC;

SELECT eventflow.revoke_from_data_api();

UPDATE eventflow.schema_version SET version = 19;

COMMIT;
