-- A user has the rights of the user type at hand: every request reads them, and the type's row was a fifth of what that cost. They are
-- one number, since each column of an answer costs as much as another row's: 1 view, 2 take, 4 move_state, 8 assign, 16 the type is a
-- customer's, 32 an admin's.
BEGIN;

SET LOCAL statement_timeout = 0;
LOCK TABLE eventflow.user_types, eventflow.users IN ACCESS EXCLUSIVE MODE;
ALTER TABLE eventflow.user_types ADD rights smallint NOT NULL GENERATED ALWAYS AS ((can_view::integer + 2 * can_take::integer
	+ 4 * can_move_state::integer + 8 * can_assign::integer + 16 * is_customer::integer
	+ 32 * (access_level = 'admin')::integer)::smallint) STORED;
ALTER TABLE eventflow.users ADD rights smallint NOT NULL DEFAULT 0;
UPDATE eventflow.users u SET rights = y.rights FROM eventflow.user_types y WHERE y.id = u.user_type_id;

-- Whatever is set, a user's rights are those of the type. The lock lets a change of the type's rights and a change of the user's type
-- happen one behind the other: the second sees the first. A type that does not exist is refused by its foreign key.
CREATE FUNCTION eventflow.set_rights_of_user() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
	SELECT y.rights INTO NEW.rights FROM eventflow.user_types y WHERE y.id = NEW.user_type_id FOR SHARE;
	NEW.rights := coalesce(NEW.rights, 0);
	RETURN NEW;
END
$$;
CREATE TRIGGER users_rights BEFORE INSERT OR UPDATE OF user_type_id, rights ON eventflow.users
	FOR EACH ROW EXECUTE FUNCTION eventflow.set_rights_of_user();

CREATE FUNCTION eventflow.pass_rights_to_users() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
	UPDATE eventflow.users SET rights = NEW.rights WHERE user_type_id = NEW.id AND rights <> NEW.rights;
	RETURN NULL;
END
$$;
CREATE TRIGGER user_types_rights AFTER INSERT OR UPDATE ON eventflow.user_types
	FOR EACH ROW EXECUTE FUNCTION eventflow.pass_rights_to_users();

-- Where rows are loaded without triggers and foreign keys, in whatever order, too.
ALTER TABLE eventflow.users ENABLE ALWAYS TRIGGER users_rights;
ALTER TABLE eventflow.user_types ENABLE ALWAYS TRIGGER user_types_rights;
REVOKE ALL ON FUNCTION eventflow.set_rights_of_user, eventflow.pass_rights_to_users FROM PUBLIC;

SELECT eventflow.revoke_from_data_api();

UPDATE eventflow.schema_version SET version = 18;

COMMIT;
