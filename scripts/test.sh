#!/bin/bash
# Every test, part by part, with the time of each. Called by ./quickstart test; with --long, the long parts too.
set -uo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
VAR=${EVENTFLOW_VAR:-$ROOT/var}
BUILD=${EVENTFLOW_BUILD:-$ROOT/build}
for part in common packages build; do
	. "$ROOT/scripts/$part.sh"
done

LONG=no
case "$*" in
'') ;;
--long) LONG=yes ;;
*) echo "usage: scripts/test.sh [--long]" >&2; exit 2 ;;
esac

passed=0
failed=0
times=

# Runs one part, and adds what it counted: TAP-like and pytest-like summaries are read from its output.
part() {
	local name=$1 began=$SECONDS output status line
	shift
	step "$name"
	output=$VAR/test-$name.log
	"$@" 2>&1 | tee "$output" | tail -n 40
	status=${PIPESTATUS[0]}
	count "$output" "$status"
	printf -v line '    %-16s %s in %d s' "$name" "$([ "$status" = 0 ] && echo passed || echo FAILED)" $((SECONDS - began))
	echo "$line"
	times+=$line$'\n'
}

# A part that takes long, run with --long alone.
long_part() {
	[ $LONG = no ] || part "$@"
}

count() {
	local output=$1 status=$2 good bad
	good=$(sed -nE 's/.*Passing: ([0-9]+).*/\1/p; s/(^|.* )([0-9]+) passed.*/\2/p; s/^# pass ([0-9]+)$/\1/p' "$output" | paste -sd+ | bc)
	bad=$(sed -nE 's/.*Failing: ([0-9]+).*/\1/p; s/(^|.* )([0-9]+) failed.*/\2/p; s/^# fail ([0-9]+)$/\1/p' "$output" | paste -sd+ | bc)
	passed=$((passed + ${good:-0}))
	failed=$((failed + ${bad:-0}))
	if [ "$status" != 0 ] && [ "${bad:-0}" = 0 ]; then
		failed=$((failed + 1)) # it ended before it could count
	fi
}

unit_tests() {
	make -C "$BUILD" --silent check || { cat "$BUILD/test-suite.log"; return 1; }
	cat "$BUILD/unit-tests.log"
}

pytest_in() {
	/usr/bin/python3 -m pytest -q -p no:cacheprovider "$ROOT/t/$1"
}

node_tests() {
	(cd "$ROOT/t/$1" && npm ci --silent --no-audit --no-fund && npm run --silent lint && npm test --silent)
}

command -v npm >/dev/null || TEST_PACKAGES+=(nodejs npm)
install_packages "${RUN_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
mkdir -p "$VAR"
if [ -f "$BUILD/Makefile" ] && ! grep -q '^CRITERION_LIBS = .' "$BUILD/Makefile"; then
	rm "$BUILD/Makefile" # it was configured before Criterion was there
fi
build
part unit unit_tests
part analysis "$ROOT/scripts/analysis.sh"
long_part analysis-long "$ROOT/scripts/analysis.sh" --long
part specification pytest_in specification
part sql pytest_in sql
part api pytest_in api
part supabase pytest_in supabase
part tokens pytest_in tokens
long_part tokens-long env EVENTFLOW_TEST_LONG=yes /usr/bin/python3 -m pytest -q -p no:cacheprovider "$ROOT/t/tokens/test_rotation.py"
part transport pytest_in transport
part attacks pytest_in attacks
part durability pytest_in durability
part scale pytest_in scale
part fault "$ROOT/t/fault/run"
long_part fault-long "$ROOT/t/fault/run" --long
long_part cluster pytest_in cluster
part browser node_tests browser
part fuzz "$ROOT/t/fuzz/run" 120

step "the parts"
printf %s "$times"
echo "$((SECONDS / 60)) min $((SECONDS % 60)) s in all"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
