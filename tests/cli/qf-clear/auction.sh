# auction.sh - a ledger with auctions of a day, for the cases of qf-clear.
#
#	new; market dr last-accepted-offer; bids dr <<END ... END
#	clear dr; prices; awards
. "$QF_TESTS/cli/lib.sh"
export QF_LEDGER=ledger.qf
DAY=2025-07-01
NEXT=2025-07-02

new()
{
	qf-init --market 交易中心 --zone Asia/Shanghai --currency CNY >/dev/null
}

# market ID RULE [MORE [TICKS [PRICES]]]: MORE are attributes of the clearing,
# TICKS of the quantity, PRICES of the price, besides the defaults.
market()
{
	method=uniform
	case $2 in
	pair-* | median) method=pairs ;;
	esac
	cat >$1.xml <<-END
		<market xmlns="urn:qingfen:market:1" id="$1">
		<version from="2025-01-01" source="test">
		<quantity unit="mw" ${4:-tick=\"1\"}/>
		<price unit="mwh" ${5:-tick=\"0.01\"} round="3 half-up"/>
		<clearing price="$2" ${3:-method=\"$method\" ties=\"pro-rata\"}/>
		</version></market>
	END
	qf-ingest $1.xml >/dev/null
}

# shipped ID: a market document that ships, what it leaves open filled in.
shipped()
{
	sed 's/ template="yes"//; s/unit="mwh" tick=""/unit="mwh" tick="0.01"/
	    /<limit/d' "$QF_ROOT/schemas/rules/market/$1.xml" >$1.xml
	qf-ingest $1.xml >/dev/null
}

# bids AUCTION [OPTION...]: a line is HOUR BID SIDE PRICE QUANTITY [NAME=VALUE]..., with -
# for any price; names are the other columns of a bid.
bids()
{
	awk -v auction=$1 -v day=$DAY -v next_day=$NEXT -v OFS=, '
	BEGIN {
		print "auction,start,bid,end,party,side,price,quantity," \
		    "submitted,minimum,block,performance,class"
	}
	NF > 0 {
		delete more
		for (i = 6; i <= NF; i++) {
			split($i, pair, "=")
			more[pair[1]] = pair[2]
		}
		start = sprintf("%sT%02d:00", day, $1)
		end = sprintf("%sT%02d:00", $1 < 23 ? day : next_day,
		    ($1 + 1) % 24)
		print auction, start, $2, end, more["party"], $3,
		    $4 == "-" ? "" : $4, $5, more["submitted"],
		    more["minimum"], more["block"], more["performance"],
		    more["class"]
	}' >bids-$1.csv
	file=bids-$1.csv
	shift
	qf-ingest "$@" $file >/dev/null
}

# need AUCTION HOUR QUANTITY
need()
{
	{
		echo auction,start,need,end,quantity
		printf '%s,%sT%02d:00,grid,%sT%02d:00,%s\n' $1 \
		    $DAY $2 $DAY $(($2 + 1)) $3
	} >need-$1-$2.csv
	qf-ingest need-$1-$2.csv >/dev/null
}

clear()
{
	cleared=0
	qf-clear --auction "$@" >handle || cleared=$?
	sed 's/@.*//' handle
	return $cleared
}

LAST="entry = (SELECT max(entry) FROM run) ORDER BY line"

# hour|rule|price|low|high|volume|unserved|state
prices()
{
	sqlite3 ledger.qf "SELECT (start_utc + 28800) % 86400 / 3600, rule,
	    price, low, high, volume, unserved, state FROM run_price WHERE $LAST"
}

# hour|bid|awarded|of|price|state|reason
awards()
{
	sqlite3 ledger.qf "SELECT (start_utc + 28800) % 86400 / 3600, bid,
	    awarded, offered, price, state, reason FROM run_award WHERE $LAST"
}

# hour|buy|sell|quantity|price
trades()
{
	sqlite3 ledger.qf "SELECT (start_utc + 28800) % 86400 / 3600, buy, sell,
	    quantity, price FROM run_trade WHERE $LAST"
}
