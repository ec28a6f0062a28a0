#!/bin/sh
# findings.sh NAME DIR - fails if a log in DIR is not empty.
#
# Criterion exits 0 on leaks and on what valgrind finds, so the logs judge,
# not its status.

found=0
for log in "$2"/*; do
	if [ -s "$log" ]; then
		cat "$log"
		found=$((found + 1))
	fi
done
echo "$1: $found logs with findings"
[ "$found" -eq 0 ]
