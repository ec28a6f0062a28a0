# ledger.sh - a ledger to take files into, and what the tests ask of it.
#
#	. "$QF_TESTS/cli/qf-ingest/ledger.sh"
#
# It has parties grid, alice and bob, points P1 and P2, contract C1 of P1.

. "$QF_TESTS/cli/lib.sh"

QF_LEDGER=$PWD/ledger.qf
export QF_LEDGER

DECLARE='#quantity=kwh side=primary label=start minutes=60'
REGISTER='point,meter,time,channel,band,value,quality'
SESSION='session,point,vehicle,party,start,end,import_kwh,export_kwh'
CONTRACT='contract,leg,point,payer,payee,account,tariff,basis,voltage'
CONTRACT="$CONTRACT,user_class,type,options,cycle,from,to"
PRICE='price_table,month,user_class,type,voltage,item,price,unit,tax'
LONG='point,channel,time,value'

# The header of a wide file of so many values.
wide()
{
	printf 'point,channel,day'
	seq -f ',v%g' -s '' "$1"
}

# A row's values: so many times the same.
values()
{
	i=0
	while [ "$i" -lt "$1" ]; do
		printf ',%s' "$2"
		i=$((i + 1))
	done
}

# What the ledger holds, as a digest.
content()
{
	sqlite3 "$QF_LEDGER" .dump | sha256sum
}

# Handles without the digest, which depends on the version of the zone data.
ingest()
{
	status=0
	qf-ingest "$@" >handles 2>errors || status=$?
	sed 's/@[0-9a-f]*//' handles
	sed 's/@[0-9a-f]*//' errors >&2
	[ "$status" -eq 0 ] || echo "exit $status"
}

# Runs qf-ingest on what must be refused, and sees that nothing of it stays.
refuse()
{
	before=$(content)
	ingest "$@"
	[ "$before" = "$(content)" ] || echo "the ledger has changed: $*"
}

# new ZONE: the ledger.
new()
{
	rm -rf "$QF_LEDGER"
	qf-init --market test --zone "$1" --currency CNY
	mkdir -p registry
	cat >registry/party.csv <<-END
	party,kind,name_zh,name_en,from,to
	grid,grid,,Grid,2020-01-01,
	alice,person,,,2020-01-01,
	bob,person,,,2020-01-01,
	END
	cat >registry/point.csv <<-END
	point,kind,class,scenario,capacity_kw,district,name_zh,name_en,from,to
	P1,connector,private,,7,,,,2020-01-01,
	P2,connector,private,,7,,,,2020-01-01,
	END
	cat >registry/contract.csv <<-END
	$CONTRACT
	C1,supply,P1,alice,grid,,T1,intervals,,,,,month,2020-01-01,
	END
	qf-ingest registry/*.csv >/dev/null
}

new Asia/Shanghai
