#!/bin/sh
# coverage.sh BUILD - lines and branches of lib/ and cmd/ that the tests ran.
#
# BUILD is a directory built with MODE=cover in which the tests have run.
# The least covered files come first; the last line is the total.

set -eu
export LC_ALL=C

top=$(pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

find "$top/$1/lib" "$top/$1/cmd" -name '*.gcda' 2>/dev/null | sort |
    while read -r data; do
	gcov -b -n -s "$top" "$data" 2>/dev/null
done | awk '
	function share(part, of) {
		return of == 0 ? 100 : 100 * part / of
	}
	/^File / {
		file = $2
		gsub(/\047/, "", file)
		ours = file ~ /^(lib|cmd)\/.*\.c$/
	}
	ours && /^(Lines executed|Taken at least once):/ {
		split($0, part, /[:% ]+/)
		n = split($0, word, " ")
		of = word[n]
		match($0, /:[0-9.]+%/)
		percent = substr($0, RSTART + 1, RLENGTH - 2)
		done = int(percent * of / 100 + 0.5)
		if (/^Lines/) {
			lines[file] = of; lines_run[file] = done
		} else {
			branches[file] = of; branches_run[file] = done
		}
	}
	END {
		for (file in lines) {
			printf "%6.1f%% of %5d lines %6.1f%% of %5d branches  %s\n", \
			    share(lines_run[file], lines[file]), lines[file], \
			    share(branches_run[file], branches[file]), \
			    branches[file], file | "sort -n"
			l += lines[file]; lr += lines_run[file]
			b += branches[file]; br += branches_run[file]
		}
		close("sort -n")
		printf "%6.1f%% of %5d lines %6.1f%% of %5d branches  in all\n", \
		    share(lr, l), l, share(br, b), b
	}'
