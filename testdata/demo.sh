#!/bin/sh
# demo.sh - February 2025 in a small invented city: settled, corrected, proved;
# and an evening of July on which it shaves its peak.
#
#	testdata/demo.sh [DIRECTORY]	(build/demo, where none is given)
#
# Runs the tools as a night's cron would, and says in plain words what came of
# it.  `make demo` calls this.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
demo=${1:-$root/build/demo}
city=$root/testdata/city
PATH=$root/build/bin:$PATH
export PATH QF_LEDGER="$demo/city.qf"

say()
{
	printf '\n== %s\n' "$*"
}

# Runs a command that may say "no" (status 1: something was held or set aside),
# which a night's work goes on from.
may_hold()
{
	status=0
	"$@" || status=$?
	[ "$status" -le 1 ] || exit "$status"
}

# A column of totals from the ledger, as any auditor may ask for it.
ask()
{
	sqlite3 -readonly -separator '  ' "$QF_LEDGER" "$1"
}

# The number of the entry whose handle a file holds.
entry_of()
{
	sed 's/^[a-z]*://; s/@.*//' "$1"
}

# SQL that writes fen as yuan, exactly.
yuan()
{
	echo "CASE WHEN $1 < 0 THEN '-' ELSE '' END ||
		printf('%d.%02d', abs($1) / 100, abs($1) % 100)"
}

rm -rf "$demo"
mkdir -p "$demo/outbox"

say "A new ledger, and what arrived in time"
qf-init --market small-city --zone Asia/Shanghai --currency CNY
qf-ingest "$root"/schemas/rules/cq-ci-two-part-10kv.xml \
    "$root"/schemas/rules/cq-residential-ev.xml \
    "$root"/schemas/rules/prices/cq-agency-2025-02.csv \
    "$city"/rules/*.xml "$city"/inbox/*.csv >"$demo/batches"
echo "$(wc -l <"$demo/batches") files are in the ledger:"
ask "SELECT '  ' || format || ' ' || count(*) || ' file(s), ' ||
	sum(facts) || ' facts' FROM batch GROUP BY format"

say "The first settlement of February"
may_hold qf-rate --period 2025-02 --max-held 0 >"$demo/run-1"
qf-post - <"$demo/run-1" >"$demo/posting-1"
qf-export - --to billing-csv -o "$demo/outbox/1-billing" <"$demo/posting-1"
echo "Run $(cat "$demo/run-1") was booked as $(cat "$demo/posting-1")."
echo "Held, and so not booked:"
ask "SELECT '  ' || contract || ' ' || leg || ': ' || reason || ': ' || detail
	FROM run_hold"
echo "Missing reads, by district:"
may_hold qf-audit missing --period 2025-02 2>/dev/null | sed 's/^/  /'

say "What came late, and what was wrong"
echo "Two late sessions cannot be right; they are set aside with the reason:"
may_hold qf-ingest --quarantine "$demo/aside.csv" \
    "$city/late/sessions-late.csv" >>"$demo/batches"
sed 's/^/  /' "$demo/aside.csv.reasons.csv"
qf-ingest "$city/late/reads-pile-04.csv" >>"$demo/batches"
qf-ingest --correct "meter read again on 2025-03-04" \
    "$city/correction/reads-nanping-corrected.csv" >>"$demo/batches"
qf-ingest --correct "contract moved to another driver on 2025-02-15" \
    "$city/correction/contracts-pile-02.csv" >>"$demo/batches"

echo "What the first run did not see, and would now:"
may_hold qf-audit stale 2>/dev/null | sed 's/^/  /'

say "The second settlement: only what changed is booked"
may_hold qf-rate --period 2025-02 >"$demo/run-2"
qf-post - <"$demo/run-2" >"$demo/posting-2"
qf-export - --to billing-csv -o "$demo/outbox/2-billing" <"$demo/posting-2"
qf-export - --to statement-xml --per-party --lang both \
    --identity "$city/identity.csv" -o "$demo/outbox/2-statements" \
    <"$demo/run-2"
echo "Booked, by posting and leg (yuan):"
ask "SELECT '  posting ' || entry, leg, count(*) || ' transfers',
	'owed ' || $(yuan 'sum(gross_minor)') FROM v_posting GROUP BY entry, leg"
echo "The pile that changed hands, in the second posting:"
ask "SELECT '  ' || payer || ' owes ' || payee || ' more', band, quantity || ' kWh',
	$(yuan gross_minor) || ' yuan' FROM v_posting
	WHERE contract = 'home-02' AND entry = $(entry_of "$demo/posting-2")
	AND gross_minor <> 0 ORDER BY line"
echo "The two runs differ in these lines, for these reasons:"
may_hold qf-audit diff "$(cat "$demo/run-1")" "$(cat "$demo/run-2")" 2>/dev/null |
    cut -d, -f1,2,9,13-15,18-21 | sed 's/^/  /'
echo "Posting the same run again makes nothing new: $(qf-post - <"$demo/run-2")"

say "Proof"
qf-audit verify && echo "verify: the file, the chain and the balance are right"
qf-audit replay "$(cat "$demo/run-1")" &&
    echo "replay: the first run, computed again, has the same lines"
python3 "$root/tests/verify/verify.py" "$QF_LEDGER" |
    sed 's/^/a second verifier, in another language: /'
echo "From one amount back to the reads that it came from:"
line=$(ask "SELECT line FROM run_line WHERE entry = $(entry_of "$demo/run-2")
	AND contract = 'nanping' AND band = 'peak'")
qf-audit explain "run:$(entry_of "$demo/run-2")/$line" | sed 's/^/  /'
echo "Energy and money, from the meter to the bill, in total:"
qf-audit reconcile --period 2025-02 --exported "$demo/outbox/1-billing" \
    --exported "$demo/outbox/2-billing" >"$demo/reconcile.csv"
sed -n '1p; /^total,/p' "$demo/reconcile.csv" | sed 's/^/  /'

say "An evening of July: 1100 kW less, bid for, delivered, paid and shared"
# The numbers are a hundredth of a known examination question (市场出清与响应),
# so what comes out is known: 1378.00 paid, 14.40 charged.
evening=$root/testdata/evening
QF_LEDGER=$demo/evening.qf
qf-init --market small-city --zone Asia/Shanghai --currency CNY
qf-ingest "$evening"/rules/*.xml "$evening"/*.csv >/dev/null
qf-clear --auction dr-0714 >"$demo/cleared"
echo "Cleared (出清), in kW at yuan a kWh:"
ask "SELECT '  ' || bid, party, 'offered ' || offered || ' at ' || bid_price,
	'awarded ' || awarded, 'paid ' || ifnull(price, '-') FROM run_award"
qf-settle --period 2025-07 --awards "$(cat "$demo/cleared")" >"$demo/settled"
echo "Delivered and paid (响应结算):"
qf-report event --lang zh -o "$demo/outbox/evening" "$(cat "$demo/settled")" |
    cut -d, -f1,6-15 | sed 's/^/  /'
qf-report event -o "$demo/outbox/evening.html" "$(cat "$demo/settled")" >/dev/null
qf-share - <"$demo/settled" >"$demo/shared"
cat "$demo/settled" "$demo/shared" | qf-post - >/dev/null
echo "Nine tenths of what aggregator A earns are its sites', by energy:"
ask "SELECT '  ' || payer || ' owes ' || payee, $(yuan gross_minor) || ' yuan'
	FROM run_line WHERE entry = $(entry_of "$demo/shared")"
echo "Why it is so much, from the award back to the meter:"
line=$(ask "SELECT line FROM run_line WHERE entry = $(entry_of "$demo/settled")
	AND contract = 'dr-a' AND component = 'shortfall'")
qf-audit explain "run:$(entry_of "$demo/settled")/$line" |
    cut -c1-110 | sed 's/^/  /'
qf-audit replay "$(cat "$demo/cleared")" "$(cat "$demo/settled")" \
    "$(cat "$demo/shared")" &&
    echo "replay: clearing, settlement and shares come out the same again"

say "Where things lie"
cat <<END
the ledger            $demo/city.qf   (open it with sqlite3)
for billing           $demo/outbox/1-billing, 2-billing
statements a party    $demo/outbox/2-statements
set aside             $demo/aside.csv
reconciled            $demo/reconcile.csv   (a line a contract)
the evening           $demo/evening.qf, pictures in $demo/outbox/evening,
                      and $demo/outbox/evening.html for a browser
END
