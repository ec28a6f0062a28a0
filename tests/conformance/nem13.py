"""nem13.py - register readings of the Australian market.

    nem13.py DIRECTORY          with *.csv

Each file goes into a ledger of its own, with a point for each NMI and suffix.
Both readings of every 250 record must be in the ledger, at their instants, with
their channel and quality, and no other; a quantity that is not the difference
of its readings must have been said, and no other.
"""
import datetime
import decimal
import glob
import os
import re
import sys

from case import Ledger, Suite

D = decimal.Decimal
MARKET = datetime.timezone(datetime.timedelta(hours=10))
CHANNELS = {("E", "KWH"): "import", ("I", "KWH"): "export",
            ("E", "KVARH"): "import-reactive",
            ("I", "KVARH"): "export-reactive"}


def parse(path):
    reads, differs = set(), set()
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        f = [field.strip() for field in line.rstrip("\r\n").split(",")]
        if f[0] != "250":
            continue
        channel = CHANNELS[(f[7], f[19].upper())]
        for value, when, flag in (f[8:11], f[13:16]):
            at = datetime.datetime.strptime(when, "%Y%m%d%H%M%S").replace(
                tzinfo=MARKET)
            reads.add((f[1] + ":" + f[4], f[6], int(at.timestamp()), channel,
                       D(value), "measured" if flag == "A" else "estimated"))
        turn = D(f[13]) - D(f[8])
        turn += 0 if turn >= 0 else D(10) ** len(f[8].split(".")[0])
        if f[18] and D(f[18]) != turn:
            differs.add(number)
    return reads, differs


def check(suite, path):
    reads, differs = parse(path)
    name = os.path.basename(path)
    ledger = Ledger("nem13", "Australia/Brisbane", "AUD", 2)
    try:
        ledger.run("qf-ingest", ledger.write(
            "point.csv", "point,kind,class,scenario,capacity_kw,district,"
            "name_zh,name_en,from,to",
            [(point, "metering", "", "", "", "", "", "", "1990-01-01", "")
             for point in sorted({r[0] for r in reads})]))
        _, err, status = ledger.run("qf-ingest", path, allowed=range(128))
        got = {(r["point"], r["meter"], r["time_utc"], r["channel"],
                D(r["value"]), r["quality"])
               for r in ledger.query("select * from register_read")}
    finally:
        ledger.close()
    suite.check(status == 0, "%s: status %d: %s" % (name, status, err))
    for read in sorted(reads | got):
        suite.check(read in reads and read in got, "%s: %s is in the %s alone"
                    % (name, read, "file" if read in reads else "ledger"))
    said = {int(n) for n in re.findall(r":(\d+): quantity ", err)}
    suite.check(said == differs, "%s: quantities differ on lines %s, said %s"
                % (name, sorted(differs), sorted(said)))


def main():
    suite = Suite("nem13")
    for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.csv"))):
        check(suite, path)
    return suite.close()


if __name__ == "__main__":
    sys.exit(main())
