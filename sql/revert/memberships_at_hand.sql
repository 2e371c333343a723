-- Reverts memberships_at_hand.
BEGIN;

LOCK TABLE eventflow.users, eventflow.event_members IN ACCESS EXCLUSIVE MODE;
ALTER TABLE eventflow.event_members ENABLE TRIGGER event_members_immutable;
DROP TRIGGER event_members_at_hand_inserted ON eventflow.event_members;
DROP TRIGGER event_members_at_hand_deleted ON eventflow.event_members;
DROP TRIGGER users_events ON eventflow.users;
DROP FUNCTION eventflow.set_events_of_user, eventflow.pass_events_to_users;
CREATE OR REPLACE FUNCTION eventflow.pass_rights_to_users() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
	IF TG_OP = 'UPDATE' AND OLD.rights <> NEW.rights AND current_setting('transaction_isolation') = 'repeatable read' THEN
		RAISE EXCEPTION 'the rights of a user type cannot be changed in a transaction that is REPEATABLE READ' USING ERRCODE = '25001';
	END IF;
	-- To whatever they are set: the other trigger knows them.
	UPDATE eventflow.users u SET rights = 0 WHERE u.user_type_id = coalesce(NEW.id, OLD.id) AND u.rights IS DISTINCT FROM NEW.rights;
	RETURN NULL;
END
$$;
ALTER TABLE eventflow.users DROP event_ids;
UPDATE eventflow.schema_version SET version = 18;

COMMIT;
