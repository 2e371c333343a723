#!/bin/bash
# Measures which lines and branches the tests run, with every program built for gcov: prints a table, writes coverage/index.html, and
# fails where too little is run. Called by `make coverage`. Takes the suites to run (folders of t/); all that tell, if none is named.
set -uo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
VAR=${EVENTFLOW_VAR:-$ROOT/var}
BUILD=${EVENTFLOW_COVERAGE_BUILD:-$ROOT/build-coverage}
for part in common packages build; do
	. "$ROOT/scripts/$part.sh"
done

LCOV_OPTIONS=(--quiet --rc lcov_branch_coverage=1)

[ $# -gt 0 ] || set -- unit specification api transport tokens supabase durability

# Counters go to files that every user's processes can write, and can reach: the workers' too. Those of a process that has lost its
# environment go to the build.
open_counters() {
	local name
	COUNTERS=$(mktemp -d /tmp/eventflow-coverage.XXXXXX)
	trap 'rm -rf "$COUNTERS"' EXIT
	(cd "$BUILD" && find . -name '*.gcno') | while read -r name; do
		mkdir -p "$COUNTERS$BUILD/${name%/*}"
		: >"$COUNTERS$BUILD/${name%.gcno}.gcda"
	done
	chmod -R a+rwX "$COUNTERS"
	export GCOV_PREFIX=$COUNTERS
}

run_suite() {
	if [ "$1" = unit ]; then
		make -C "$BUILD" --silent check >/dev/null 2>&1
	else
		/usr/bin/python3 -m pytest -q -p no:cacheprovider "$ROOT/t/$1" | tail -n 3
	fi
}

# What the counters in the build say, as a file of lcov's. (geninfo's own warnings are of its Perl.)
capture() {
	lcov "${LCOV_OPTIONS[@]}" --capture --directory "$BUILD" --output-file "$BUILD/$1.info" 2> >(grep -v ' redefined at ' >&2)
}

# Adds up the counters of both places; gcov-tool, which could, crashes on some.
summarize() {
	capture here || return 1
	(cd "$COUNTERS$BUILD" && find . -name '*.gcda' -size +0 -exec cp --parents {} "$BUILD" \;)
	capture elsewhere || return 1
	lcov "${LCOV_OPTIONS[@]}" --add-tracefile "$BUILD/here.info" --add-tracefile "$BUILD/elsewhere.info" \
		--output-file "$BUILD/all.info" &&
		lcov "${LCOV_OPTIONS[@]}" --extract "$BUILD/all.info" "$ROOT/src/*" --output-file "$BUILD/coverage.info" &&
		genhtml --quiet --branch-coverage --legend --prefix "$ROOT" --title EventFlow --output-directory "$BUILD/coverage" \
			"$BUILD/coverage.info"
}

install_packages "${RUN_PACKAGES[@]}" "${TEST_PACKAGES[@]}" "${COVERAGE_PACKAGES[@]}"
CONFIGURE_OPTIONS=(--enable-coverage)
build || exit 1
make -C "$BUILD" --silent check TESTS= >/dev/null || exit 1
find "$BUILD" -name '*.gcda' -delete
export EVENTFLOW_BUILD=$BUILD EVENTFLOW_TEST_VAR=$VAR/test-coverage
open_counters
failed=0
for suite in "$@"; do
	step "$suite, with counters"
	run_suite "$suite" || { echo "$suite failed"; failed=1; }
done
summarize || exit 1
"$ROOT/scripts/coverage-table" "$ROOT" "$BUILD/coverage.info" || failed=1
echo "the lines themselves: $BUILD/coverage/index.html"
exit $failed
