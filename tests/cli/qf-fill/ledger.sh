# ledger.sh - a ledger with gaps to fill, and what the tests ask of it.
#
#	. "$QF_TESTS/cli/qf-fill/ledger.sh"

. "$QF_TESTS/cli/qf-rate/ledger.sh"

# estimation ID [VERSION-ATTRIBUTES] <METHODS
estimation()
{
	{
		printf '<estimation xmlns="urn:qingfen:estimation:1" id="%s">' \
		    "$1"
		printf '<version from="2020-01-01" source="test" %s>' "${2:-}"
		cat
		echo '</version></estimation>'
	} >"$1.xml"
	take "$1.xml"
}

# gaps POINT CHANNEL DAY MINUTES VALUES [DECLARATIONS]: a day from a list of
# values with a comma between them, where nothing stands for a gap.
gaps()
{
	count=$(printf '%s' "$5" | tr -cd , | wc -c)
	{
		echo "#${6:-quantity=kwh side=primary} label=start minutes=$4"
		printf 'point,channel,day'
		seq -f ',v%g' -s '' $((count + 1)) | tr -d '\n'
		printf '\n%s,%s,%s,%s\n' "$1" "$2" "$3" "$5"
	} >reads.csv
	take reads.csv
}

# same N TEXT: the text so many times, with commas.
same()
{
	printf "%.0s,$2" $(seq "$1") | cut -c2-
}

# Fills, and prints the handle without its digest.
fill()
{
	status=0
	qf-fill "$@" >handle 2>errors || status=$?
	sed 's/@[0-9a-f]*//' handle
	cat errors >&2
	[ "$status" -eq 0 ] || echo "exit $status"
}

# What the newest batch estimated: facts, and rows.
estimates()
{
	ask "SELECT point, channel, datetime(start_utc, 'unixepoch', '+8 hours'),
		(end_utc - start_utc) / 60 || ' min', method, document, inputs
		FROM estimate WHERE entry = (SELECT max(entry) FROM entry)
		ORDER BY line"
	ask "SELECT point, channel, date(day * 86400, 'unixepoch'), minutes,
		scale, replace(vals, 'null', '-'), quality, method FROM read_day
		WHERE entry = (SELECT max(entry) FROM entry) ORDER BY line"
}
