#!/bin/bash
# run.sh [TOOL[/CASE]...] - the command-line tests.
#
# A case is a directory tests/cli/TOOL/CASE with
#
#	cmd	a script for sh -e, run in a clean directory
#	in/	what that directory holds at the start, if anything
#	out	standard output, byte for byte; none means nothing
#	err	standard error, likewise
#	exit	the exit status; none means 0
#
# cmd sees build/bin first in PATH, LC_ALL=C, TZ=UTC, a fixed QF_CLOCK,
# QF_ROOT (the top of the sources) and QF_TESTS ($QF_ROOT/tests), and nothing
# else of the environment.
#
# QF_BIN names another directory of tools.  With GOLDEN=1 a difference is
# shown and, on a yes, becomes what is expected; GOLDEN=yes does not ask:
# read the diff of the commit instead.

set -u

root=$(cd "$(dirname "$0")/../.." && pwd)
bin=$(cd "$root" && realpath "${QF_BIN:-build/bin}")
cases=$root/tests/cli

# Runs one case; what differs is left in $work/CASE/diff.
run_one()
{
	local name=$1 dir=$cases/$1 place=$work/$1 status=0

	mkdir -p "$place/scratch" "$place/tmp" "$place/expected"
	[ -d "$dir/in" ] && cp -R "$dir/in/." "$place/scratch"
	(
		cd "$place/scratch" &&
		    exec env -i PATH="$bin:$PATH" LC_ALL=C TZ=UTC \
			HOME="$place/tmp" TMPDIR="$place/tmp" \
			QF_CLOCK="2025-03-05T01:00:00Z" \
			QF_ROOT="$root" QF_TESTS="$root/tests" \
			${ASAN_OPTIONS:+ASAN_OPTIONS="$ASAN_OPTIONS"} \
			${UBSAN_OPTIONS:+UBSAN_OPTIONS="$UBSAN_OPTIONS"} \
			timeout 300 sh -e "$dir/cmd" \
			</dev/null >"$place/out" 2>"$place/err"
	) || status=$?
	echo "$status" >"$place/exit"

	: >"$place/diff"
	for part in out err exit; do
		if [ -e "$dir/$part" ]; then
			cp "$dir/$part" "$place/expected/$part"
		elif [ $part = exit ]; then
			echo 0 >"$place/expected/exit"
		else
			: >"$place/expected/$part"
		fi
		diff -au --label "$name/$part" --label "now" \
		    "$place/expected/$part" "$place/$part" >>"$place/diff"
	done
	chmod -R u+rwX "$place/scratch"
	rm -rf "$place/scratch" "$place/tmp"
}

# Takes what came as what is expected, a default as no file at all.
accept()
{
	local dir=$cases/$1 place=$work/$1 answer=y

	if [ "$GOLDEN" != yes ]; then
		read -r -p "$1: take it? [y/N] " answer </dev/tty
	fi
	[ "$answer" = y ] || return 1
	for part in out err exit; do
		if [ $part = exit ] && [ "$(cat "$place/exit")" = 0 ]; then
			rm -f "$dir/exit"
		elif [ -s "$place/$part" ]; then
			cp "$place/$part" "$dir/$part"
		else
			rm -f "$dir/$part"
		fi
	done
}

if [ "${1-}" = --one ]; then
	work=$2
	run_one "$3"
	exit
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/qf-cli-XXXXXX")
trap 'rm -rf "$work"' EXIT
[ $# -gt 0 ] || set -- .
(cd "$cases" && find "$@" -name cmd -printf '%h\n') | sed 's|^\./||' |
    LC_ALL=C sort >"$work/list"
xargs -r -P "${QF_JOBS:-2}" -n 1 bash "$0" --one "$work" <"$work/list"

passed=0
failed=0
while read -r name <&3; do
	if [ -e "$work/$name/diff" ] && [ ! -s "$work/$name/diff" ]; then
		passed=$((passed + 1))
		continue
	fi
	cat "$work/$name/diff" 2>/dev/null
	if [ -n "${GOLDEN-}" ] && accept "$name"; then
		passed=$((passed + 1))
	else
		echo "cli: $name failed"
		failed=$((failed + 1))
	fi
done 3<"$work/list"
echo "cli: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
