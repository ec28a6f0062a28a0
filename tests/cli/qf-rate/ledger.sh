# ledger.sh - a ledger to rate, and what the tests ask of its runs.
#
#	. "$QF_TESTS/cli/qf-rate/ledger.sh"
#
# new ZONE makes it, with parties grid, alice and bob, and points P1 to P4.

. "$QF_TESTS/cli/lib.sh"

QF_LEDGER=$PWD/ledger.qf
export QF_LEDGER

CONTRACT='contract,leg,point,payer,payee,account,tariff,basis,voltage'
CONTRACT="$CONTRACT,user_class,type,options,cycle,from,to"
METER='point,meter,multiplier,digits,from,to'
RELATION='parent,child,role,from,to'
REGISTER='point,meter,time,channel,band,value,quality'
SESSION='session,point,vehicle,party,start,end,import_kwh,export_kwh'
SERIES='series,start,end,price,unit'
PRICE='price_table,month,user_class,type,voltage,item,price,unit,tax'

new()
{
	rm -rf "$QF_LEDGER"
	qf-init --market test --zone "$1" --currency CNY \
	    --money-scale "${2:-2}"
	cat >party.csv <<-END
	party,kind,name_zh,name_en,from,to
	grid,grid,,Grid,2020-01-01,
	alice,person,,,2020-01-01,
	bob,person,,,2020-01-01,
	END
	cat >point.csv <<-END
	point,kind,class,scenario,capacity_kw,district,name_zh,name_en,from,to
	P1,connector,private,,7,,,,2020-01-01,
	P2,connector,private,,7,,,,2020-01-01,
	P3,connector,private,,7,,,,2020-01-01,
	P4,connector,private,,7,,,,2020-01-01,
	END
	take party.csv point.csv
}

# Takes files in, which must be good.
take()
{
	qf-ingest "$@" >/dev/null
}

# fact HEADER ROW...: takes the rows in.
fact()
{
	printf '%s\n' "$@" >fact.csv
	take fact.csv
}

# contract ID LEG POINT TARIFF BASIS [OPTIONS [FROM [TO [PAYER]]]]
contract()
{
	fact "$CONTRACT" "$1,$2,$3,${9:-alice},grid,,$4,$5,,,,${6:-},month,${7:-2020-01-01},${8:-}"
}

# tariff ID VERSION-ATTRIBUTES <CHARGES-AND-ROUNDING: bands valley until 8:00,
# flat 8-11, 17-20 and 22-24, peak 11-17 and 20-22.
tariff()
{
	{
		printf '<tariff xmlns="urn:qingfen:tariff:1" id="%s">' "$1"
		printf '<version from="2020-01-01" source="test" %s>' "${2:-}"
		cat <<-END
		<bands>
		<band id="valley" hours="00:00-08:00"/>
		<band id="flat" hours="08:00-11:00 17:00-20:00 22:00-24:00"/>
		<band id="peak" hours="11:00-17:00 20:00-22:00"/>
		</bands>
		END
		cat
		echo '</version></tariff>'
	} >"$1.xml"
	take "$1.xml"
}

# Prices of 0.3, 0.6 and 0.9 a kWh.
tou()
{
	tariff "$1" "${2:-}" <<-END
	<import><price band="valley" value="0.3"/>
	<price band="flat" value="0.6"/>
	<price band="peak" value="0.9"/></import>
	<rounding money="2 half-up line"/>
	END
}

# reads POINT CHANNEL DAY COUNT MINUTES VALUE [DECLARATIONS]: a day of so many
# times the same; a value i means its number, from 0.
reads()
{
	{
		echo "#${7:-quantity=kwh side=primary} label=start minutes=$5"
		printf 'point,channel,day'
		seq -f ',v%g' -s '' "$4" | tr -d '\n'
		awk -v n="$4" -v v="$6" -v row="$1,$2,$3" 'BEGIN {
			print ""
			for (i = 0; i < n; i++)
				row = row "," (v == "i" ? i : v)
			print row
		}'
	} >reads.csv
	take reads.csv
}

# Rates, and prints the run without the digest.
rate()
{
	status=0
	qf-rate "$@" >handle 2>errors || status=$?
	sed 's/@[0-9a-f]*//' handle
	cat errors >&2
	[ "$status" -eq 0 ] || echo "exit $status"
}

# What the newest run has: lines, holds, energy.
ask()
{
	sqlite3 -separator ' ' "$QF_LEDGER" "$1"
}

lines()
{
	ask "SELECT contract, leg, month, component, ifnull(band, '-'),
		ifnull(session, '-'), quantity, unit, ifnull(price, '-'),
		ifnull(exact, '-'), ifnull(net_minor, '-'),
		ifnull(tax_minor, '-'), ifnull(gross_minor, '-')
		FROM run_line WHERE entry = (SELECT max(entry) FROM run)
		ORDER BY line"
}

energy()
{
	ask "SELECT contract, leg, channel, metered_kwh, rated_kwh, held_kwh,
		residual_kwh FROM run_energy
		WHERE entry = (SELECT max(entry) FROM run) ORDER BY line"
}

holds()
{
	ask "SELECT contract, leg, ifnull(session, '-'), reason, detail
		FROM run_hold WHERE entry = (SELECT max(entry) FROM run)
		ORDER BY line"
}

# The ranges of the power factor table of standard 0.90.
ranges()
{
	cat <<-END
	<range from="0.95" to="1.00" percent="-0.75"/>
	<range from="0.90" to="0.94" percent="0" each="-0.15"/>
	<range from="0.70" to="0.89" percent="0" at="0.90" each="0.5"/>
	<range from="0.65" to="0.69" percent="10" at="0.70" each="1"/>
	<range from="0.00" to="0.64" percent="15" at="0.65" each="2"/>
	END
}
