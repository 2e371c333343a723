# The processes: workers, and the web server in front of them.

pid_of() {
	[ -f "$VAR/run/$1.pid" ] && cat "$VAR/run/$1.pid" 2>/dev/null || true
}

is_alive() {
	local pid
	pid=$(pid_of "$1")
	[ -n "$pid" ] && kill -0 "$pid" 2>/dev/null
}

# The processes that make a stack; where the web server starts the workers, they are not ours.
parts() {
	cat "$VAR/run/parts" 2>/dev/null || true
}

is_running() {
	local part
	[ -n "$(parts)" ] || return 1
	for part in $(parts); do
		is_alive "$part" || return 1
	done
}

# What the servers must be able to read: the checkout's own files, or copies where they cannot reach it.
served_file() {
	if [ "$REACHABLE" = yes ]; then
		echo "$1"
	else
		mkdir -p "$VAR/copy"
		rm -rf "$VAR/copy/$(basename "$1")"
		cp -r "$1" "$VAR/copy/"
		echo "$VAR/copy/$(basename "$1")"
	fi
}

check_settings() {
	EVENTFLOW_ENV_FILE=$VAR/eventflow.env "$BUILD/eventflow-check" >"$VAR/log/check.log" 2>&1 ||
		die "the settings are not right:
$(grep -v '^ok' "$VAR/log/check.log")"
}

start_workers() {
	local worker identity=()
	step "starting ${WORKERS:-2} workers"
	worker=$(served_file "$BUILD/eventflow")
	[ "$(id -u)" != 0 ] || identity=(-u "$SERVER_USER" -g "$SERVER_USER" -U "$SERVER_USER" -G "$SERVER_USER")
	rm -f "$VAR/run/eventflow.sock"
	EVENTFLOW_ENV_FILE=$VAR/eventflow.env setsid spawn-fcgi -n -s "$VAR/run/eventflow.sock" -M 0660 "${identity[@]}" -- \
		"$(command -v multiwatch)" -f "${WORKERS:-2}" -r 1000 -s TERM -- "$worker" </dev/null >>"$VAR/log/worker.log" 2>&1 &
	echo $! >"$VAR/run/workers.pid"
}

wait_until_ready() {
	local answer=
	for _ in $(seq 300); do
		answer=$(curl -s --max-time 5 "http://127.0.0.1:$PORT/readyz" || true)
		case $answer in *'"ok":true'*) return 0 ;; esac
		is_running || break
		sleep 0.1
	done
	tail -n 5 "$VAR/log/worker.log" >&2 || true
	die "the server did not become ready: ${answer:-no answer}; see $VAR/log"
}

print_addresses() {
	local url=http://127.0.0.1:$PORT
	cat <<-END

		  $url/docs           the API, to try out
		  $url/redoc          the API, to read
		  $url/openapi.json   its specification
		  $VAR/log            the logs
	END
	[ -f "$VAR/sample-data" ] || return 0
	cat <<-END

		  Sample logins: admin@, manager1@, vendor1@, coordinator1@ and customer1@eventflow.com, password eventflow-dev

		  curl -s $url/api/tasks -H "Authorization: Bearer \$(curl -s $url/api/auth/login -H 'Content-Type: application/json' -d '{"email":"manager1@eventflow.com","password":"eventflow-dev"}' | sed 's/.*"access_token":"\([^"]*\)".*/\1/')"

	END
}

print_status() {
	[ -d "$VAR/run" ] || return 0
	local part
	for part in $(parts); do
		echo "$part: $(is_alive $part && echo "running, process $(pid_of $part)" || echo "not running")"
	done
	echo "readiness: $(curl -s --max-time 5 "$(cat "$VAR/run/address" 2>/dev/null)/readyz" || true)"
}

# Ends a process and waits for it, 15 s at most.
end_process() {
	local signal=$1 pid
	pid=$(pid_of "$2")
	[ -n "$pid" ] && kill -"$signal" "$pid" 2>/dev/null || return 0
	for _ in $(seq 150); do
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.1
	done
	rm -f "$VAR/run/$2.pid"
}

stop_all() {
	trap - ERR
	[ -d "$VAR/run" ] || return 0
	step "stopping"
	end_process QUIT nginx
	end_process INT lighttpd
	end_process WINCH apache
	end_process TERM workers
	rm -f "$VAR/run/parts"
	stop_cluster
}
