# night.sh - a ledger of two contracts on one day of hourly reads, rated.
#
# C1 (driver-1) and C2 (driver-2) each use 1 kWh an hour on 2025-02-01: 8 kWh
# of valley at 0.40 and 16 kWh of peak at 1.00, so each owes 3.20 and 16.00.
#
# SPDX-License-Identifier: Apache-2.0

export QF_LEDGER=night.qf
DAY=2025-02-01/2025-02-02
CONTRACT='contract,leg,point,payer,payee,account,tariff,basis,voltage'
CONTRACT="$CONTRACT,user_class,type,options,cycle,from,to"

# hours POINT EXPRESSION: a row of 24 values; the expression is of the hour h.
hours()
{
	printf '%s,import,2025-02-01' "$1"
	awk "BEGIN { for (h = 0; h < 24; h++) printf \",%s\", $2; print \"\" }"
}

header()
{
	echo '#quantity=kwh side=primary label=start minutes=60'
	printf 'point,channel,day'
	awk 'BEGIN { for (h = 1; h <= 24; h++) printf ",v%d", h; print "" }'
}

inputs()
{
	cat >parties.csv <<-'END'
	party,kind,name_zh,name_en,from,to
	grid,grid,山城电网公司,Mountain City Grid,2024-01-01,
	driver-1,person,,,2024-01-01,
	driver-2,person,,,2024-01-01,
	driver-3,person,,,2024-01-01,
	END
	cat >points.csv <<-'END'
	point,kind,class,scenario,capacity_kw,district,name_zh,name_en,from,to
	P1,metering,private,,7,,,,2024-01-01,
	P2,metering,private,,7,,,,2024-01-01,
	END
	cat >contracts.csv <<-END
	$CONTRACT
	C1,supply,P1,driver-1,grid,5001,pile,intervals,,,,,month,2024-01-01,
	C2,supply,P2,driver-2,grid,,pile,intervals,,,,,month,2024-01-01,
	END
	cat >pile.xml <<-'END'
	<?xml version="1.0" encoding="UTF-8"?>
	<tariff xmlns="urn:qingfen:tariff:1" id="pile" zone="Asia/Shanghai">
	  <name xml:lang="zh">充电桩（示例）</name>
	  <name xml:lang="en">Charging pile (example)</name>
	  <label code="energy" zh="充电电费" en="charging energy"/>
	  <label code="supply" zh="充电" en="supply"/>
	  <label code="peak" zh="高峰" en="peak"/>
	  <label code="valley" zh="低谷" en="valley"/>
	  <version from="2024-01-01" source="example" confidence="U">
	    <bands>
	      <band id="valley" hours="00:00-08:00"/>
	      <band id="peak" hours="08:00-24:00"/>
	    </bands>
	    <charge id="energy" leg="supply" per="kwh" channel="import"
	        counts="yes">
	      <price band="peak" value="1.00"/>
	      <price band="valley" value="0.40"/>
	    </charge>
	    <rounding money="2 half-up line"/>
	  </version>
	</tariff>
	END
	{ header; hours P1 1; hours P2 1; } >reads.csv
}

# A ledger with all of it.
night()
{
	inputs
	qf-init --market 重庆 --zone Asia/Shanghai --currency CNY
	qf-ingest "$@" parties.csv points.csv contracts.csv pile.xml reads.csv \
	    >/dev/null
}

# correct EXPRESSION: other values of P1.
correct()
{
	{ header; hours P1 "$1"; } >corrected.csv
	qf-ingest --correct 表计更正 corrected.csv >/dev/null
}

# What is posted, one transfer a line.
posted()
{
	sqlite3 "$QF_LEDGER" "SELECT contract, payer, band, version, reason,
	    quantity, gross_minor, total_quantity, total_gross_minor,
	    debit || '>' || credit, amount_minor FROM transfer
	    WHERE entry = (SELECT max(entry) FROM posting) ORDER BY line"
}
