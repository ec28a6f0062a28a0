"""What a ledger has, against what the model says.

SPDX-License-Identifier: Apache-2.0
"""
import sqlite3
from collections import defaultdict
from fractions import Fraction

from settle_num import is_decimal

# kWh that are no finite decimal are rounded to at least nine decimals.
LOOSE = Fraction(1, 10 ** 9)
MONEY = ("net", "tax", "gross")


class Difference(Exception):
    """The first difference of a world."""


def rows(ledger, query, *args):
    book = sqlite3.connect("file:%s?mode=ro" % ledger, uri=True)
    book.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in book.execute(query, args)]
    finally:
        book.close()


def number_of(handle):
    return int(handle.split(":")[1].split("@")[0])


def fraction(text):
    return None if text is None else Fraction(text)


def line_key(line):
    reach = (line["from_utc"], line["to_utc"])
    return (line["contract"], line["leg"], line["payer"], line["payee"],
            line["account"], line["month"], line["subject"],
            line["component"], line["band"] or "", line["channel"] or "",
            line["session"] or "", line["unit"]) + reach


def grouped(lines):
    out = defaultdict(list)
    for line in lines:
        out[line_key(line)].append(line)
    return out


def compare_run(ledger, handle, model):
    run = number_of(handle)
    compare_holds(ledger, run, model)
    got = rows(ledger, "SELECT * FROM run_line WHERE entry = ?", run)
    roundings = [line for line in got if line["component"] == "rounding"]
    ours, theirs = grouped(model.lines), grouped(
        line for line in got if line["component"] != "rounding")
    for key in sorted(set(ours) | set(theirs), key=str):
        mine, their = ours.get(key, []), theirs.get(key, [])
        if len(mine) != len(their):
            raise Difference("%d lines expected, %d in the ledger: %s" % (
                len(mine), len(their), key))
        order = "quantity"
        mine.sort(key=lambda line: line[order])
        their.sort(key=lambda line: Fraction(line[order]))
        for one, other in zip(mine, their):
            compare_line(key, one, other, model)
    compare_roundings(model, roundings)
    compare_energy(ledger, run, model)
    return len(got)


def compare_holds(ledger, run, model):
    held = defaultdict(set)
    for row in rows(ledger, "SELECT * FROM run_hold WHERE entry = ?", run):
        held[row["contract"], row["leg"], row["session"]].add(row["reason"])
    for key in sorted(set(held) | set(model.holds), key=str):
        mine, their = model.holds.get(key, set()), held.get(key, set())
        if not their or not their <= mine:
            raise Difference("hold of %s: expected one of %s, got %s" % (
                key, sorted(mine) or "none", sorted(their) or "none"))


def differ(key, what, expected, got):
    raise Difference("%s of %s: expected %s, got %s" % (what, key, expected,
                                                        got))


def compare_line(key, mine, their, model):
    quantity = fraction(their["quantity"])
    exact = fraction(their["exact"])
    expected = mine["exact"]
    if mine["loose"]:
        if abs(quantity - mine["quantity"]) >= LOOSE:
            differ(key, "quantity", float(mine["quantity"]), quantity)
        if mine["price"] is not None:
            expected = mine["price"] * quantity
        elif exact is not None and abs(exact - expected) < LOOSE:
            expected = exact
    elif quantity != mine["quantity"]:
        differ(key, "quantity", float(mine["quantity"]), their["quantity"])
    elif None not in (exact, expected) and not is_decimal(expected) and \
            abs(exact - expected) < LOOSE:
        expected = exact
    if fraction(their["price"]) != mine["price"]:
        differ(key, "price", mine["price"], their["price"])
    if exact != expected:
        differ(key, "exact", expected, their["exact"])
    if fraction(their["tax_rate"]) != fraction(mine["tax_rate"]):
        differ(key, "tax rate", mine["tax_rate"], their["tax_rate"])
    if bool(their["counts_energy"]) != mine["counts"]:
        differ(key, "counts_energy", mine["counts"], their["counts_energy"])
    amounts = [None] * 3 if expected is None else \
        model.money(mine["money"], expected, mine["taxed"])
    got = [their[part + "_minor"] for part in MONEY]
    if got != list(amounts):
        differ(key, "net, tax, gross", amounts, got)


def compare_roundings(model, lines):
    sums = defaultdict(lambda: [0, 0, 0])
    for line in lines:
        of_key = sums[line["contract"], line["leg"], line["month"],
                      line["payer"], line["payee"], line["account"],
                      line["session"]]
        for i, part in enumerate(MONEY):
            of_key[i] += line[part + "_minor"]
    for ours in model.roundings:
        key = tuple(ours[k] for k in ("contract", "leg", "month", "payer",
                                      "payee", "account", "session"))
        got = sums.pop(key, [0, 0, 0])
        if got != ours["lost"] and not ours["loose"]:
            differ(key, "rounding", ours["lost"], got)
    for key, got in sums.items():
        if any(got):
            differ(key, "rounding", "none", got)


def compare_energy(ledger, run, model):
    carries = dict(model.carries)
    for row in rows(ledger, "SELECT * FROM run_energy WHERE entry = ?", run):
        key = row["contract"], row["leg"]
        channel, _, carried = row["channel"].partition("-")
        if carried:
            expected = carries.pop(key + (channel,), 0)
            if abs(Fraction(row["residual_kwh"]) - expected) >= LOOSE * 1000:
                differ(key, "carried " + channel, float(expected),
                       row["residual_kwh"])
            continue
        held, rated, metered = model.energies[key]
        names = "metered", "rated", "held", "residual"
        got = {n: Fraction(row[n + "_kwh"]) for n in names}
        where = key + (row["channel"], "energy")
        if got["metered"] != got["rated"] + got["held"] + got["residual"]:
            differ(where, "balance", "0", got)
        expected = 0 if held else rated[row["channel"]]
        if abs(got["rated"] - expected) >= LOOSE * 1000:
            differ(where, "rated", float(expected), row["rated_kwh"])
        if metered and row["channel"] in metered and \
                not model.energy.children(row["point"], "sum") and \
                abs(got["metered"] - metered[row["channel"]]) >= LOOSE * 1000:
            differ(where, "metered", float(metered[row["channel"]]),
                   row["metered_kwh"])
    if carries:
        differ("the run", "carried", carries, "none")


class Posted:
    """What stands, by key, over the rounds."""

    def __init__(self, ledger):
        self.ledger = ledger
        self.stands = {}
        self.of_session = {}
        self.seen = set()

    def totals(self, run, model):
        """New totals by key, from the lines that have been compared."""
        out = defaultdict(lambda: [Fraction(0), 0, 0, 0])
        carried = [line for session, lines in self.of_session.items()
                   if session in model.holds for line in lines]
        new = rows(self.ledger, "SELECT * FROM run_line WHERE entry = ?", run)
        for line in new + carried:
            key = tuple(line[k] or "" for k in (
                "contract", "leg", "month", "payer", "payee", "subject",
                "component", "band", "channel"))
            of_key = out[key]
            of_key[0] += Fraction(line["quantity"])
            for i, part in enumerate(MONEY):
                of_key[i + 1] += line[part + "_minor"] or 0
        settled = defaultdict(list)
        for line in new:
            if line["session"]:
                settled[line["contract"], line["leg"],
                        line["session"]].append(line)
        self.of_session.update(settled)
        return out

    def compare(self, run, posting, model):
        totals = self.totals(number_of(run), model)
        whole = {key[:2] for key in model.holds if key[2] is None}
        changes = {}
        for key in set(totals) | set(self.stands):
            if key[:2] in whole:
                continue
            old = self.stands.get(key, [Fraction(0), 0, 0, 0])
            new = totals.get(key, [Fraction(0), 0, 0, 0])
            change = [n - o for n, o in zip(new, old)]
            if any(change):
                changes[key] = change, new
            self.stands[key] = new
        got = {}
        # The same lines once more are answered with the run there is.
        entry = -1 if posting in self.seen else number_of(posting)
        self.seen.add(posting)
        for row in rows(self.ledger, "SELECT * FROM transfer WHERE entry = ?",
                        entry):
            key = tuple(row[k] for k in (
                "contract", "leg", "month", "payer", "payee", "subject",
                "component", "band", "channel"))
            change, total = ([Fraction(row[p + "quantity"])] + [
                row[p + part + "_minor"] for part in MONEY]
                for p in ("", "total_"))
            owed = change[3]
            sides = (row["payer"], row["payee"])
            if (row["debit"], row["credit"]) != (
                    sides if owed >= 0 else sides[::-1]) or \
                    row["amount_minor"] != abs(owed):
                differ(key, "transfer", change, row)
            if any(change):
                got[key] = change, total
        for key in sorted(set(got) | set(changes)):
            if got.get(key) != changes.get(key):
                differ(key, "transfer", changes.get(key), got.get(key))
        return len(got)
