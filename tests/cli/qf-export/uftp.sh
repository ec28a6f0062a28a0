# uftp.sh - flexibility orders of UFTP, for the tests that take them in or
# settle them.
#
#	. "$QF_TESTS/cli/qf-export/uftp.sh"

. "$QF_TESTS/cli/qf-settle/ledger.sh"

POINT=ean.123456789012

# order REFERENCE DAY PRICE [ATTRIBUTES] <ISPS: an order at POINT.
order()
{
	cat <<-END
	<FlexOrder Version="3.1.0" SenderDomain="dso.example.com"
	    RecipientDomain="agr.example.com" TimeStamp="2025-02-02T10:00:00Z"
	    MessageID="00000000-0000-4000-8000-000000000001"
	    ConversationID="00000000-0000-4000-8000-000000000002"
	    ISP-Duration="PT15M" TimeZone="Europe/Amsterdam" Period="$2"
	    CongestionPoint="$POINT" Currency="CNY" OrderReference="$1"
	    Price="$3" ${4:-}>
	END
	cat
	echo "</FlexOrder>"
}

# isp START POWER [DURATION]
isp()
{
	echo "<ISP Start=\"$1\" Power=\"$2\" Duration=\"${3:-1}\"/>"
}

# uftp [DIRECTION]: a programme of the standard, awards paid a MW and step, and
# a contract at POINT.
uftp()
{
	new Europe/Amsterdam 4
	programme uftp "direction=\"${1:-shave}\"" <<-END
	<measure every="15m"/>
	<baseline method="given" round="3 half-up"/>
	<price per="mw"><term of="award" per="mw"/></price>
	<pay most="1"/>
	<penalty component="deficiency" below="1">
	<price per="mw"><term of="fixed" value="11"/></price></penalty>
	<rounding money="4 half-up line"/>
	END
	joins C1 flexibility P1 uftp \
	    "baseline=B1 congestion-point=$POINT reserved-kw=2000"
	fact "$BASELINE" B1,P1,2025-02-03T00:00,2025-02-05T00:00,10000
}

# load DAY FIRST KW... : quarters from number FIRST on; the others are 10 MW.
load()
{
	{
		echo '#quantity=kw side=primary label=start minutes=15'
		printf 'point,channel,day'
		seq -f ',v%g' -s '' 96
		day=$1
		first=$2
		shift 2
		echo "$*" | awk -v day="$day" -v first="$first" '{
			printf "P1,import,%s", day
			for (i = 1; i <= 96; i++)
				printf(",%s", i >= first && i < first + NF ? \
				    $(i - first + 1) : 10000)
			print "" }'
	} | tr -s '\n' >reads.csv
	take reads.csv
}

# What was taken in of orders.
taken()
{
	ask "SELECT event, modification, programme,
	    datetime(start_utc, 'unixepoch'), datetime(end_utc, 'unixepoch'),
	    status, test FROM event ORDER BY start_utc"
	ask "SELECT event, kind, target FROM event_target ORDER BY event"
	ask "SELECT event, contract, datetime(start_utc, 'unixepoch'), award,
	    kw, ifnull(price, '-') FROM award ORDER BY start_utc"
	ask "SELECT event, signal, type, datetime(start_utc, 'unixepoch'),
	    value, unit FROM event_signal ORDER BY start_utc"
}
