#!/bin/sh
# manlint.sh BIN - the man pages: well formed, and true to the tools' options.
#
# mandoc judges the form.  Then "TOOL --help", which prints the option table
# that the tool parses by, and the .It lines of its page must name the same
# options: "-o --output", short and long together.  A tool with commands is
# asked for the help of each.
#
# A page in Chinese, man/zh_CN/PAGE, has the bones of the English one: the same
# sections, lists, options, codes and examples in the same order.  Where one
# changes and the other does not, they are shown side by side.

set -u
export LC_ALL=C

bin=$1
passed=0
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The options of one help text: "  -o, --output FILE   ..." as "-o --output".
of_help()
{
	sed -n 's/^  \(-.\), \(--[a-z0-9-]*\).*/\1 \2/p
	    s/^      \(--[a-z0-9-]*\).*/\1/p'
}

tool_options()
{
	"$bin/$1" --help >"$work/help" || echo "no help"
	of_help <"$work/help"
	sed -n '/^Commands:$/,/^$/s/^  \([a-z-]*\) .*/\1/p' "$work/help" |
	    while read -r name; do
		"$bin/$1" "$name" --help | of_help
	done
}

# The options of a page, from ".It Fl o , Fl -output Ar file"; "Fl Fl output"
# means the same.
page_options()
{
	awk '/^\.It Fl / {
		out = ""
		for (i = 2; i <= NF; i++) {
			if ($i != "Fl")
				continue
			name = $(++i)
			if (name == "Fl")
				name = "-" $(++i)
			out = out (out == "" ? "" : " ") "-" name
		}
		print out
	}' "$1"
}

# The bones of a page: what a translation leaves as it is.  Of an item that
# is words for people only the place stays.
bones()
{
	awk '
	/^\.Bd / { literal = 1 }
	/^\.Ed/ { literal = 0 }
	literal && !/^\./ { print; next }
	/^\.(Sh|Ss|Pp)/ { print $1; next }
	/^\.It (Fl|Ev|Pa|Xr|Li|Sy)/ { print $1, $2, $3; next }
	/^\.(It|Bl|El|Bd|Ed|Dl)/ { print $1 }' "$1"
}

result()
{
	if [ -s "$work/said" ]; then
		cat "$work/said"
		failed=$((failed + 1))
	else
		passed=$((passed + 1))
	fi
}

for page in man/*.[157] man/zh_CN/*.[157]; do
	[ -e "$page" ] || continue
	mandoc -T lint -W warning "$page" >"$work/said" 2>&1
	result
done

for page in man/*.[157]; do
	chinese=man/zh_CN/$(basename "$page")
	if [ ! -e "$chinese" ]; then
		echo "$page: no page in Chinese, $chinese" >"$work/said"
		result
		continue
	fi
	bones "$page" >"$work/page"
	bones "$chinese" >"$work/chinese"
	diff -u --label "$page" --label "$chinese" \
	    "$work/page" "$work/chinese" >"$work/said"
	result
done

for source in cmd/*.c; do
	[ -e "$source" ] || continue
	tool=$(basename "$source" .c)
	page=man/$tool.1
	if [ ! -e "$page" ]; then
		echo "$tool: no man page" >"$work/said"
	else
		tool_options "$tool" | sort -u >"$work/tool"
		page_options "$page" | sort -u >"$work/page"
		diff -u --label "$tool --help" --label "$page" \
		    "$work/tool" "$work/page" >"$work/said"
	fi
	result
done
echo "man-lint: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
