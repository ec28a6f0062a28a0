"""corrections.py - what was wrong in the city is put right, to the fen.

February is settled, then again after each of these: reads that come late, a
corrected read, a payer who changed weeks ago, a read withdrawn and stated
again, a contract that ended early, a price table and a tariff document put
right, a session that comes late, a payer who was another from the start, and
nothing at all.  What each changes is worked out here from the input files, by
hand where it says so.  After each: the ledger verifies, the month ties out
from the meter to the exported files, the books balance, and all deltas
together are what a full export says.
"""
import csv
import os
import sys
import tempfile
from decimal import ROUND_HALF_UP, Decimal

import city

INBOX = os.path.join(city.CITY, "inbox")
# Quarters of the day by band, as the two tariffs of Chongqing have them.
BAND = ["valley"] * 32 + ["flat"] * 12 + ["peak"] * 24 + ["flat"] * 12 + \
    ["peak"] * 8 + ["flat"] * 8
ADDER = {"valley": Decimal("-0.18"), "flat": Decimal(0),
         "peak": Decimal("0.10")}
AGENCY = {"flat": Decimal("0.762307"), "peak": Decimal("1.133067"),
          "valley": Decimal("0.379188")}


def fen(amount):
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def by_band(path, point, days=range(1, 29), multiplier=1):
    """kWh of a point in each band, of a wide file."""
    out = dict.fromkeys(ADDER, Decimal(0))
    with open(path, encoding="utf-8") as f:
        for row in list(csv.reader(f))[2:]:
            if row[0] == point and row[1] == "import" and \
                    int(row[2][-2:]) in days:
                for band, value in zip(BAND, row[3:]):
                    out[band] += Decimal(value) * multiplier
    return out


def home(kwh, base="0.52"):
    """What a private pile owes a band."""
    return {band: fen(kwh[band] * (Decimal(base) + ADDER[band]))
            for band in kwh}


def pile(number, days=range(1, 29)):
    return by_band(os.path.join(INBOX, "reads-piles.csv"),
                   "pile-%02d" % number, days)


def fill_up(one, other):
    return {band: one[band] + other[band] for band in one}


class Month:
    """February in one ledger, settled again and again."""

    def __init__(self, checks, ledger):
        self.checks, self.ledger, self.deltas = checks, ledger, []
        self.title, self.rows = "", []

    def again(self, title):
        """Settles; what the delta export has is in rows."""
        ledger, checks, self.title = self.ledger, self.checks, title
        _, posting = ledger.settle()
        number = len(self.deltas) + 1
        out = ledger.export(posting, "delta-%d" % number)
        full = ledger.export(posting, "full-%d" % number, "--full")
        self.deltas.append(out)
        self.rows = [r for r in city.billing(out) if r["record"] == "row"]
        ledger.run("qf-audit", "verify")
        for exported in ([full], self.deltas):
            done = ledger.run("qf-audit", "reconcile", *city.PERIOD, *(
                x for e in exported for x in ("--exported", e)), allow=(0, 1))
            checks.that(done.status == 0, "%s: reconcile: %s" % (
                title, done.said))
        checks.same(ledger.ask("SELECT sum(balance_minor) FROM v_balance"),
                    [(0,)], title + ": the books balance")
        checks.same(self.sum_of_deltas(), self.standing(full),
                    title + ": all deltas are the full export")

    def sum_of_deltas(self):
        """{key: (kWh, gross)} of all deltas so far."""
        out = {}
        for folder in self.deltas:
            for r in city.billing(folder):
                if r["record"] == "row":
                    kwh, gross = out.get(r["key"], (0, 0))
                    out[r["key"]] = (
                        kwh + Decimal(r["difference_quantity"]),
                        gross + Decimal(r["difference"] or 0))
        return {k: v for k, v in out.items() if any(v)}

    def standing(self, full):
        out = {r["key"]: (Decimal(r["quantity"]), Decimal(r["gross"] or 0))
               for r in city.billing(full) if r["record"] == "row"}
        return {k: v for k, v in out.items() if any(v)}

    def expect(self, expected):
        """The delta moves this and nothing else: {(contract, payer, component,
        band): yuan}, amounts of nothing left out."""
        found = {}
        for r in self.rows:
            gross = Decimal(r["difference"] or 0)
            key = r["contract"], r["payer"], r["component"], r["band"]
            if gross:
                found[key] = found.get(key, 0) + gross
        expected = {k: v for k, v in expected.items() if v}
        self.checks.same(found, expected, self.title + ": what is moved")


def homes(contract, payer, amounts):
    return {(contract, payer, "energy", band): amount
            for band, amount in amounts.items()}


def minus(one, other):
    return {band: one[band] - other[band] for band in one}


def write(folder, name, *lines):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write("".join(line + "\n" for line in lines))
    return path


CONTRACT = "contract,leg,point,payer,payee,account,tariff,basis,voltage," \
    "user_class,type,options,cycle,from,to"


def late_and_corrected(month, ledger):
    month.checks.same([r for r in month.rows if r["contract"] == "home-04"],
                      [], "in time: what is held is not billed")

    late = os.path.join(city.CITY, "late", "reads-pile-04.csv")
    ledger.ingest(late)
    month.again("late reads")
    kwh = fill_up(pile(4), by_band(late, "pile-04"))
    month.checks.same(sum(kwh.values()), Decimal("396.98"), "by hand: kWh")
    month.expect(homes("home-04", "driver-04", home(kwh)))
    month.checks.same(city.money(month.rows, "difference"),
                      Decimal("147.80"), "by hand: yuan")

    ledger.correct("read again", os.path.join(
        city.CITY, "correction", "reads-nanping-corrected.csv"))
    month.again("a corrected read")
    kwh = by_band(os.path.join(INBOX, "reads-nanping.csv"), "gate-nanping",
                  multiplier=80)["peak"]
    # By hand: four quarters from 11:15, 0.03 more each, times 80.
    month.expect({("nanping", "op-yuchong", "energy", "peak"):
                  fen((kwh + Decimal("9.6")) * AGENCY["peak"]) -
                  fen(kwh * AGENCY["peak"])})
    month.checks.same([(r["difference_quantity"], r["band"], r["version"],
                        r["reason"]) for r in month.rows],
                      [("9.6", "peak", "2", "change")], "by hand: kWh")


def moved(month, ledger):
    first, second = pile(2, range(1, 15)), pile(2, range(15, 29))
    ledger.correct("moved", os.path.join(
        city.CITY, "correction", "contracts-pile-02.csv"))
    month.again("another payer from the 15th on")
    month.expect({
        **homes("home-02", "driver-02", minus(
            home(first), home(fill_up(first, second)))),
        **homes("home-02", "driver-12", home(second))})


def withdrawn(month, ledger, folder):
    head = ("#quantity=kwh side=primary label=end minutes=15",
            "point,channel,time,value,quality,method")
    # Any quarter will do; what stood comes back afterwards.
    value = "0.00"
    with open(os.path.join(INBOX, "reads-piles.csv"), encoding="utf-8") as f:
        for row in csv.reader(f):
            if row[:3] == ["pile-01", "import", "2025-02-10"]:
                value = row[3 + 1]
    ledger.correct("meter was open", write(
        folder, "withdrawn.csv", *head,
        "pile-01,import,2025-02-10T00:30,,withdrawn,"))
    month.again("a read withdrawn")
    month.expect({})
    month.checks.same(ledger.ask(
        "SELECT contract, reason FROM run_hold WHERE entry = "
        "(SELECT max(entry) FROM run)"), [("home-01", "withdrawn-read")],
        "the contract is held")
    month.checks.same(ledger.ask(
        "SELECT sum(gross_minor) FROM transfer WHERE contract = 'home-01'"),
        [(int(sum(home(pile(1)).values()) * 100),)], "what stood, stands")
    ledger.correct("it was closed", write(
        folder, "stated.csv", *head,
        "pile-01,import,2025-02-10T00:30,%s,measured," % value))
    month.again("the read stated again")
    month.expect({})
    ledger.correct("one more", write(
        folder, "more.csv", *head, "pile-01,import,2025-02-10T00:30,%s,"
        "measured," % (Decimal(value) + 1)))
    month.again("one kWh more")
    kwh = pile(1)
    month.expect(homes("home-01", "driver-01", minus(
        home({**kwh, "valley": kwh["valley"] + 1}), home(kwh))))


def ended(month, ledger, folder):
    ledger.correct("ended early", write(
        folder, "ended.csv", CONTRACT,
        "home-05,supply,pile-05,driver-05,cq-grid,5001000005,"
        "cq-residential-ev,intervals,,,,,month,2024-01-01,2025-02-21"))
    month.again("a contract ended early")
    month.expect(homes("home-05", "driver-05", minus(
        home(pile(5, range(1, 21))), home(pile(5)))))


def prices(month, ledger, folder):
    """The list price of 0.52 should have been 0.50."""
    late = os.path.join(city.CITY, "late", "reads-pile-04.csv")
    kwh = {("home-%02d" % n, "driver-%02d" % n): pile(n) for n in (3, 6)}
    one = pile(1)
    kwh["home-01", "driver-01"] = {**one, "valley": one["valley"] + 1}
    kwh["home-02", "driver-02"] = pile(2, range(1, 15))
    kwh["home-02", "driver-12"] = pile(2, range(15, 29))
    kwh["home-04", "driver-04"] = fill_up(pile(4), by_band(late, "pile-04"))
    kwh["home-05", "driver-05"] = pile(5, range(1, 21))
    ledger.correct("misprinted", write(
        folder, "list.csv",
        "price_table,month,user_class,type,voltage,item,price,unit,tax",
        "cq-residential,2025-02,,,,list,0.50,kwh,included"))
    month.again("a price table corrected")
    expected = {}
    for (contract, payer), used in kwh.items():
        expected.update(homes(contract, payer, minus(
            home(used, "0.50"), home(used))))
    month.expect(expected)


def tariff(month, ledger, folder):
    with open(os.path.join(city.CITY, "rules", "city-reward.xml"),
              encoding="utf-8") as f:
        text = f.read()
    ledger.correct("misprinted", write(
        folder, "reward.xml", text.replace('value="0.15"', 'value="0.16"')))
    month.again("a tariff document corrected")
    # By hand: 1178.34 kWh, all at the peak, at 0.15 are 176.75 and at 0.16
    # 188.53; 1184.20 kWh are 177.63 and 189.47.
    month.expect({("depot-v1", "agg-bashan", "reward", "peak"):
                  Decimal("11.78"),
                  ("depot-v2", "agg-bashan", "reward", "peak"):
                  Decimal("11.84")})


def sessions(month, ledger, folder):
    late = os.path.join(city.CITY, "late", "sessions-late.csv")
    ledger.run("qf-ingest", "--quarantine", os.path.join(folder, "aside.csv"),
               "--max-quarantine", "2", late)
    month.again("a late session")
    # By hand: 31.40 kWh in 50 minutes, 30 before midnight: 18.84 at 0.7623
    # and 12.56 at 0.3792; the service fee on all of it at 0.40.
    month.expect({
        ("nanping-c1", "driver-07", "energy", "flat"): Decimal("14.36"),
        ("nanping-c1", "driver-07", "energy", "valley"): Decimal("4.76"),
        ("nanping-c1", "driver-07", "service-fee", ""): Decimal("12.56")})


def from_the_start(month, ledger, folder):
    ledger.correct("was another's", write(
        folder, "other.csv", CONTRACT,
        "home-03,supply,pile-03,driver-11,cq-grid,5001000003,"
        "cq-residential-ev,intervals,,,,,month,2024-01-01,"))
    month.again("another payer from the start")
    amounts = home(pile(3), "0.50")
    month.expect({
        **homes("home-03", "driver-03", {b: -a for b, a in amounts.items()}),
        **homes("home-03", "driver-11", amounts)})
    month.checks.same({r["reason"] for r in month.rows
                       if r["payer"] == "driver-03"}, {"gone"}, "reversed")


def main():
    checks = city.Checks("corrections")
    with tempfile.TemporaryDirectory(prefix="qf-corrections-") as folder:
        ledger = city.prepared(folder)
        month = Month(checks, ledger)
        month.again("what came in time")
        late_and_corrected(month, ledger)
        moved(month, ledger)
        withdrawn(month, ledger, folder)
        ended(month, ledger, folder)
        prices(month, ledger, folder)
        tariff(month, ledger, folder)
        sessions(month, ledger, folder)
        from_the_start(month, ledger, folder)
        runs = ["run:%d" % row[0] for row in
                ledger.ask("SELECT entry FROM run ORDER BY entry")]
        ledger.run("qf-audit", "replay", *runs)
        checks.passed += len(runs)
        print("corrections: %d settlements of one month" % len(runs))
    return checks.end()


if __name__ == "__main__":
    sys.exit(main())
