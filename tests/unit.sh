#!/bin/sh
# unit.sh PROGRAM - runs the unit tests: failures, then one closing line.

set -u

log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
"$1" >"$log" 2>&1 || status=$?

# Criterion ends with "Synthesis: Tested: 3 | Passing: 3 | Failing: 0 |
# Crashing: 0"; without that line it did not get to its end.
# What tests of BUG() print is noise while all pass.
[ "$status" -eq 0 ] || grep -v 'Synthesis:' "$log"
if ! grep -q 'Synthesis:' "$log"; then
	echo "unit: 0 passed, 1 failed (no result, status $status)"
	exit 1
fi
sed 's/\x1b\[[0-9;]*m//g' "$log" | awk '
	/Synthesis:/ {
		gsub(/\|/, "")
		for (i = 1; i < NF; i++) n[$i] = $(i + 1)
		bad = n["Failing:"] + n["Crashing:"]
		print "unit: " n["Passing:"] " passed, " bad " failed"
	}'
exit "$status"
