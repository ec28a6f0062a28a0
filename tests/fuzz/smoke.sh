#!/bin/sh
# smoke.sh DIR SECONDS FUZZER... - runs each fuzzer for so many seconds.
#
# What earlier runs found is tried first: testdata/fuzz/FUZZER, and for XML
# the attacks.  A crash is kept beside the fuzzer, and is the end.

set -eu
dir=$1
seconds=$2
shift 2

for fuzzer in "$@"; do
	work=$dir/corpus/$fuzzer
	mkdir -p "$work"
	set --
	for corpus in "testdata/fuzz/$fuzzer" \
	    "testdata/attack/${fuzzer%_fuzz}"; do
		[ ! -d "$corpus" ] || set -- "$@" "$corpus"
	done
	if ! "$dir/$fuzzer" -max_total_time="$seconds" -timeout=10 \
	    -rss_limit_mb=2048 -max_len=4096 -verbosity=0 \
	    -artifact_prefix="$dir/$fuzzer-" "$work" "$@" \
	    > "$dir/$fuzzer.log" 2>&1; then
		tail -40 "$dir/$fuzzer.log" >&2
		echo "$fuzzer: found something, see $dir/$fuzzer.log" >&2
		exit 1
	fi
	echo "$fuzzer: nothing found in $seconds seconds"
done
