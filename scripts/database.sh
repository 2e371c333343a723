# The database: the private cluster, or one of the user's own; migrations; sample data.

CLUSTER_PORT=5432 # of the socket's name alone: it listens on no address

# The newest PostgreSQL that is installed.
postgresql_bin() {
	local bin
	bin=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
	[ -n "$bin" ] || die "PostgreSQL is not installed (Debian package postgresql)"
	echo "$bin"
}

# psql as the owner; its password is in the environment, never on the command line.
owner_psql() {
	local url=$DATABASE_OWNER_URL password
	password=$(printf '%s\n' "$url" | sed -n 's|^[a-z]*://[^:/@]*:\([^@]*\)@.*|\1|p' | perl -pe 's/%([0-9A-Fa-f]{2})/chr hex $1/ge')
	url=$(printf '%s\n' "$url" | sed -e 's|^\([a-z]*://[^:/@]*\):[^@]*@|\1@|')
	PGPASSWORD=$password psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 "$@" "$url"
}

# The socket's path may have 107 bytes at most, so a long one is replaced by a short one.
socket_folder() {
	if [ ${#VAR} -le 60 ]; then
		echo "$VAR/postgresql"
	else
		echo "/tmp/eventflow-$(printf %s "$VAR" | cksum | cut -d' ' -f1)"
	fi
}

make_cluster() {
	local bin=$1 folder=$2 owner_password
	step "making a private PostgreSQL cluster in $VAR/postgresql"
	as_database_user "$bin/initdb" -D "$VAR/postgresql/data" --auth=peer --no-locale --encoding=UTF8 --no-instructions \
		>"$VAR/log/initdb.log" 2>&1 || die "initdb failed; see $VAR/log/initdb.log"
	as_database_user tee "$VAR/postgresql/data/pg_hba.conf" >/dev/null <<-END
		local all $DATABASE_USER peer
		local all all scram-sha-256
	END
	as_database_user tee -a "$VAR/postgresql/data/postgresql.conf" >/dev/null <<-END
		listen_addresses = ''
		unix_socket_directories = '$folder'
		port = $CLUSTER_PORT
		timezone = 'UTC'
		fsync = ${EVENTFLOW_FSYNC:-on}
		shared_preload_libraries = '${EVENTFLOW_PRELOAD:-}'
	END
}

start_cluster() {
	local bin folder
	bin=$(postgresql_bin)
	folder=$(socket_folder)
	mkdir -p "$VAR/postgresql" "$folder"
	touch "$VAR/log/postgresql.log"
	[ "$(id -u)" != 0 ] || chown postgres "$VAR/postgresql" "$folder" "$VAR/log/postgresql.log"
	[ -f "$VAR/postgresql/data/PG_VERSION" ] || [ "$(id -u)" = 0 ] && as_database_user test -f "$VAR/postgresql/data/PG_VERSION" ||
		make_cluster "$bin" "$folder"
	as_database_user "$bin/pg_ctl" -D "$VAR/postgresql/data" status >/dev/null 2>&1 ||
		as_database_user "$bin/pg_ctl" -D "$VAR/postgresql/data" -w -l "$VAR/log/postgresql.log" start >/dev/null ||
		die "PostgreSQL does not start; see $VAR/log/postgresql.log"
}

# The owner of the schema, who is no superuser, and its database.
make_owner() {
	local password=$1 folder
	folder=$(socket_folder)
	as_database_user psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 -h "$folder" -p $CLUSTER_PORT -d postgres <<-END
		SET password_encryption = 'scram-sha-256';
		CREATE ROLE eventflow_owner LOGIN NOSUPERUSER CREATEROLE CREATEDB PASSWORD '$password';
		CREATE DATABASE eventflow OWNER eventflow_owner;
		REVOKE TEMPORARY ON DATABASE eventflow FROM PUBLIC;
	END
	echo "DATABASE_OWNER_URL=postgresql://eventflow_owner:$password@/eventflow?host=$folder&port=$CLUSTER_PORT" |
		write_private "$VAR/owner.env" "$(id -un)"
}

# Decides whose database it is: EMBEDDED, OWNED (a foreign one that we migrate) or FOREIGN (one that we leave as it is).
open_database() {
	if [ -n "${DATABASE_OWNER_URL:-}" ]; then
		DATABASE_KIND=OWNED
		[ "$(setting_of "$VAR/owner.env" DATABASE_OWNER_URL)" = "$DATABASE_OWNER_URL" ] || OWNER_IS_NEW=yes
		echo "DATABASE_OWNER_URL=$DATABASE_OWNER_URL" | write_private "$VAR/owner.env" "$(id -un)"
	elif [ -n "${DATABASE_URL:-}" ]; then
		DATABASE_KIND=FOREIGN
	elif [ -f "$VAR/owner.env" ] && [ ! -d "$VAR/postgresql" ]; then
		DATABASE_KIND=OWNED
	elif [ ! -d "$VAR/postgresql" ] && [ -n "$(setting_of "$VAR/eventflow.env" DATABASE_URL)" ]; then
		DATABASE_KIND=FOREIGN
	else
		DATABASE_KIND=EMBEDDED
		step "starting PostgreSQL"
		start_cluster
		[ -f "$VAR/owner.env" ] || make_owner "$(random_secret)"
	fi
	: "${DATABASE_OWNER_URL:=$(setting_of "$VAR/owner.env" DATABASE_OWNER_URL)}"
	[ $DATABASE_KIND = FOREIGN ] || make_login_url
}

# The login role's URL: the owner's with another user and password. A pooler's user is "<role>.<project>".
make_login_url() {
	[ -z "${DATABASE_URL:-}" ] || return 0
	[ "${OWNER_IS_NEW:-no}" = yes ] || [ -z "$(setting_of "$VAR/eventflow.env" DATABASE_URL)" ] || return 0
	LOGIN_PASSWORD=$(random_secret)
	DATABASE_URL=$(printf '%s\n' "$DATABASE_OWNER_URL" |
		sed "s|^\([a-z]*://\)[^:/@.]*\(\.[^:/@]*\)\{0,1\}\(:[^@]*\)\{0,1\}@|\1eventflow_api\2:$LOGIN_PASSWORD@|")
}

migrate() {
	local wanted present
	if [ $DATABASE_KIND = FOREIGN ]; then
		step "DATABASE_URL is set without DATABASE_OWNER_URL: nothing is migrated"
		return
	fi
	wanted=$(grep -c '^[a-z]' "$ROOT/sql/sqitch.plan")
	present=$(owner_psql -At -c 'SELECT version FROM eventflow.schema_version' 2>/dev/null || true)
	if [ "$present" != "$wanted" ]; then
		step "migrating the database"
		DATABASE_OWNER_URL=$DATABASE_OWNER_URL "$ROOT/eventflow-migrate" up >"$VAR/log/migrate.log" 2>&1 ||
			die "the migration failed; see $VAR/log/migrate.log"
	fi
	if [ -n "${LOGIN_PASSWORD:-}" ]; then
		owner_psql <<<"SET password_encryption = 'scram-sha-256'; ALTER ROLE eventflow_api PASSWORD '$LOGIN_PASSWORD';"
	fi
}

# Asks Supabase Auth as its administrator; the key is never on a command line.
supabase_admin() {
	local path=$1
	shift
	curl -sS --max-time 20 -K - "$@" "$SUPABASE_URL/auth/v1/admin/$path" <<-END
		header = "apikey: $SUPABASE_SERVICE_ROLE_KEY"
		header = "Authorization: Bearer $SUPABASE_SERVICE_ROLE_KEY"
		header = "Content-Type: application/json"
		${SUPABASE_CA_FILE:+cacert = "$SUPABASE_CA_FILE"}
	END
}

# Makes a user at Supabase Auth and prints its id; one who is there already is found.
supabase_user() {
	local email=$1 answer
	answer=$(supabase_admin users -d "{\"email\":\"$email\",\"password\":\"eventflow-dev\",\"email_confirm\":true}")
	case $answer in
	*'"id"'*) ;;
	*) answer=$(supabase_admin "users?per_page=1000") ;;
	esac
	printf '%s' "$answer" | perl -MJSON::PP -0777 -e '
		my $answer = decode_json(<STDIN>);
		for my $user ($answer->{users} ? @{$answer->{users}} : $answer) {
			print $user->{id} if lc($user->{email} // "") eq $ARGV[0];
		}' "$email"
}

load_sample_data() {
	local variables=() name id
	[ ! -f "$VAR/sample-data" ] || return 0
	[ $DATABASE_KIND = EMBEDDED ] || [ $SAMPLE_DATA = yes ] || return 0
	[ $DATABASE_KIND != FOREIGN ] || die "--sample-data needs DATABASE_OWNER_URL: the login role may not write it"
	if [ "$(setting_of "$VAR/eventflow.env" ENVIRONMENT)" = production ]; then
		step "no sample data is loaded in production"
		return 0
	fi
	if [ -n "${SUPABASE_URL:-}" ]; then
		[ -n "${SUPABASE_SERVICE_ROLE_KEY:-}" ] || die "the sample users need SUPABASE_SERVICE_ROLE_KEY, to be made at Supabase Auth"
		step "making the sample users at Supabase Auth"
		for name in admin manager1 vendor1 coordinator1 customer1; do
			id=$(supabase_user "$name@eventflow.com")
			[ -n "$id" ] || die "Supabase Auth did not make $name@eventflow.com"
			variables+=(-v "${name%1}_id=$id")
		done
		variables+=(-v with_passwords=off)
	fi
	step "loading the sample data"
	owner_psql "${variables[@]}" -f "$ROOT/sql/seed.sql" >/dev/null
	touch "$VAR/sample-data"
}

stop_cluster() {
	local bin
	as_database_user test -f "$VAR/postgresql/data/PG_VERSION" 2>/dev/null || return 0
	bin=$(postgresql_bin)
	as_database_user "$bin/pg_ctl" -D "$VAR/postgresql/data" status >/dev/null 2>&1 || return 0
	as_database_user "$bin/pg_ctl" -D "$VAR/postgresql/data" -m fast -w stop >/dev/null
}
