-- A user has the rights of the user type at hand: every request reads them, and the type's row was a fifth of what that cost. They are
-- one number, since six columns cost as much as that row: 1 view, 2 take, 4 move_state, 8 assign, 16 the type is a customer's, 32 an
-- admin's.
BEGIN;

SET LOCAL statement_timeout = 0;
-- In the order in which a request reads them.
LOCK TABLE eventflow.users, eventflow.user_types IN ACCESS EXCLUSIVE MODE;
ALTER TABLE eventflow.user_types ADD rights smallint NOT NULL GENERATED ALWAYS AS ((can_view::integer + 2 * can_take::integer
	+ 4 * can_move_state::integer + 8 * can_assign::integer + 16 * is_customer::integer
	+ 32 * (access_level = 'admin')::integer)::smallint) STORED;
ALTER TABLE eventflow.users ADD rights smallint NOT NULL DEFAULT 0;
UPDATE eventflow.users u SET rights = y.rights FROM eventflow.user_types y WHERE y.id = u.user_type_id;

-- Whatever is set, a user's rights are those of the type. The lock lets a change of the type's rights and a change of the user's type
-- happen one behind the other: the second sees the first. A type that does not exist is refused by its foreign key. A user is locked
-- before the type here, and behind it below: whoever changes both in one transaction changes the type first, or may be told of a
-- deadlock by another who does the same.
CREATE FUNCTION eventflow.set_rights_of_user() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
	SELECT y.rights INTO NEW.rights FROM eventflow.user_types y WHERE y.id = NEW.user_type_id FOR SHARE;
	NEW.rights := coalesce(NEW.rights, 0);
	RETURN NEW;
END
$$;
CREATE TRIGGER users_rights BEFORE INSERT OR UPDATE OF user_type_id, rights ON eventflow.users
	FOR EACH ROW EXECUTE FUNCTION eventflow.set_rights_of_user();

-- A snapshot that is older than the change would not show the users whom the type has got since. (SERIALIZABLE finds that out.)
CREATE FUNCTION eventflow.pass_rights_to_users() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
	IF TG_OP = 'UPDATE' AND OLD.rights <> NEW.rights AND current_setting('transaction_isolation') = 'repeatable read' THEN
		RAISE EXCEPTION 'the rights of a user type cannot be changed in a transaction that is REPEATABLE READ' USING ERRCODE = '25001';
	END IF;
	-- To whatever they are set: the other trigger knows them.
	UPDATE eventflow.users u SET rights = 0 WHERE u.user_type_id = coalesce(NEW.id, OLD.id) AND u.rights IS DISTINCT FROM NEW.rights;
	RETURN NULL;
END
$$;
CREATE TRIGGER user_types_rights AFTER INSERT OR UPDATE OR DELETE ON eventflow.user_types
	FOR EACH ROW EXECUTE FUNCTION eventflow.pass_rights_to_users();

-- Where rows are loaded without foreign keys and other triggers, in whatever order, too, one behind the other. Should they ever
-- differ, since these triggers were off: UPDATE eventflow.users SET rights = 0 sets everybody's true ones.
ALTER TABLE eventflow.users ENABLE ALWAYS TRIGGER users_rights;
ALTER TABLE eventflow.user_types ENABLE ALWAYS TRIGGER user_types_rights;
REVOKE ALL ON FUNCTION eventflow.set_rights_of_user, eventflow.pass_rights_to_users FROM PUBLIC;

SELECT eventflow.revoke_from_data_api();

UPDATE eventflow.schema_version SET version = 18;

COMMIT;
