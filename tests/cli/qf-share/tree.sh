# tree.sh - the ledger of qf-post's night.sh, and a tree of the grid's owners.
#
# C1 and C2 pay the grid 3.20 + 16.00 = 19.20 each.  By hand, of 19.20: fund
# 1.00; half is 9.60, of which town 50 percent 4.80, and of the other 4.80
# three equal thirds of 33.33, 33.33 and 33.34 percent 1.59984, 1.59984 and
# 1.60032, which with two fen left over come to 1.60 each; the operator has
# what remains, 19.20 - 1.00 - 9.60 = 8.60.
#
# SPDX-License-Identifier: Apache-2.0

. "$QF_TESTS/cli/qf-post/night.sh"

owners()
{
	cat >>parties.csv <<-'END'
	fund,owner,,,2024-01-01,
	town,owner,,,2024-01-01,
	north,owner,,,2024-01-01,
	south,owner,,,2024-01-01,
	west,owner,,,2024-01-01,
	operator,operator,,,2024-01-01,
	END
	cat >owners.xml <<-'END'
	<?xml version="1.0" encoding="UTF-8"?>
	<owners xmlns="urn:qingfen:owners:1" id="station" zone="Asia/Shanghai">
	  <version from="2024-01-01" source="example" confidence="U" party="grid">
	    <share party="fund" fixed="1.00"/>
	    <share percent="50">
	      <share party="town" percent="50"/>
	      <share percent="50">
	        <share party="north" percent="33.33"/>
	        <share party="south" percent="33.33"/>
	        <share party="west" percent="33.34"/>
	      </share>
	    </share>
	    <share party="operator" by="remainder"/>
	  </version>
	</owners>
	END
}

# The lines of the newest run of qf-share.
shared()
{
	sqlite3 "$QF_LEDGER" "SELECT contract, leg, payer, payee, month,
	    subject, quantity, unit, exact, net_minor, tax_minor, gross_minor
	    FROM run_line WHERE entry = (SELECT max(entry) FROM run)
	    ORDER BY line"
}
