#!/bin/sh
# lint.sh [--tree DIR] - holds the sources against the rules of the house.
#
# The rules that one line shows are in lint.awk; here are those about whole
# files: each header compiles alone, each tool has a man page and tests, each
# source names its licence.  Without --tree it first proves on the small bad
# trees below tests/lint/ that it refuses what it should: each has a file
# "expected" with what must be said of it, line by line.
#
# The closing line counts files and bad trees.

set -u
export LC_ALL=C

sources()
{
	find lib cmd tests/unit tests/fault tests/bench tests/fuzz \
	    -name '*.[ch]' 2>/dev/null | sort
}

one_line_rules()
{
	sources | xargs -r awk -f "$rules"
}

headers_alone()
{
	find lib -name '*.h' 2>/dev/null | sort | while read -r header; do
		# CPPFLAGS falls into words.
		# shellcheck disable=SC2086
		${CC:-gcc} ${CPPFLAGS:--Ilib} -std=c11 -fsyntax-only -x c \
		    -include "$header" /dev/null >/dev/null 2>&1 ||
		    echo "$header: does not compile alone"
	done
}

licences()
{
	sources | grep '\.c$' | while read -r source; do
		grep -q 'SPDX-License-Identifier: Apache-2.0' "$source" ||
		    echo "$source: no SPDX line"
	done
}

tools_complete()
{
	for source in cmd/*.c; do
		[ -e "$source" ] || continue
		tool=$(basename "$source" .c)
		[ -e "man/$tool.1" ] || echo "$source: no man/$tool.1"
		[ -d "tests/cli/$tool" ] || echo "$source: no tests/cli/$tool"
	done
}

scripts_narrow()
{
	find Makefile .ci tests testdata -maxdepth 3 \( -name '*.sh' -o \
	    -name '*.awk' -o -name '*.py' -o -name Makefile -o -name run \) \
	    2>/dev/null | sort | xargs -r awk '
		/[ \t\r]$/ { print FILENAME ":" FNR ": blanks at the end" }
		{ line = $0; gsub(/\t/, "        ", line) }
		length(line) > 100 {
			print FILENAME ":" FNR ": longer than 100 columns"
		}'
}

lint_tree()
{
	one_line_rules
	headers_alone
	licences
	tools_complete
	scripts_narrow
}

top=$(cd "$(dirname "$0")/.." && pwd)
rules=$top/tests/lint.awk

if [ "${1-}" = --tree ]; then
	cd "$2" || exit 1
	lint_tree
	exit 0
fi

cd "$top" || exit 1
passed=0
failed=0
said=$(mktemp)
trap 'rm -f "$said"' EXIT

for tree in tests/lint/*/; do
	sh tests/lint.sh --tree "$tree" >"$said" 2>&1
	if cmp -s "$said" "$tree/expected"; then
		passed=$((passed + 1))
	else
		echo "lint: $tree is not refused as expected:"
		diff -u "$tree/expected" "$said"
		failed=$((failed + 1))
	fi
done

lint_tree >"$said" 2>&1
cat "$said"
bad=$(sed 's/:.*//' "$said" | sort -u | grep -c .)
count=$(sources | wc -l)
passed=$((passed + count - bad))
failed=$((failed + bad))
echo "lint: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
