-- Nothing here is for the roles of Supabase's Data API, whatever the owner gives them of all that it makes.
BEGIN;

-- Takes from everybody, and from each of those roles that is there, what they hold in this schema. Default rights of an owner for
-- all schemas cannot be taken back for one, so a change that makes anything ends with a call of this.
CREATE FUNCTION eventflow.revoke_from_data_api() RETURNS void LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
	grantee text;
BEGIN
	FOR grantee IN
		SELECT 'PUBLIC' UNION ALL SELECT quote_ident(r.rolname) FROM pg_catalog.pg_roles r
		WHERE r.rolname IN ('anon', 'authenticated', 'service_role', 'authenticator')
	LOOP
		EXECUTE format('REVOKE ALL ON SCHEMA eventflow FROM %s', grantee);
		EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA eventflow FROM %s', grantee);
		EXECUTE format('REVOKE ALL ON ALL SEQUENCES IN SCHEMA eventflow FROM %s', grantee);
		EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA eventflow FROM %s', grantee);
	END LOOP;
END
$$;
SELECT eventflow.revoke_from_data_api();

UPDATE eventflow.schema_version SET version = 11;

COMMIT;
