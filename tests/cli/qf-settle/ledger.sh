# ledger.sh - a ledger with events to settle, and what the tests ask of it.
#
#	. "$QF_TESTS/cli/qf-settle/ledger.sh"
#
# new ZONE makes it, with parties grid, alice and bob, and points P1 to P4.

. "$QF_TESTS/cli/qf-rate/ledger.sh"

EVENT='event,modification,programme,context,auction,start,end,notified'
EVENT="$EVENT,status,test"
AWARD='event,contract,start,award,end,kw,price'
BASELINE='baseline,point,start,end,kw'
TARGET='event,modification,kind,target'
MEMBER='portfolio,member,from,to'
CALENDAR='calendar,day,kind,name'

# programme ID [ATTRIBUTES] <WHAT-IS-IN-THE-VERSION: shave from 2020 on.
programme()
{
	{
		printf '<programme xmlns="urn:qingfen:programme:1" id="%s">' "$1"
		printf '<version from="2020-01-01" source="test" %s>' \
		    "${2:-direction=\"shave\"}"
		cat
		echo '</version></programme>'
	} >"$1.xml"
	take "$1.xml"
}

# joins ID LEG POINT PROGRAMME [OPTIONS [FROM [TO [PAYEE]]]]: a contract that
# the grid pays for events.
joins()
{
	fact "$CONTRACT" \
	    "$1,$2,$3,grid,${8:-alice},,$4,events,,,,${5:-},month,${6:-2020-01-01},${7:-}"
}

# event ID PROGRAMME START END [NOTIFIED [MODIFICATION [STATUS [TEST]]]]
event()
{
	fact "$EVENT" "$1,${6:-0},$2,,,$3,$4,${5:-},${7:-called},${8:-no}"
}

# hours POINT DAY VALUE... : 24 hours of import in kWh, of which the values are
# those from 8:00 on; the others are 1.
hours()
{
	{
		echo '#quantity=kwh side=primary label=start minutes=60'
		printf 'point,channel,day'
		seq -f ',v%g' -s '' 24 | tr -d '\n'
		printf '\n%s,%s,%s' "$1" "${CHANNEL:-import}" "$2"
		shift 2
		[ -n "${CHANNEL:-}" ] && rest=0 || rest=1
		for hour in 0 1 2 3 4 5 6 7; do printf ',%s' $rest; done
		hour=8
		for value; do printf ',%s' "$value"; hour=$((hour + 1)); done
		while [ $hour -lt 24 ]; do
			printf ',%s' $rest
			hour=$((hour + 1))
		done
		echo
	} >reads.csv
	take reads.csv
}

# Settles, and prints the run without the digest.
settle()
{
	status=0
	qf-settle "$@" >handle 2>errors || status=$?
	sed 's/@[0-9a-f]*//' handle
	cat errors >&2
	[ "$status" -eq 0 ] || echo "exit $status"
}

# What the newest run has.
owed()
{
	ask "SELECT contract, leg, session, month, subject, component, quantity,
		unit, ifnull(price, '-'), exact, gross_minor
		FROM run_line WHERE entry = (SELECT max(entry) FROM run)
		ORDER BY line"
}

responses()
{
	ask "SELECT event, role, point,
		strftime('%d %H:%M', start_utc, 'unixepoch', '${1:-+8 hours}'),
		baseline_kwh, actual_kwh, response_kwh, ifnull(award, '-'),
		ifnull(award_kwh, '-'), ifnull(elsewhere_kwh, '-'),
		ifnull(effective_kwh, '-'), ifnull(deficiency_kwh, '-'),
		ifnull(price, '-'), ifnull(pay, '-'), ifnull(charge, '-')
		FROM run_response WHERE entry = (SELECT max(entry) FROM run)
		ORDER BY line"
}

days()
{
	ask "SELECT event, point, date(day * 86400, 'unixepoch'), used, reason,
		ifnull(kwh, '-')
		FROM run_baseline WHERE entry = (SELECT max(entry) FROM run)
		ORDER BY line"
}

# Computes the newest run again.
replay()
{
	qf-audit replay "$(cat handle)" && echo 'replayed'
}
