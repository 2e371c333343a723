# Debian packages.

RUN_PACKAGES=(gcc make autoconf automake pkg-config libpq-dev libjson-c-dev libgnutls28-dev
	libcrypt-dev libcurl4-gnutls-dev libseccomp-dev postgresql postgresql-client spawn-fcgi multiwatch sqitch
	libdbd-pg-perl curl)
TEST_PACKAGES=(bc patch valgrind libcriterion-dev python3-pytest python3-psycopg2 python3-jsonschema python3-jwt
	python3-cryptography chromium systemd nginx-light lighttpd lighttpd-mod-openssl
	lighttpd-modules-lua apache2-bin libapache2-mod-fcgid pgbouncer)
FUZZ_PACKAGES=(clang libclang-rt-14-dev llvm libjansson-dev)
ANALYSIS_PACKAGES=(clang-format clang-tidy cppcheck)
CLUSTER_PACKAGES=(postgresql curl patroni etcd-server etcd-client haproxy)
COVERAGE_PACKAGES=(lcov)

missing_packages() {
	local package
	for package in "$@"; do
		if [ "$package" = nginx-light ] && command -v /usr/sbin/nginx >/dev/null; then
			continue # any nginx will do
		fi
		if [ "$package" = libcurl4-gnutls-dev ] && pkg-config --exists libcurl 2>/dev/null; then
			continue # so will any libcurl, and only one can be installed
		fi
		dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || echo "$package"
	done
}

install_packages() {
	local missing
	mapfile -t missing < <(missing_packages "$@")
	[ ${#missing[@]} -gt 0 ] || return 0
	step "installing ${#missing[@]} packages: ${missing[*]}"
	local sudo=()
	if [ "$(id -u)" != 0 ]; then
		command -v sudo >/dev/null || die "these packages are missing, and there is no sudo; as root: apt-get install ${missing[*]}"
		sudo=(sudo)
	fi
	"${sudo[@]}" apt-get update -qq
	"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}
