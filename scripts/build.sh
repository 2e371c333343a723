# The build, out of the source tree; make knows what is to be done.

# What configure is told, where it is not the common build.
CONFIGURE_OPTIONS=()
FUZZ_CONFIGURE_OPTIONS=(CC=clang --enable-werror --enable-fuzzing)

# Builds the targets; the programs, if none is named.
build() {
	if [ ! -x "$ROOT/configure" ]; then
		step "preparing the build"
		(cd "$ROOT" && autoreconf -i >/dev/null 2>&1) || die "autoreconf failed; run it in $ROOT to see why"
	fi
	mkdir -p "$BUILD"
	if [ ! -f "$BUILD/Makefile" ]; then
		step "configuring"
		(cd "$BUILD" && "$ROOT/configure" --quiet "${CONFIGURE_OPTIONS[@]}")
	fi
	if ! make -C "$BUILD" --question "$@" >/dev/null 2>&1; then
		step "building"
		make -C "$BUILD" --silent --jobs "$(nproc)" "$@"
	fi
}
