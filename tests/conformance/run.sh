#!/bin/sh
# Runs the conformance suites that exist on the data of others.
#
#	tests/conformance/run.sh DATA
#
# DATA is laid out as a folder a suite; a suite whose folder is absent is named
# as absent, and counts as failed: nothing is skipped in silence.
set -u
here=$(dirname "$0")
data=${1:?usage: run.sh DATA}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0

suite()
{
	name=$1
	shift
	if [ ! -e "$data/$name" ]; then
		echo "$name: 0 passed, 1 failed (no folder $data/$name)"
		status=1
		return
	fi
	PYTHONDONTWRITEBYTECODE=1 python3 "$@" || status=1
}

{
	suite ev-sessions "$here/ev_sessions.py" "$data"/ev-sessions/*.csv
	suite energinet-wholesale "$here/energinet.py" \
	    "$data/energinet-wholesale/wholesale_calculation"
	suite nem12 "$here/nem12.py" "$data/nem12"
	suite nem13 "$here/nem13.py" "$data/nem13"
	suite greenbutton "$here/greenbutton.py" "$data/greenbutton"
	suite ocpi "$here/ocpi.py" "$data/ocpi"
	suite ssc-utilityrate "$here/ssc_utilityrate.py" \
	    "$data/ssc-utilityrate"
	suite italy-2025-04 "$here/italy.py" "$data/italy-2025-04"
	suite vectors "$here/vectors.py" "$data/vectors"
	suite openadr20b "$here/openadr.py" "$data/openadr20b"
	suite shapeshifter "$here/shapeshifter.py" "$data/shapeshifter"
	suite eemeter "$here/eemeter.py" "$data/eemeter"
	echo "status $status"
} | tee "$log" | grep -v '^status '
awk '/ passed, .* failed/ {
		sub(/^[^:]*: /, ""); split($0, n, /[ ,]+/)
		passed += n[1]; failed += n[3]
	}
	END { print "total: " passed + 0 " passed, " failed + 0 " failed" }' "$log"
grep -q '^status 0$' "$log"
