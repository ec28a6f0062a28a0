"""italy.py - a month of the Italian day-ahead market (MGP).

    italy.py DIRECTORY      a folder with slice-cases.csv, slice-orders.csv

A case is a set of zones with one published price in one period: its orders,
the net export that the flows give, the price that was published, and the
interval that clears.  All cases go into one ledger as the hours of one
auction, and one run clears them.  Of every case the interval must be the given
one, and hold the published price where the verdict says that it does; where it
says that the price is unique, ours is that.  Other verdicts, of prices that a
coupling beyond these zones set, are counted and told.

Quantities carry float noise and are rounded to 0.1 MWh first, as the source
says.
"""
import collections
import csv
import decimal
import os
import sys

from auction import (BID_HEADER, NEED_HEADER, bid, hour, market, need)
from case import Ledger, Suite

D = decimal.Decimal
SIDES = {"demand": "buy", "supply": "sell"}


def cases(folder):
    with open(os.path.join(folder, "slice-cases.csv"), newline="",
              encoding="utf-8") as f:
        return list(csv.DictReader(f))


def orders(folder):
    """The rows of bids, one at a time."""
    with open(os.path.join(folder, "slice-orders.csv"), newline="",
              encoding="utf-8") as f:
        for number, row in enumerate(csv.DictReader(f), 1):
            quantity = D(row["qty"]).quantize(D("0.1"),
                                              decimal.ROUND_HALF_UP)
            yield bid("mgp", int(row["case"]), "o%d" % number,
                      SIDES[row["side"]], "{:f}".format(D(row["price"])),
                      quantity)


def clear(folder, given):
    """{start: row} of the prices that the tools find."""
    ledger = Ledger("gme", "UTC", "EUR", 2)
    try:
        ledger.run(
            "qf-ingest",
            ledger.text("mgp.xml", market(
                "mgp", "middle", "GME, uniform price",
                bounds='floor="-500" cap="4000"')),
            ledger.write("bids.csv", BID_HEADER, orders(folder)),
            ledger.write("needs.csv", NEED_HEADER, [
                need("mgp", int(c["case"]),
                     "{:f}".format(D(c["net_export_mwh"]))) for c in given]))
        run, _, _ = ledger.run("qf-clear", "--auction", "mgp")
        return {row["start"][:16]: row
                for row in ledger.export(run.strip(), "prices-csv")}
    finally:
        ledger.close()


def number(text):
    return None if text == "" else D(text)


def judge(suite, case, row):
    name = "case %s, %s period %s" % (
        case["case"], case["delivery_day"], case["period"])
    low, high = D(case["clear_lo"]), D(case["clear_hi"])
    published = D(case["published_price"])
    got = number(row["low"]), number(row["high"]), number(row["price"])
    suite.check(got[:2] == (low, high), "%s: clears from %s to %s, not from "
                "%s to %s" % (name, low, high, *got[:2]))
    if case["verdict"] == "unique-exact":
        suite.check(low == high and got[2] == published,
                    "%s: price %s, not %s" % (name, published, got[2]))
    elif case["verdict"] == "interval-contains":
        suite.check(None not in got and got[0] <= published <= got[1],
                    "%s: published %s, ours from %s to %s" % (
                        name, published, *got[:2]))
        suite.check(None not in got and got[0] <= got[2] <= got[1],
                    "%s: chose %s, from %s to %s" % (name, got[2], *got[:2]))


def main():
    suite = Suite("italy-2025-04")
    given = cases(sys.argv[1])
    try:
        found = clear(sys.argv[1], given)
    except RuntimeError as error:
        suite.check(False, str(error))
        return suite.close()
    other = collections.Counter()
    for case in given:
        row = found.get(hour(int(case["case"]))[0])
        if row is None:
            suite.check(False, "case %s: not cleared" % case["case"])
            continue
        judge(suite, case, row)
        if case["verdict"] not in ("unique-exact", "interval-contains"):
            other[case["verdict"]] += 1
    for verdict, count in sorted(other.items()):
        print("%s: %d published apart (%s): their intervals alone compared" % (
            suite.name, count, verdict), file=sys.stderr)
    return suite.close()


if __name__ == "__main__":
    sys.exit(main())
