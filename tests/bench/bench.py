"""bench.py - how fast, and how much memory, all in one run.

    bench.py [--points N] [--days N] [--long-points N] [--bids N]
             [--only PART]... [--keep DIRECTORY]

Makes its input, times each tool as a whole process, and prints figures beside
the aims; what falls short is printed as falling short.  Ratios are taken
against a bare libcsv pass over the same file, and against DuckDB where its npm
package is installed (npm install --prefix build/bench @duckdb/node-api).
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BIN = os.path.join(ROOT, "build", "bin")
BUILD = os.path.join(ROOT, "build", "bench")

TARIFF = """<?xml version="1.0" encoding="UTF-8"?>
<tariff xmlns="urn:qingfen:tariff:1" id="bench">
  <name xml:lang="en">Three bands, for the benchmark</name>
  <version from="2020-01-01" source="made for the benchmark">
    <bands>
      <band id="valley" hours="00:00-08:00"/>
      <band id="flat" hours="08:00-11:00 17:00-20:00 22:00-24:00"/>
      <band id="peak" hours="11:00-17:00 20:00-22:00"/>
    </bands>
    <import>
      <price band="valley" value="0.379188"/>
      <price band="flat" value="0.762307"/>
      <price band="peak" value="1.133067"/>
    </import>
    <rounding money="2 half-up line"/>
  </version>
</tariff>
"""


MARKET = """<?xml version="1.0" encoding="UTF-8"?>
<market xmlns="urn:qingfen:market:1" id="bench">
  <version from="2020-01-01" source="made for the benchmark">
    <quantity unit="mwh" tick="0.1"/>
    <price unit="mwh" tick="0.01" floor="0" cap="1500" round="2 half-up"/>
    <clearing method="uniform" price="middle" ties="pro-rata"/>
  </version>
</market>
"""


class Figures:
    """Runs commands and keeps what each took."""

    def __init__(self):
        self.peak_kib = 0
        self.short = []

    def run(self, name, *command, output=None, env=None):
        """Seconds of a whole process; its peak memory is remembered."""
        target = open(output, "wb") if output else subprocess.DEVNULL
        begin = time.monotonic()
        child = subprocess.Popen(command, stdout=target, env=env)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.monotonic() - begin
        if output:
            target.close()
        if status != 0:
            sys.exit("%s: status %d" % (name, os.waitstatus_to_exitcode(
                status)))
        if command[0].startswith(BIN):
            self.peak_kib = max(self.peak_kib, usage.ru_maxrss)
        print("  %-34s %8.2f s  %7.1f MiB" % (
            name, seconds, usage.ru_maxrss / 1024), flush=True)
        return seconds

    def aim(self, text, value, limit, at_least=False):
        reached = value >= limit if at_least else value <= limit
        print("%-11s %-44s %10.2f  (aim: %s %g)" % (
            "reached" if reached else "FALLS SHORT", text, value,
            "at least" if at_least else "at most", limit), flush=True)
        if not reached:
            self.short.append(text)


def helper(name):
    """Compiles one of the C programs beside this file."""
    os.makedirs(BUILD, exist_ok=True)
    path = os.path.join(BUILD, name)
    subprocess.run(["cc", "-O2", "-o", path,
                    os.path.join(HERE, name + ".c"), "-lcsv"], check=True)
    return path


def registry(directory, points):
    """Parties, points and contracts for p0000001 ... ."""
    files = {
        "party.csv": ("party,kind,name_zh,name_en,from,to",
                      "grid,grid,,,2020-01-01,\ncust,customer,,,2020-01-01,",
                      1),
        "point.csv": ("point,kind,class,scenario,capacity_kw,district,name_zh,"
                      "name_en,from,to",
                      "p%07d,metering,private,,,,,,2020-01-01,", points),
        "contract.csv": ("contract,leg,point,payer,payee,account,tariff,basis,"
                         "voltage,user_class,type,options,cycle,from,to",
                         "cp%07d,supply,p%07d,cust,grid,,bench,intervals,,,,,"
                         "month,2020-01-01,", points)}
    paths = []
    for name, (header, form, count) in files.items():
        paths.append(os.path.join(directory, name))
        with open(paths[-1], "w", encoding="utf-8") as f:
            f.write(header + "\n")
            # One at a time: a child's peak memory begins with ours.
            for n in range(1, count + 1):
                f.write(form % ((n,) * form.count("%")) + "\n")
    paths.append(os.path.join(directory, "bench.xml"))
    with open(paths[-1], "w", encoding="utf-8") as f:
        f.write(TARIFF)
    return paths


def init(figures, directory, name, points):
    ledger = os.path.join(directory, name)
    figures.run("qf-init", BIN + "/qf-init", "-l", ledger, "--market", "bench",
                "--zone", "Asia/Shanghai", "--currency", "CNY")
    figures.run("qf-ingest registry", BIN + "/qf-ingest", "-l", ledger,
                *registry(directory, points))
    return ledger


def bench_long(figures, directory, make, bare, points, days):
    print("long: %d points x %d days of 96" % (points, days))
    source = os.path.join(directory, "long.csv")
    figures.run("(make input)", make, "long", str(points), str(days),
                output=source)
    base = figures.run("(bare libcsv)", bare, source)
    ledger = init(figures, directory, "long.qf", points)
    seconds = figures.run("qf-ingest long", BIN + "/qf-ingest", "-l", ledger,
                          source)
    figures.aim("long ingest, x bare libcsv", seconds / base, 6)
    os.unlink(source)
    os.unlink(ledger)


def bench_wide(figures, directory, make, bare, points, days):
    print("wide: %d points x %d days of 96" % (points, days))
    reads = points * days * 96
    source = os.path.join(directory, "wide.csv")
    figures.run("(make input)", make, "wide", str(points), str(days),
                output=source)
    base = figures.run("(bare libcsv)", bare, source)
    ledger = init(figures, directory, "wide.qf", points)
    before = os.path.getsize(ledger)
    ingest = figures.run("qf-ingest wide", BIN + "/qf-ingest", "-l", ledger,
                         source)
    size = os.path.getsize(ledger) - before
    period = ["--period", "2025-02-01/2025-02-%02d" % (days + 1)]
    compute = figures.run("qf-rate --dry-run (no lines written)",
                          BIN + "/qf-rate", "-l", ledger, "--dry-run", *period)
    handle = os.path.join(directory, "run")
    rate = figures.run("qf-rate", BIN + "/qf-rate", "-l", ledger, *period,
                       output=handle)
    run = open(handle, encoding="utf-8").read().strip()
    post = figures.run("qf-post", BIN + "/qf-post", "-l", ledger, run,
                       output=handle)
    posting = open(handle, encoding="utf-8").read().strip()
    out = os.path.join(directory, "lines.csv")
    export = figures.run("qf-export lines-csv", BIN + "/qf-export", "-l",
                         ledger, run, "--to", "lines-csv", "-o", out)
    billing = figures.run("qf-export billing-csv", BIN + "/qf-export", "-l",
                          ledger, posting, "--to", "billing-csv", "-o",
                          os.path.join(directory, "billing"))
    whole = ingest + rate + post + export
    lines = points * 3
    print("  reads/s: ingest %.1f M, rate %.1f M; lines/s: rate %.2f M, "
          "post %.2f M, export %.2f M, billing %.2f M; %.2f bytes a read" % (
              reads / ingest / 1e6, reads / compute / 1e6, lines / rate / 1e6,
              lines / post / 1e6, lines / export / 1e6, lines / billing / 1e6,
              size / reads))
    figures.aim("wide ingest, x bare libcsv", ingest / base, 8)
    figures.aim("rating, M reads/s before lines are written",
                reads / compute / 1e6, 40, at_least=True)
    figures.aim("posting, M lines/s", lines / post / 1e6, 0.4, at_least=True)
    figures.aim("peak memory of a tool, MiB", figures.peak_kib / 1024, 256)
    duck(figures, directory, source, whole)


def write_bids(path, auction, bids, hours):
    """A book of as many bids over so many hours, its numbers from a linear
    congruential generator; ids in no order."""
    state = 1
    with open(path, "w", encoding="utf-8") as f:
        f.write("auction,start,bid,end,party,side,price,quantity,submitted,"
                "minimum,block,performance,class\n")
        for n in range(bids):
            state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
            hour, price, quantity = n % hours, state >> 33, state >> 50
            f.write("%s,2025-02-01T%02d:00,o%08x-%d,2025-02-%02dT%02d:00,p%d,%s,"
                    "%d.%02d,%d.%d,,,,,\n" % (
                        auction, hour, state >> 32, n, 2 if hour == 23 else 1,
                        (hour + 1) % 24, n % 997, ("sell", "buy")[n // hours % 2],
                        price // 100 % 1000, price % 100, quantity // 10 % 100,
                        quantity % 10))


def bench_auction(figures, directory, bare, bids):
    """A day of 24 hours, and an hour with all of them."""
    ledger = os.path.join(directory, "auction.qf")
    figures.run("qf-init", BIN + "/qf-init", "-l", ledger, "--market", "bench",
                "--zone", "Asia/Shanghai", "--currency", "CNY")
    market = os.path.join(directory, "market.xml")
    with open(market, "w", encoding="utf-8") as f:
        f.write(MARKET)
    figures.run("qf-ingest market", BIN + "/qf-ingest", "-l", ledger, market)
    for auction, hours in (("day", 24), ("hour", 1)):
        print("auction: %d bids in %d hours" % (bids, hours))
        source = os.path.join(directory, "bids.csv")
        write_bids(source, auction, bids, hours)
        base = figures.run("(bare libcsv)", bare, source)
        ingest = figures.run("qf-ingest bids", BIN + "/qf-ingest", "-l",
                             ledger, source)
        compute = figures.run("qf-clear --dry-run", BIN + "/qf-clear", "-l",
                              ledger, "-a", auction, "--dry-run")
        clear = figures.run("qf-clear", BIN + "/qf-clear", "-l", ledger, "-a",
                            auction)
        print("  %.1f x bare libcsv to take in; M bids/s: ingest %.2f, "
              "computed %.2f, cleared %.2f" % (
                  ingest / base, bids / ingest / 1e6, bids / compute / 1e6,
                  bids / clear / 1e6))
        figures.aim("clearing a million bids, s", clear * 1e6 / bids, 10)
        os.unlink(source)
    os.unlink(ledger)


def duck(figures, directory, source, whole):
    package = os.path.join(BUILD, "node_modules", "@duckdb", "node-api")
    if not os.path.isdir(package) or not shutil.which("node"):
        print("no DuckDB: npm install --prefix build/bench @duckdb/node-api")
        return
    env = dict(os.environ, QF_BENCH_SOURCE=source,
               QF_BENCH_TABLE=os.path.join(directory, "duck.db"),
               QF_BENCH_OUT=os.path.join(directory, "duck.csv"),
               QF_BENCH_PACKAGE=package)
    seconds = figures.run("(DuckDB, the same priced lines)", "node",
                          os.path.join(HERE, "duckdb.mjs"), env=env)
    figures.aim("the whole way, x DuckDB", whole / seconds, 2)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--points", type=int, default=1000000)
    options.add_argument("--days", type=int, default=1)
    options.add_argument("--long-points", type=int, default=100000)
    options.add_argument("--bids", type=int, default=1000000)
    options.add_argument("--only", action="append",
                         choices=("long", "wide", "auction"))
    options.add_argument("--keep", help="work here, and leave the files")
    o = options.parse_args()
    figures, make, bare = Figures(), helper("make_reads"), helper("bare_csv")
    with tempfile.TemporaryDirectory(prefix="qf-bench-") as scratch:
        directory = o.keep or scratch
        os.makedirs(directory, exist_ok=True)
        parts = o.only or ("long", "wide", "auction")
        if "long" in parts:
            bench_long(figures, directory, make, bare, o.long_points, o.days)
        if "wide" in parts:
            bench_wide(figures, directory, make, bare, o.points, o.days)
        if "auction" in parts:
            bench_auction(figures, directory, bare, o.bids)
    if figures.short:
        print("falls short: " + "; ".join(figures.short))
    return 0


if __name__ == "__main__":
    sys.exit(main())
