#!/bin/bash
# Static analysis of the sources: whatever a tool finds is mended, or suppressed at its place with the reason. Prints each finding.
# With --long clang-tidy looks, too, which takes minutes.
set -uo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=${EVENTFLOW_BUILD:-$ROOT/build}
for part in common packages build; do
	. "$ROOT/scripts/$part.sh"
done

# Calls that no source may have, as extended regular expressions: no bound, no error, an injection, or a stack that a caller chooses.
BANNED='\<(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atoll|atof|alloca|system|popen|rand|PQescape[A-Za-z]*) *\('
BANNED+='|\<PQexec *\([^,]*, *[^" ]'
SUPPRESSIONS_MAX=10

passed=0
failed=0

check() {
	local name=$1 began=$SECONDS
	shift
	if "$@"; then
		passed=$((passed + 1))
		printf '    %-14s clean in %d s\n' "$name" $((SECONDS - began))
	else
		failed=$((failed + 1))
		printf '    %-14s FAILED in %d s\n' "$name" $((SECONDS - began))
	fi
}

c_files() {
	(cd "$ROOT" && find src t/fuzz t/unit -name '*.[ch]' | sort)
}

formatted() {
	(cd "$ROOT" && c_files | xargs clang-format --dry-run -Werror)
}

nothing_banned() {
	! grep -rnE "$BANNED" --include='*.[ch]' "$ROOT/src"
}

# A reason stands behind the name of what is suppressed.
suppressions_with_reason() {
	local all bare
	all=$(grep -rnE 'cppcheck-suppress|NOLINT|GCC diagnostic ignored' --include='*.[ch]' "$ROOT/src")
	bare=$(grep -vE '(cppcheck-suppress [A-Za-z]+; |NOLINT\([a-z.A-Z-]+\): |ignored.*/\* )[a-z]' <<<"$all" | grep .)
	[ -z "$bare" ] || { printf 'without a reason:\n%s\n' "$bare"; return 1; }
	[ "$(grep -c . <<<"$all")" -le $SUPPRESSIONS_MAX ] || { printf 'more than %d:\n%s\n' $SUPPRESSIONS_MAX "$all"; return 1; }
}

# gcc's own analyzer, in a build that nothing else uses.
gcc_analyzer() (
	BUILD=$ROOT/build-analysis
	CONFIGURE_OPTIONS=(--enable-werror 'CFLAGS=-O1 -g -fanalyzer')
	build 2>&1 | sed '/^  [A-Z]/d'
)

# The build of the fuzz targets, with all programs.
clang_warnings() (
	BUILD=${EVENTFLOW_FUZZ_BUILD:-$ROOT/build-fuzz}
	CONFIGURE_OPTIONS=("${FUZZ_CONFIGURE_OPTIONS[@]}")
	{ build && build fuzzers; } 2>&1 | sed '/^  [A-Z]/d'
)

compiler_flags() {
	make -C "$BUILD" --silent --eval='flags: ; @echo $(DEFS) $(AM_CPPFLAGS)' flags | tr -d '\\'
}

# One file; its findings, without the counts of what was left out.
tidy_file() {
	local output flags
	read -ra flags <<<"$FLAGS"
	output=$(clang-tidy --quiet "$1" -- -std=c17 "${flags[@]}" 2>/dev/null) || { echo "$output"; return 1; }
}

clang_tidy() (
	cd "$BUILD"
	export -f tidy_file
	export FLAGS
	FLAGS=$(compiler_flags)
	find "$ROOT/src" -name '*.c' | xargs -P "$(nproc)" -I FILE bash -c 'tidy_file FILE'
)

cppcheck_clean() (
	cd "$ROOT"
	cppcheck -j "$(nproc)" --quiet --error-exitcode=1 --enable=warning,performance,portability,style --inline-suppr \
		--std=c11 --suppress=missingIncludeSystem -D_GNU_SOURCE -Isrc "-I$BUILD/src" src
)

install_packages "${RUN_PACKAGES[@]}" "${FUZZ_PACKAGES[@]}" "${ANALYSIS_PACKAGES[@]}"
build
check format formatted
check banned nothing_banned
check suppressions suppressions_with_reason
check cppcheck cppcheck_clean
check gcc gcc_analyzer
check clang clang_warnings
[ "${1:-}" != --long ] || check clang-tidy clang_tidy
echo "$passed passed, $failed failed"
[ $failed = 0 ]
