# What every part uses: messages, and who runs the servers.

step() {
	printf '\033[1m==>\033[0m %s\n' "$*"
}

# Ends with a message; what has been started is stopped first.
STARTING=no
die() {
	trap - ERR
	printf 'quickstart: %s\n' "$*" >&2
	if [ $STARTING = yes ]; then
		STARTING=no
		stop_all
	fi
	exit 1
}

# Servers never run as root: PostgreSQL is postgres', workers and web server are www-data's. An ordinary user runs all of them.
if [ "$(id -u)" = 0 ]; then
	DATABASE_USER=postgres
	SERVER_USER=www-data
	as_database_user() { (cd / && exec runuser -u postgres -- "$@"); }
else
	DATABASE_USER=$(id -un)
	SERVER_USER=$(id -un)
	as_database_user() { "$@"; }
fi

# Letters and digits, from 24 random bytes.
random_secret() {
	od -An -N24 -tx1 /dev/urandom | tr -d ' \n'
}

# The value of a setting in a file of settings; nothing if it is not there.
setting_of() {
	[ -f "$1" ] && sed -n "s/^$2=//p" "$1" | tail -n 1
	true
}

# A file that only its owner reads, written whole or not at all.
write_private() {
	local file=$1 owner=$2
	(umask 077 && cat >"$file.new")
	[ "$(id -u)" = 0 ] && chown "$owner" "$file.new"
	mv "$file.new" "$file"
}

# Where the folder of run-time files is, once it has been made.
find_var() {
	[ -d "$VAR" ] || { echo "EventFlow is not running: $VAR does not exist."; return 0; }
	VAR=$(cd "$VAR" && pwd -P)
}

# Makes the folder. Root's servers are other users: if those cannot reach the checkout (as under /root), it lies under /var/lib, and
# var is a link to it.
open_var() {
	REACHABLE=yes
	if [ "$(id -u)" = 0 ]; then
		mkdir -p "$(dirname "$VAR")"
		if ! runuser -u "$SERVER_USER" -- test -x "$ROOT" || ! runuser -u "$SERVER_USER" -- test -x "$(dirname "$VAR")"; then
			REACHABLE=no
			local elsewhere
			elsewhere=/var/lib/eventflow/$(printf %s "$VAR" | cksum | cut -d' ' -f1)
			mkdir -p "$elsewhere"
			[ -e "$VAR" ] || ln -s "$elsewhere" "$VAR"
			step "run-time files are in $elsewhere, because $SERVER_USER cannot reach $ROOT"
		fi
	fi
	mkdir -p "$VAR"
	VAR=$(cd "$VAR" && pwd -P)
	chmod 755 "$VAR"
	mkdir -p "$VAR/log" "$VAR/run"
	[ "$(id -u)" != 0 ] || chown "$SERVER_USER" "$VAR/run"
}
