"""vectors.py - single numbers that others printed.

    vectors.py DIRECTORY    a folder of CSV files

One function a file of cases, in the table at the end; a file of the folder that
no function knows is told, and counts as failed.
"""
import collections
import csv
import datetime
import decimal
import os
import sys

import events
import flex
from auction import BID_HEADER, NEED_HEADER, bid, market, need
from case import Ledger, Suite

D = decimal.Decimal
FIRST_DAY = datetime.date(2025, 1, 1)

# What a case calls its rule, as a market document.
RULES = {
    "uniform,price=highest accepted supply offer":
        {"rule": "last-accepted-offer", "more": 'shortage="last-offer"'},
    "welfare max; block bid without minimum acceptance":
        {"rule": "last-accepted-offer"},
    "double auction; price = min(ask + 0.5*(bid-ask), ask*1.05) of last "
    "matched pair": {"rule": "mean-of-last-pair", "more": 'margin="0.05"'},
    "inelastic demand, price=marginal supply bid":
        {"rule": "last-accepted-offer"},
    "stepwise intersection": {"rule": "middle"},
    "welfare max + pro-rata ties":
        {"rule": "last-accepted-offer", "ties": "pro-rata"},
}


def rows(folder, name):
    with open(os.path.join(folder, name), newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def number(text):
    return None if text in ("", None) else D(text)


def one_auction(case, orders):
    """Clears a case: its price row, and {order: awarded}."""
    bids, needs = [], []
    for order in orders:
        side = order["side"].split(":")[0]
        if order["limit"] == "inelastic":
            needs.append(need("case", 0, order["qty"]))
        else:
            bids.append(bid(
                "case", 0, "o" + order["order"], side.split("-")[0],
                order["limit"], order["qty"],
                block="b" + order["order"] if "-block" in side else ""))
    ledger = Ledger("vectors", "UTC", "EUR", 2)
    try:
        files = [ledger.text("market.xml", market(
            "rule", source=case["source"].split("<")[0].strip(),
            **RULES[case["rule"]])),
                 ledger.write("bids.csv", BID_HEADER, bids)]
        if needs:
            files.append(ledger.write("needs.csv", NEED_HEADER, needs))
        ledger.run("qf-ingest", *files)
        run, _, _ = ledger.run("qf-clear", "--auction", "case")
        run = run.strip()
        ledger.run("qf-audit replay", run)
        return ledger.export(run, "prices-csv")[0], {
            row["bid"][1:]: D(row["awarded"])
            for row in ledger.export(run, "awards-csv")}
    finally:
        ledger.close()


def clearing(suite, folder):
    """clearing_orders.csv, clearing_expected.csv, clearing_accepted.csv."""
    orders, accepted = (collections.defaultdict(list) for _ in range(2))
    for row in rows(folder, "clearing_orders.csv"):
        orders[row["case"]].append(row)
    for row in rows(folder, "clearing_accepted.csv"):
        accepted[row["case"]].append(row)
    for case in rows(folder, "clearing_expected.csv"):
        name = case["case"]
        if case["rule"] not in RULES:
            suite.check(False, "%s: no rule like %s" % (name, case["rule"]))
            continue
        try:
            price, awards = one_auction(case, orders[name])
        except RuntimeError as error:
            suite.check(False, "%s: %s" % (name, error))
            continue
        suite.check(number(price["price"]) == number(case["price"]),
                    "%s: price %s, not %s" % (name, case["price"],
                                              price["price"]))
        suite.check(number(price["volume"]) == number(case["volume"]),
                    "%s: volume %s, not %s" % (name, case["volume"],
                                               price["volume"]))
        for row in accepted[name]:
            if row["order"] in awards:  # else a need, which is no bid
                suite.check(awards[row["order"]] == D(row["accepted_qty"]),
                            "%s: order %s: accepted %s, not %s" % (
                                name, row["order"], row["accepted_qty"],
                                awards[row["order"]]))


def mw(text):
    return int(D(text) * 10 ** 6)


def flexibility(suite, folder):
    """uftp_settlement.csv: the standard's table, in MW, a decrease; and what
    it comes to where what is missing is at most what was ordered, as in USEF's
    reference program."""
    cases = rows(folder, "uftp_settlement.csv")
    groups = collections.defaultdict(list)
    for number, case in enumerate(cases):
        groups[case["flex_price_per_mw"], case["penalty_per_mw"]].append(
            ("row-%d" % (number + 1), case))
    for (price, penalty), members in groups.items():
        orders = [flex.Order(name, FIRST_DAY + datetime.timedelta(days=n), [
            flex.Isp(1, 1, mw(case["baseline_mw"]),
                     -mw(case["ordered_flex_mw"]), mw(case["allocation_mw"]))])
                  for n, (name, case) in enumerate(members)]
        for capped in False, True:
            ledger, path = flex.settle(orders, D(price), D(penalty),
                                       capped=capped)
            came = flex.orders_of(path)
            ledger.close()
            for name, case in members:
                paid, missing = D(case["flex_paid"]), D(
                    case["power_deficiency_mw"])
                charged, net = D(case["penalty"]), D(case["net_settlement"])
                if capped:
                    missing = min(missing, D(case["ordered_flex_mw"]))
                    charged = missing * D(penalty)
                    net = paid - charged
                expected = (paid, charged, net, mw(case["delivered_flex_mw"]),
                            mw(missing))
                got = came.get(name)
                got = got and (*got[:3], got[3][0][4], got[3][0][5])
                suite.check(got == expected, "uftp_settlement.csv: %s%s: %s, "
                            "not %s" % (name, ", capped" if capped else "",
                                        got, expected))


def delivered(suite, folder):
    """usef_delivered_flex.csv: what counts as delivered, in kW.  With the cap
    of the program that it is from, the rest of the order is what is missing."""
    cases = [("row-%d" % (n + 1), case) for n, case in enumerate(
        rows(folder, "usef_delivered_flex.csv"))]
    for sign in 1, -1:
        members = [(name, case) for name, case in cases
                   if (D(case["ordered_flex_power"]) > 0) == (sign > 0)]
        orders = [flex.Order(name, FIRST_DAY + datetime.timedelta(days=n), [
            flex.Isp(1, 1, *(1000 * int(case[column]) for column in (
                "prognosis_power", "ordered_flex_power", "allocated_power")))])
                  for n, (name, case) in enumerate(members)]
        if not orders:
            continue
        ledger, path = flex.settle(orders, D(1), D(1), capped=True)
        came = flex.orders_of(path)
        ledger.close()
        for name, case in members:
            expected = D(case["delivered_flex_power"])
            got = name in came and D(came[name][3][0][4]) / 1000
            suite.check(got == expected,
                        "usef_delivered_flex.csv: %s: %s, not %s" % (
                            name, got, expected))
            expected = abs(D(case["ordered_flex_power"])) - expected
            got = name in came and D(came[name][3][0][5]) / 1000
            suite.check(got == expected,
                        "usef_delivered_flex.csv: %s: missing %s, not %s" % (
                            name, got, expected))


def at(number):
    """Start and end of the hour of a case, each on a day of its own."""
    day = (FIRST_DAY + datetime.timedelta(days=number)).isoformat()
    return day + "T10:00", day + "T11:00"


def dual(name, terms, take, direction):
    return events.programme(name, "eptr2", """<measure every="1h" award="none"/>
<baseline method="given" round="3 half-up"/>
<price per="mwh" take="%s">%s</price>
<rounding money="2 half-up line"/>""" % (take, "".join(
        '<term of="series" name="%s" factor="%s"/>' % term
        for term in terms)), direction)


def settle_imbalance(cases):
    """Of each case 1 MWh too much and too little at the dual prices, and at the
    market's: {event: its row of run_response}."""
    documents = {
        "surplus": dual("surplus", [("mcp", "0.97"), ("smp", "0.97")],
                        "lowest", "shave"),
        "shortage": dual("shortage", [("mcp", "1.03"), ("smp", "1.03")],
                         "highest", "fill"),
        "market": dual("market", [("mcp", "1")], "sum", "shave"),
    }
    baseline = {"surplus": 1000, "shortage": 0, "market": 1000}
    ledger = events.ledger(
        "imbalance", "UTC", "TRY", documents,
        [events.contract(name, name, name, "baseline=given")
         for name in documents], documents.values())
    try:
        days = range(len(cases))
        ledger.run("qf-ingest", ledger.write(
            "series.csv", "series,start,end,price,unit", [
                (series, *at(n), cases[n][series], "mwh")
                for n in days for series in ("mcp", "smp")]), ledger.write(
                    "event.csv", events.EVENT_HEADER, [
                        events.event("%s-%d" % (name, n), name, *at(n))
                        for n in days for name in documents]), ledger.write(
                            "baseline.csv", events.BASELINE_HEADER, [
                                ("given", name, *at(n), kw)
                                for n in days
                                for name, kw in baseline.items()]))
        events.hourly(ledger, {
            (name, "import", FIRST_DAY + datetime.timedelta(days=n)):
            [1000 - kw] * 24 for n in days for name, kw in baseline.items()})
        events.settle(ledger, "%s/%s" % (
            FIRST_DAY, FIRST_DAY + datetime.timedelta(days=len(cases))))
        return {row["event"]: row for row in events.responses(ledger)}
    finally:
        ledger.close()


def imbalance(suite, folder):
    """tr_imbalance_price.csv: the dual prices, and what 1 MWh costs by them
    against the market's price."""
    cases = rows(folder, "tr_imbalance_price.csv")
    came = settle_imbalance(cases)
    for n, case in enumerate(cases):
        surplus, shortage, spot = (
            came.get("%s-%d" % (name, n))
            for name in ("surplus", "shortage", "market"))
        got = surplus and shortage and spot and {
            # What a run keeps is the price of a kWh.
            "pos_imbalance_price": D(surplus["price"]) * 1000,
            "neg_imbalance_price": D(shortage["price"]) * 1000,
            "pos_cost": D(spot["pay"]) - D(surplus["pay"]),
            "neg_cost": D(shortage["pay"]) - D(spot["pay"]),
        }
        for name in ("pos_imbalance_price", "neg_imbalance_price", "pos_cost",
                     "neg_cost"):
            suite.check(got and got[name] == D(case[name]),
                        "tr_imbalance_price.csv: row-%d: %s: %s, not %s" % (
                            n + 1, name, got and got[name], case[name]))


ESTIMATION = """<estimation xmlns="urn:qingfen:estimation:1" id="quarters">
<version from="2000-01-01" source="Energinet">
<quarters from="60" to="%d" rule="carry" decimals="%d"/>
</version></estimation>
"""


def divide_hours(hours, parts, decimals):
    """The parts of each hour, by qf-fill."""
    ledger = events.ledger("quarters", "UTC", "DKK", ["P"], [],
                           [ESTIMATION % (60 // parts, decimals)])
    try:
        days = -(-len(hours) // 24)
        hours = hours + [0] * (24 * days - len(hours))
        events.hourly(ledger, {
            ("P", "import", FIRST_DAY + datetime.timedelta(days=n)):
            hours[24 * n:24 * n + 24] for n in range(days)})
        ledger.run("qf-fill", "--point", "P", "--period", "%s/%s" % (
            FIRST_DAY, FIRST_DAY + datetime.timedelta(days=days)))
        values = [D(row["value"]).scaleb(-row["scale"])
                  for row in ledger.query(
                      "SELECT v.value AS value, scale FROM read_day d,"
                      " json_each(vals) v WHERE minutes = %d"
                      " ORDER BY day, v.key" % (60 // parts))]
    finally:
        ledger.close()
    return [values[parts * n:parts * n + parts] for n in range(len(hours))]


def quarters(suite, folder):
    """energinet_hour_to_quarter.csv: rounding that is carried on."""
    cases = rows(folder, "energinet_hour_to_quarter.csv")
    names = [name for name in cases[0] if name[0] == "q"]
    decimals = max(-D(case[name]).as_tuple().exponent
                   for case in cases for name in names)
    came = divide_hours([case["hour_qty_kwh"] for case in cases], len(names),
                        decimals)
    for n, case in enumerate(cases):
        expected = [D(case[name]) for name in names]
        suite.check(came[n] == expected,
                    "energinet_hour_to_quarter.csv: %s: %s, not %s" % (
                        case["hour_qty_kwh"], came[n], expected))


# The files of the folder, and what checks them.
FILES = {
    ("clearing_accepted.csv", "clearing_expected.csv",
     "clearing_orders.csv"): clearing,
    ("energinet_hour_to_quarter.csv",): quarters,
    ("tr_imbalance_price.csv",): imbalance,
    ("uftp_settlement.csv",): flexibility,
    ("usef_delivered_flex.csv",): delivered,
}


def main():
    suite, folder = Suite("vectors"), sys.argv[1]
    there = {n for n in os.listdir(folder) if n.endswith(".csv")}
    for names, check in FILES.items():
        if there.issuperset(names):
            check(suite, folder)
        there -= set(names)
    for name in sorted(there):
        suite.check(False, "%s: nothing checks it" % name)
    return suite.close()


if __name__ == "__main__":
    sys.exit(main())
