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

RESULTS=$VAR/test-results # a line for each part: its name, its exit status, its seconds, what passed and what failed

# Runs one part, shows the end of what it printed, and notes its result.
part() {
	local name=$1 began=$SECONDS output=$VAR/test-$1.log status result
	shift
	step "$name"
	"$@" 2>&1 | tee "$output" | tail -n 40
	status=${PIPESTATUS[0]}
	result="$name $status $((SECONDS - began)) $(count "$output" "$status")"
	echo "$result" >>"$RESULTS"
	describe <<<"$result" >&3
}

# A part that takes long, run with --long alone.
long_part() {
	[ $LONG = no ] || part "$@"
}

# What passed and what failed: TAP-like and pytest-like summaries are read from a part's output.
count() {
	local output=$1 status=$2 good bad
	good=$(sed -nE 's/.*Passing: ([0-9]+).*/\1/p; s/(^|.* )([0-9]+) passed.*/\2/p; s/^# pass ([0-9]+)$/\1/p' "$output" | paste -sd+ | bc)
	bad=$(sed -nE 's/.*Failing: ([0-9]+).*/\1/p; s/(^|.* )([0-9]+) failed.*/\2/p; s/^# fail ([0-9]+)$/\1/p' "$output" | paste -sd+ | bc)
	if [ "$status" != 0 ] && [ "${bad:-0}" = 0 ]; then
		bad=1 # it ended before it could count
	fi
	echo "${good:-0} ${bad:-0}"
}

# The lines of results, in words.
describe() {
	local name status seconds rest
	while read -r name status seconds rest; do
		printf '    %-16s %s in %d s\n' "$name" "$([ "$status" = 0 ] && echo passed || echo FAILED)" "$seconds"
	done
}

unit_tests() {
	make -C "$BUILD" --silent check || { cat "$BUILD/test-suite.log"; return 1; }
	cat "$BUILD/unit-tests.log"
}

# The tests of a folder or a file of t/, with stacks under var/test/ that no other part touches.
pytest_in() {
	EVENTFLOW_TEST_VAR=$VAR/test/${1%%/*} /usr/bin/python3 -m pytest -q -p no:cacheprovider "$ROOT/t/$1"
}

fault_tests() {
	EVENTFLOW_TEST_VAR=$VAR/test/fault "$ROOT/t/fault/run" "$@"
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

exec 3>&1
rm -f "$RESULTS"

# These mostly wait, so they run one after the other beside those that compute. What they print is shown when all are over.
waiting_parts() {
	part supabase pytest_in supabase
	part tokens pytest_in tokens
	EVENTFLOW_TEST_LONG=yes long_part tokens-long pytest_in tokens/test_rotation.py
	part transport pytest_in transport
	part durability pytest_in durability
	part browser node_tests browser
}

set -m # in a process group of its own, that can be ended
waiting_parts >"$VAR/test-waiting.log" 2>&1 &
WAITING=$!
set +m
trap 'kill -- -$WAITING 2>/dev/null' EXIT
part unit unit_tests
part analysis "$ROOT/scripts/analysis.sh"
long_part analysis-long "$ROOT/scripts/analysis.sh" --long
part specification pytest_in specification
part sql pytest_in sql
part api pytest_in api
part attacks pytest_in attacks
wait $WAITING
trap - EXIT
cat "$VAR/test-waiting.log"
part scale pytest_in scale
part fault fault_tests
long_part fault-long fault_tests --long
long_part cluster pytest_in cluster
part fuzz "$ROOT/t/fuzz/run" 120
long_part sanitizers "$ROOT/scripts/sanitizers.sh"
long_part valgrind "$ROOT/scripts/valgrind.sh"
long_part coverage make -C "$BUILD" --silent coverage

step "the parts"
describe <"$RESULTS"
echo "$((SECONDS / 60)) min $((SECONDS % 60)) s in all"
awk '{ passed += $4; failed += $5 } END { print passed " passed, " failed " failed"; exit failed > 0 }' "$RESULTS"
