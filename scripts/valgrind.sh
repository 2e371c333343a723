#!/bin/bash
# A worker under valgrind's memcheck answers the tests of the API that touch every operation; any error or leak is a failure.
set -uo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=$ROOT/build-valgrind
for part in common packages build; do
	. "$ROOT/scripts/$part.sh"
done
export EVENTFLOW_VAR=${EVENTFLOW_VAR:-$ROOT/var}/test-valgrind

install_packages "${RUN_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
rm -f "$BUILD/eventflow" # what an earlier run has put in its place
build || exit 1

# Workers are another user's processes: the folder is everybody's.
REPORTS=$(mktemp -d /tmp/eventflow-valgrind.XXXXXX)
chmod 1777 "$REPORTS"

# The worker's place is taken by a script that starts it; for make it is newer than all that it is made of.
mv "$BUILD/eventflow" "$BUILD/eventflow-worker"
cat >"$BUILD/eventflow" <<-END
	#!/bin/sh
	exec valgrind --quiet --leak-check=full --show-leak-kinds=definite,indirect --errors-for-leak-kinds=definite,indirect \\
		--child-silent-after-fork=yes --log-file="$REPORTS/%p" "$BUILD/eventflow-worker" "\$@"
END
chmod +x "$BUILD/eventflow"

export EVENTFLOW_BUILD=$BUILD SANDBOX=off WORKERS=1 PORT=${PORT:-8097} EVENTFLOW_FSYNC=off
trap '"$ROOT/quickstart" stop; rm -rf "$REPORTS"; rm -f "$BUILD/eventflow"' EXIT
"$ROOT/quickstart" --detach || exit 1
EVENTFLOW_TEST_URL=http://127.0.0.1:$PORT /usr/bin/python3 -m pytest -q -p no:cacheprovider "$ROOT/t/api/test_smoke.py"
status=$?
"$ROOT/quickstart" stop # what is lost is known when a worker has ended
found=$(cat "$REPORTS"/* 2>/dev/null)
if [ -n "$found" ]; then
	printf '%s\n' "$found"
	echo "valgrind: 0 passed, 1 failed"
	exit 1
fi
echo "valgrind has nothing to report on $(ls "$REPORTS" | wc -l) processes: 1 passed"
exit $status
