# The web server: nginx, lighttpd, or Apache with either of its modules, each with a main configuration of its own, and EventFlow's
# from conf/ with this machine's address and places.

WEB_SERVER=${WEB_SERVER:-nginx}

# Its name is that of its process, its folder and its log. APACHE_WORKERS is how Apache reaches the workers.
choose_web_server() {
	WORKERS_ARE_OURS=yes
	case $WEB_SERVER in
	nginx)
		SERVER_NAME=nginx
		RUN_PACKAGES+=(nginx-light)
		;;
	lighttpd)
		SERVER_NAME=lighttpd
		WORKERS_ARE_OURS=no
		RUN_PACKAGES+=(lighttpd lighttpd-modules-lua)
		;;
	apache-proxy)
		SERVER_NAME=apache
		APACHE_WORKERS=proxy
		RUN_PACKAGES+=(apache2-bin)
		;;
	apache-fcgid)
		SERVER_NAME=apache
		APACHE_WORKERS=fcgid
		WORKERS_ARE_OURS=no
		RUN_PACKAGES+=(apache2-bin libapache2-mod-fcgid)
		;;
	*) die "WEB_SERVER is nginx, lighttpd, apache-proxy or apache-fcgid" ;;
	esac
}

# Where the server finds conf/ and htdocs/: the checkout, or copies where it cannot reach it.
share_folder() {
	served_file "$ROOT/htdocs" >/dev/null
	dirname "$(served_file "$ROOT/conf")"
}

# A file of conf/ with this machine's places. The rate limits are for those who face the world: RATE_LIMITS=on leaves them in.
adapt() {
	local limits=(-e '/^[[:space:]]*limit_/d' -e '/rate_limits/d')
	[ "${RATE_LIMITS:-off}" != on ] || limits=()
	sed "${limits[@]}" -e "s|127\.0\.0\.1:8001|127.0.0.1:$PORT|" -e "s|^server.port = 8001|server.port = $PORT|" \
		-e "s|/run/eventflow|$VAR/run|" -e "s|/etc/eventflow/eventflow.env|$VAR/eventflow.env|" \
		-e "s|/usr/share/eventflow|$(share_folder)|" -e "s|/usr/bin|$(dirname "$(served_file "$BUILD/eventflow")")|" \
		-e "s|/var/log/lighttpd/error.log|$VAR/log/lighttpd.log|" -e "s|/var/log/lighttpd/eventflow.log|$VAR/log/worker.log|" \
		-e "s|\"max-procs\" => 2|\"max-procs\" => ${WORKERS:-2}|" "$ROOT/conf/$1"
}

write_nginx_configuration() {
	adapt nginx/eventflow.conf >"$VAR/nginx/eventflow.conf"
	cat >"$VAR/nginx/nginx.conf" <<-END
		$([ "$(id -u)" != 0 ] || echo "user $SERVER_USER;")
		worker_processes 2;
		pcre_jit on;
		worker_rlimit_nofile 8192;
		pid $VAR/run/nginx.pid;
		error_log $VAR/log/nginx.log;
		events { worker_connections 4096; }
		http {
			include /etc/nginx/mime.types;
			access_log off;
			client_body_temp_path $VAR/nginx/body;
			fastcgi_temp_path $VAR/nginx/fastcgi;
			proxy_temp_path $VAR/nginx/proxy;
			uwsgi_temp_path $VAR/nginx/uwsgi;
			scgi_temp_path $VAR/nginx/scgi;
			include $VAR/nginx/eventflow.conf;
		}
	END
}

write_lighttpd_configuration() {
	adapt lighttpd/eventflow.conf >"$VAR/lighttpd/eventflow.conf"
	touch "$VAR/log/lighttpd.log" "$VAR/log/worker.log"
	[ "$(id -u)" != 0 ] || chown "$SERVER_USER" "$VAR/log/lighttpd.log" "$VAR/log/worker.log"
}

apache_modules() {
	local module
	for module in mpm_event authz_core allowmethods env headers lua mime reqtimeout rewrite unique_id \
		$([ "$APACHE_WORKERS" = proxy ] && echo buffer proxy proxy_fcgi || echo fcgid); do
		echo "LoadModule ${module}_module /usr/lib/apache2/modules/mod_$module.so"
	done
	[ "$APACHE_WORKERS" = proxy ] ||
		printf '%s\n' "FcgidIPCDir $VAR/apache/workers" "FcgidProcessTableFile $VAR/apache/table" "FcgidIdleTimeout 0"
}

# One process with many threads: it is then one for the rate limits, too.
write_apache_configuration() {
	adapt "apache/eventflow-$APACHE_WORKERS.conf" >"$VAR/apache/eventflow.conf"
	cat >"$VAR/apache/apache.conf" <<-END
		ServerRoot $VAR/apache
		DefaultRuntimeDir $VAR/apache
		PidFile $VAR/run/apache.pid
		Mutex default:$VAR/apache
		ErrorLog $VAR/log/apache.log
		ServerName localhost
		ServerTokens Prod
		$(apache_modules)
		$([ "$(id -u)" != 0 ] || printf '%s\n' "User $SERVER_USER" "Group $SERVER_USER")
		TypesConfig /dev/null
		ServerLimit 1
		ThreadLimit 512
		ThreadsPerChild 512
		MaxRequestWorkers 512
		MinSpareThreads 1
		MaxSpareThreads 512
		AsyncRequestWorkerFactor 10
		GracefulShutdownTimeout 5
		Include $VAR/apache/eventflow.conf
	END
}

start_web_server() {
	step "starting $WEB_SERVER on http://127.0.0.1:$PORT"
	if (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; then
		die "port $PORT is in use; choose another: PORT=8002 ./quickstart"
	fi
	mkdir -p "$VAR/$SERVER_NAME"
	[ "$(id -u)" != 0 ] || chown "$SERVER_USER" "$VAR/$SERVER_NAME"
	"write_${SERVER_NAME}_configuration"
	echo "http://127.0.0.1:$PORT" >"$VAR/run/address"
	case $SERVER_NAME in
	nginx) setsid /usr/sbin/nginx -c "$VAR/nginx/nginx.conf" -e "$VAR/log/nginx.log" ;;
	lighttpd) setsid /usr/sbin/lighttpd -f "$VAR/lighttpd/eventflow.conf" 2>>"$VAR/log/lighttpd.log" ;;
	apache) setsid /usr/sbin/apache2 -f "$VAR/apache/apache.conf" 2>>"$VAR/log/apache.log" ;;
	esac </dev/null || die "$WEB_SERVER does not start; see $VAR/log/$SERVER_NAME.log"
}
