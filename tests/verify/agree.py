#!/usr/bin/env python3
"""agree.py - two verifiers, one answer; and what only the first one can tell.

    agree.py BIN

Settles the small city with the tools in BIN, then changes copies of the ledger
behind its back.  After each change verify.py and qf-audit verify chain must
both refuse the copy and name the same entry.  Then changes after which the
chain was made anew, as an owner could: the chain is sound, and the balance, a
replay, an explanation, the reconciliation or a checkpoint tells.

Prints "verify: N passed, N failed".
"""
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

import verify

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
CITY = os.path.join(ROOT, "testdata", "city")
ENV = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC",
       "QF_CLOCK": "2025-03-05T01:00:00Z"}

SESSION = "s-0001"  # of the city

# Changes that the chain must show.  {run} and {posting} are the newest.
CHAIN = [
    "UPDATE market SET name = 'other'",
    "UPDATE batch SET file = 'x.csv' WHERE entry = (SELECT min(entry) FROM batch)",
    "UPDATE batch SET received_utc = 0 WHERE entry = (SELECT max(entry) FROM batch)",
    "UPDATE rule SET text = replace(text, '0.40', '0.41') WHERE text LIKE '%0.40%'",
    "UPDATE party SET name_zh = name_zh || 'x' WHERE id = 3",
    "UPDATE point SET capacity_kw = '1' WHERE id = 2",
    "UPDATE meter SET multiplier = '2' WHERE id = 1",
    "UPDATE contract SET to_utc = from_utc WHERE id = 5",
    "UPDATE relation SET role = 'check' WHERE id = 1",
    "UPDATE read_day SET vals = replace(vals, '1', '2') WHERE id = 40",
    "UPDATE read_day SET quality = 'E' WHERE id = 41",
    "UPDATE register_read SET value = '1' WHERE id = 2",
    "UPDATE session SET party = NULL WHERE id = 9",
    "UPDATE session_interval SET kwh = '0' WHERE id = 10",
    "UPDATE session_period SET volume = '2' WHERE id = 1",
    "UPDATE session_claim SET incl = NULL WHERE id = 1",
    "DELETE FROM session_claim WHERE id = 2",
    "UPDATE price SET price = '0' WHERE id = 1",
    "UPDATE calendar SET kind = 'workday' WHERE kind = 'holiday'",
    "UPDATE estimate SET inputs = 'x' WHERE id = 1",
    "UPDATE finding SET hold = 'no' WHERE id = 1",
    "UPDATE finding_cleared SET cleared = 'no' WHERE id = 1",
    "UPDATE bid SET price = '1' WHERE id = 2",
    "UPDATE need SET quantity = '0' WHERE id = 1",
    "UPDATE event SET test = 'yes' WHERE id = 1",
    "UPDATE event_target SET target = 'pile-01' WHERE id = 1",
    "UPDATE award SET kw = '0' WHERE id = 1",
    "UPDATE run_award SET awarded = offered WHERE entry = {cleared} AND line = 2",
    "UPDATE run_price SET price = '1' WHERE entry = {cleared}",
    "UPDATE run_response SET actual_kwh = '9' WHERE entry = {settled} AND line = 1",
    "UPDATE run_baseline SET used = 'no' WHERE entry = {settled} AND line = 1",
    "DELETE FROM run_baseline WHERE entry = {settled} AND line = 1",
    "UPDATE run SET kind = 'correction' WHERE entry = {run}",
    "UPDATE run_line SET net_minor = net_minor + 1 WHERE entry = {run} AND line = 10",
    "UPDATE run_line SET band = NULL WHERE entry = {run} AND line = 10",
    "UPDATE run_energy SET held_kwh = '1' WHERE entry = {run} AND line = 2",
    "UPDATE transfer SET debit = credit, credit = debit WHERE entry = {posting}",
    "DELETE FROM run_line WHERE entry = {run} AND line = 4",
    "DELETE FROM transfer WHERE entry = {posting}",
    "DELETE FROM session WHERE id = 20",
    "INSERT INTO run_hold SELECT ({run} << 32) + 99, contract, leg, point, NULL,"
    " from_utc, to_utc, 'no-price', '' FROM run_line WHERE entry = {run} AND line = 1",
    "UPDATE run_line SET id = id + 1000000 WHERE entry = {run} AND line = 7",
    "UPDATE entry SET header = replace(header, 'program', 'Program') WHERE entry = 3",
    "UPDATE entry SET digest = substr(digest, 2) || 'x' WHERE entry = 4",
    "UPDATE entry SET kind = 'rule' WHERE entry = 12",
    "DELETE FROM entry WHERE entry = 5",
    "DELETE FROM entry WHERE entry = {posting}",
]

PLATFORM = [
    ("period", "session,start,dimension,volume\n"
     "%s,2025-02-03T18:05,time,1.5\n%s,2025-02-03T18:05,max-power,7\n"
     % (SESSION, SESSION)),
    ("claim", "session,item,volume,excl,incl\n%s,total,,5.00,5.50\n"
     "%s,energy,20,,\n" % (SESSION, SESSION)),
]

# Changes with the chain made anew: (what, command, code that must be said).
REWRITTEN = [
    ("UPDATE run_line SET gross_minor = gross_minor + 1 WHERE entry = {run} AND line = 10",
     "verify balance", "balance-line"),
    ("UPDATE run_line SET gross_minor = gross_minor + 1, net_minor = net_minor + 1"
     " WHERE entry = {run} AND line = 10", "verify balance", "balance-stands"),
    ("UPDATE run_line SET gross_minor = gross_minor + 1, net_minor = net_minor + 1"
     " WHERE entry = {run} AND line = 10", "replay run:{run}", "replay-differs"),
    ("UPDATE run_line SET gross_minor = gross_minor + 1, net_minor = net_minor + 1"
     " WHERE entry = {run} AND line = 10", "explain run:{run}/10", "explain-differs"),
    ("UPDATE run_line SET gross_minor = gross_minor + 1, net_minor = net_minor + 1"
     " WHERE entry = {run} AND line = 10", "reconcile -p 2025-02", "reconcile-gap"),
    ("UPDATE run_line SET quantity = '1' WHERE entry = {run} AND line = 10",
     "verify balance", "balance-rated"),
    ("UPDATE run_energy SET held_kwh = '1' WHERE entry = {run} AND line = 2",
     "verify balance", "balance-energy"),
    ("UPDATE run_energy SET metered_kwh = '1', rated_kwh = '1' WHERE entry = {run} AND line = 2",
     "verify balance", "balance-rated"),
    ("UPDATE run SET lines = lines + 1 WHERE entry = {run}", "verify balance",
     "balance-run"),
    ("DELETE FROM run_hold WHERE entry = {held}", "verify balance", "balance-run"),
    ("DELETE FROM run_hold WHERE entry = {held}", "replay run:{held}", "replay-differs"),
    ("UPDATE posting SET transfers = transfers - 1 WHERE entry = {posting}",
     "verify balance", "balance-posting"),
    ("UPDATE transfer SET debit = credit, credit = debit WHERE entry = {posting}",
     "verify balance", "balance-transfer"),
    ("UPDATE transfer SET amount_minor = amount_minor + 1 WHERE entry = {posting}",
     "verify balance", "balance-transfer"),
    ("UPDATE transfer SET total_quantity = '1' WHERE entry = {posting}",
     "verify balance", "balance-total"),
    ("UPDATE transfer SET total_gross_minor = total_gross_minor + 1 WHERE entry = {posting}",
     "verify balance", "balance-total"),
    ("UPDATE transfer SET version = version + 1 WHERE entry = {posting}",
     "verify balance", "balance-total"),
    ("UPDATE transfer SET gross_minor = 5, net_minor = 5, tax_minor = 0, amount_minor = 5,"
     " total_net_minor = total_net_minor - net_minor + 5,"
     " total_gross_minor = total_gross_minor - gross_minor + 5,"
     " debit = payer, credit = payee"
     " WHERE entry = {posting} AND line = 1 AND tax_minor = 0",
     "verify balance", "balance-stands"),
    ("UPDATE read_day SET vals = '[' || substr('" + "1," * 96 + "', 1, 191) || ']'"
     " WHERE point = 'pile-01' AND id = (SELECT max(id) FROM read_day WHERE point = 'pile-01'"
     " AND channel = 'import')",
     "replay run:{run}", "replay-differs"),
    ("UPDATE read_day SET vals = '[' || substr('" + "1," * 96 + "', 1, 191) || ']'"
     " WHERE point = 'pile-01' AND id = (SELECT max(id) FROM read_day WHERE point = 'pile-01'"
     " AND channel = 'import')",
     "reconcile -p 2025-02", "reconcile-gap"),
    ("UPDATE register_read SET value = '1' WHERE point = 'depot-v1' AND band IS NULL"
     " AND time_utc = (SELECT min(time_utc) FROM register_read)",
     "reconcile -p 2025-02", "reconcile-gap"),
    ("UPDATE session SET import_kwh = '1' WHERE session = 's-0001'",
     "reconcile -p 2025-02", "reconcile-gap"),
    ("UPDATE run_award SET awarded = offered WHERE entry = {cleared} AND line = 2",
     "replay run:{cleared}", "replay-differs"),
    ("DELETE FROM run_award WHERE entry = {cleared} AND line = 2",
     "replay run:{cleared}", "replay-differs"),
    ("UPDATE bid SET price = '1' WHERE id = 2", "replay run:{cleared}", "replay-differs"),
    ("UPDATE run_response SET actual_kwh = '9' WHERE entry = {settled} AND line = 1",
     "replay run:{settled}", "replay-differs"),
    ("UPDATE event SET test = 'yes' WHERE id = 1", "replay run:{settled}", "replay-differs"),
    ("UPDATE party SET name_zh = 'other' WHERE id = 3", "verify --since {kept}",
     "checkpoint-differs"),
]


def run(binary, ledger, *arguments):
    return subprocess.run([binary, arguments[0], "-l", ledger, *arguments[1:]],
                          env=ENV, capture_output=True, text=True, check=False)


ESTIMATION = """<estimation xmlns="urn:qingfen:estimation:1" id="near">
<version from="2025-01-01" source="test"><method name="neighbour"/></version>
</estimation>"""
THRESHOLDS = """<thresholds xmlns="urn:qingfen:thresholds:1" id="low">
<version from="2025-01-01" source="test">
<check name="above-capacity" hold="yes" percent="1"/></version>
</thresholds>"""


def look(tool, ledger):
    """Fills and checks a point, and clears a finding, behind the last run."""
    folder = os.path.dirname(ledger)

    def take(name, text):
        path = os.path.join(folder, name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        tool("qf-ingest", path)
    take("estimation.xml", ESTIMATION)
    take("thresholds.xml", THRESHOLDS)
    tool("qf-fill", "--period", "2025-03-01", "--point", "pile-04")
    tool("qf-check", "--period", "2025-02", "--point", "pile-04", may=1)
    base = sqlite3.connect(ledger)
    start, value = base.execute(
        "SELECT datetime(start_utc, 'unixepoch'), value FROM finding").fetchone()
    base.close()
    take("cleared.csv",
         "finding,point,channel,session,start,value,cleared,who,why\n"
         "above-capacity,pile-04,import,,%sZ,%s,yes,li,seen\n" % (start, value))


MARKET = """<market xmlns="urn:qingfen:market:1" id="m">
<version from="2025-01-01" source="test"><quantity unit="mw" tick="1"/>
<price unit="mwh" tick="0.01" round="3 half-up"/>
<clearing price="last-accepted-offer" method="uniform" ties="pro-rata"/>
</version></market>"""
PROGRAMME = """<programme xmlns="urn:qingfen:programme:1" id="p">
<version from="2025-01-01" source="test" direction="shave"><measure every="1h"/>
<baseline method="previous-day" round="2 half-up"/>
<price per="kwh"><term of="fixed" value="2"/></price>
<rounding money="2 half-up line"/></version></programme>"""
HOUR = "2025-02-11T19:00"
NEXT = "2025-02-11T20:00"


def respond(tool, ledger):
    """An auction that is cleared, and an event of pile-05 that is settled; the
    handles of the two runs."""
    folder = os.path.dirname(ledger)
    base = sqlite3.connect(ledger)
    payer, payee = [row[0] for row in base.execute(
        "SELECT DISTINCT party FROM party ORDER BY party LIMIT 2")]
    base.close()
    for name, text in (
            ("market.xml", MARKET), ("programme.xml", PROGRAMME),
            ("drp.csv", "contract,leg,point,payer,payee,account,tariff,basis,voltage,"
             "user_class,type,options,cycle,from,to\n"
             "drp,response,pile-05,%s,%s,,p,events,,,,,month,2025-01-01,\n" % (payer, payee)),
            ("bids.csv", "auction,start,bid,end,party,side,price,quantity,submitted,"
             "minimum,block,performance,class\n"
             "a,{0},b1,{1},,sell,3,4,,,,,\na,{0},b2,{1},,sell,5,4,,,,,\n"),
            ("needs.csv", "auction,start,need,end,quantity\na,{0},n,{1},5\n"),
            ("events.csv", "event,modification,programme,context,auction,start,end,"
             "notified,status,test\ne,0,p,,a,{0},{1},,called,no\n"),
            ("targets.csv", "event,modification,kind,target\ne,0,point,pile-05\n"),
            ("awards.csv", "event,contract,start,award,end,kw,price\ne,drp,{0},b1,{1},5,\n")):
        path = os.path.join(folder, name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace("{0}", HOUR).replace("{1}", NEXT))
        tool("qf-ingest", path)
    return (tool("qf-clear", "--auction", "a"),
            tool("qf-settle", "--period", "2025-02"))


def build(tools, ledger):
    """The city's February, settled twice; returns the numbers of entries."""
    def tool(name, *arguments, may=0):
        done = subprocess.run([os.path.join(tools, name), "-l", ledger, *arguments],
                              env=ENV, capture_output=True, text=True, check=False)
        if done.returncode > may:
            sys.exit("%s: status %d: %s" % (name, done.returncode, done.stderr))
        return done.stdout.split()

    def files(*parts):
        folder = os.path.join(*parts)
        return sorted(os.path.join(folder, name) for name in os.listdir(folder)
                      if name.endswith((".csv", ".xml")))
    rules = os.path.join(ROOT, "schemas", "rules")
    tool("qf-init", "--market", "city", "--zone", "Asia/Shanghai", "--currency", "CNY")
    tool("qf-ingest", os.path.join(rules, "cq-ci-two-part-10kv.xml"),
         os.path.join(rules, "cq-residential-ev.xml"), *files(rules, "prices"),
         *files(CITY, "rules"), *files(CITY, "inbox"))
    first = tool("qf-rate", "--period", "2025-02", may=1)
    tool("qf-post", *first)
    tool("qf-ingest", os.path.join(CITY, "late", "reads-pile-04.csv"))
    tool("qf-ingest", "--correct", "late", *files(CITY, "correction"))
    second = tool("qf-rate", "--period", "2025-02", may=1)
    posting = tool("qf-post", *second)
    look(tool, ledger)
    # What a charging platform says beside, of a session that is there.
    for name, rows in PLATFORM:
        path = os.path.join(os.path.dirname(ledger), name + ".csv")
        with open(path, "w", encoding="utf-8") as f:
            f.write(rows)
        tool("qf-ingest", path)
    cleared, settled = respond(tool, ledger)
    number = re.compile(r":(\d+)@")
    return {"cleared": number.search(cleared[0]).group(1),
            "settled": number.search(settled[0]).group(1),
            "held": number.search(first[0]).group(1),
            "run": number.search(second[0]).group(1),
            "posting": number.search(posting[0]).group(1)}


def change(ledger, sql, rechain):
    base = sqlite3.connect(ledger)
    guards = [row[0] for row in base.execute(
        "SELECT sql FROM sqlite_schema WHERE type = 'trigger'")]
    for (name,) in base.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        base.execute('DROP TRIGGER "%s"' % name)
    base.execute("PRAGMA ignore_check_constraints = ON")
    done = base.execute(sql).rowcount
    if done < 1:
        sys.exit("nothing changed: " + sql)
    if rechain:
        make_chain(base)
    for guard in guards:
        base.execute(guard)
    base.commit()
    base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    base.close()


def make_chain(base):
    """Headers and digests for the rows as they are now."""
    tables, previous = verify.tables_of(base), "0" * 64
    for number, header in base.execute(
            "SELECT entry, header FROM entry ORDER BY entry").fetchall():
        header = re.sub(r"(?m)^previous .*$", "previous " + previous, header)
        header = re.sub(r"(?m)^rows .*\n", "", header)
        # Not sorted: the tables are in the order of the schema.
        for name, columns in tables.items():
            leaves = [verify.leaf(row) for row in base.execute(
                'SELECT %s FROM "%s" WHERE entry = ? ORDER BY rowid' % (
                    ", ".join('"%s"' % c for c in columns), name), (number,))]
            if leaves:
                header += "rows %s %d %s\n" % (
                    name, len(leaves), verify.root(leaves).hex())
        previous = verify.hashlib.sha256(header.encode()).hexdigest()
        base.execute("UPDATE entry SET header = ?, digest = ? WHERE entry = ?",
                     (header, previous, number))


def second_verifier(ledger):
    return subprocess.run([sys.executable, os.path.join(HERE, "verify.py"), ledger],
                          capture_output=True, text=True, check=False)


def named(text):
    match = re.search(r"entry (\d+)", text)
    return match.group(1) if match else None


def check_chain(audit, ledger, sql):
    """What is wrong with the two answers, or nothing."""
    first, second = run(audit, ledger, "verify", "chain"), second_verifier(ledger)
    if first.returncode != 1 or second.returncode != 1:
        return "status %d and %d: %s%s" % (
            first.returncode, second.returncode, first.stderr, second.stdout)
    # A missing entry is told by its number, a stray row by its entry.
    if named(first.stderr) != named(second.stdout.replace("entries ", "")):
        return "named apart: %s%s" % (first.stderr, second.stdout)
    return None


def check_rewritten(audit, ledger, command, code):
    first, second = run(audit, ledger, "verify", "chain"), second_verifier(ledger)
    if first.returncode != 0 or second.returncode != 0:
        return "the chain: %s%s" % (first.stderr, second.stdout)
    done = run(audit, ledger, *command.split())
    if done.returncode != 1 or "[%s]" % code not in done.stderr:
        return "status %d: %s" % (done.returncode, done.stderr)
    return None


def check_good(audit, ledger, entries, kept):
    with open(kept, "w", encoding="utf-8") as out:
        out.write(run(audit, ledger, "checkpoint").stdout)
    for arguments in (["verify", "--since", kept],
                      ["replay", "run:" + entries["held"], "run:" + entries["run"]],
                      ["reconcile", "-p", "2025-02"],
                      ["explain", "run:%s/10" % entries["run"]]):
        done = run(audit, ledger, *arguments)
        if done.returncode != 0:
            return "%s: %s" % (arguments, done.stderr)
    done = second_verifier(ledger)
    return done.stdout if done.returncode != 0 else None


def main():
    tools = os.path.abspath(sys.argv[1])
    audit = os.path.join(tools, "qf-audit")
    passed, failed = 0, 0
    with tempfile.TemporaryDirectory(prefix="qf-verify-") as top:
        good = os.path.join(top, "good.qf")
        copy = os.path.join(top, "copy.qf")
        kept = os.path.join(top, "kept")
        entries = build(tools, good)
        results = [("as it is", check_good(audit, good, entries, kept))]
        for sql in CHAIN:
            sql = sql.format(kept=kept, **entries)
            shutil.copy(good, copy)
            change(copy, sql, False)
            results.append((sql, check_chain(audit, copy, sql)))
        for sql, command, code in REWRITTEN:
            sql = sql.format(**entries)
            shutil.copy(good, copy)
            change(copy, sql, True)
            results.append((sql + " / " + code, check_rewritten(
                audit, copy, command.format(kept=kept, **entries), code)))
        for what, wrong in results:
            if wrong is None:
                passed += 1
            else:
                failed += 1
                print("verify: %s: %s" % (what, wrong.strip()))
    print("verify: %d passed, %d failed" % (passed, failed))
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
