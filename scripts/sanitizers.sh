#!/bin/bash
# The tests, with every program built with the address and undefined behaviour sanitizers: a report of any process, be it a worker
# that ends or a child of the unit tests, is a failure. Takes the suites to run (folders of t/); all, if none is named.
set -uo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
VAR=${EVENTFLOW_VAR:-$ROOT/var}
BUILD=$ROOT/build-sanitizers
for part in common packages build; do
	. "$ROOT/scripts/$part.sh"
done

[ $# -gt 0 ] || set -- unit specification sql api supabase tokens transport durability attacks

# Workers are another user's processes: the folder is everybody's.
REPORTS=$(mktemp -d /tmp/eventflow-sanitizers.XXXXXX)
chmod 1777 "$REPORTS"
trap 'rm -rf "$REPORTS"' EXIT
export EVENTFLOW_BUILD=$BUILD EVENTFLOW_TEST_VAR=$VAR/test-sanitizers
export ASAN_OPTIONS=log_path=$REPORTS/report:detect_stack_use_after_return=1:strict_string_checks=1:detect_leaks=1:verify_asan_link_order=0
export LSAN_OPTIONS=suppressions=$ROOT/t/unit/leaks.suppressions:print_suppressions=0
export UBSAN_OPTIONS=log_path=$REPORTS/report:print_stacktrace=1

run_suite() {
	if [ "$1" = unit ]; then
		make -C "$BUILD" --silent check >/dev/null 2>&1
		local status=$?
		grep -aE '^\[(FAIL|----|====)\]' "$BUILD/unit-tests.log"
		return $status
	fi
	/usr/bin/python3 -m pytest -q -p no:cacheprovider "$ROOT/t/$1"
}

install_packages "${RUN_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
CONFIGURE_OPTIONS=(--enable-werror --enable-sanitizers)
build || exit 1
failed=0
for suite in "$@"; do
	step "$suite, with sanitizers"
	run_suite "$suite" || failed=1
done
if [ -n "$(ls "$REPORTS")" ]; then
	rm -rf "$VAR/sanitizers"
	mkdir -p "$VAR"
	cp -r "$REPORTS" "$VAR/sanitizers"
	echo "reports of sanitizers, in $VAR/sanitizers:"
	grep -hE 'SUMMARY|runtime error' "$VAR"/sanitizers/* | sort | uniq -c
	echo "0 passed, 1 failed"
	exit 1
fi
echo "no process had anything to report: 1 passed"
exit $failed
