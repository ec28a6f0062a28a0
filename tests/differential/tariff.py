#!/usr/bin/env python3
"""Prices random loads under random tariffs, and asks an independent model
what they come to.

    tariff.py [--bin DIR] [--cases N] [--loads N] [--seed S] [--keep DIR]

A case is the load of one point under one tariff; some loads share a tariff,
so that one run of qf-tariff prices them all.  Every line is compared: its
time, quantity, price, exact amount, net, tax and gross.  The seed of a tariff
that differs makes it again.

SPDX-License-Identifier: Apache-2.0
"""
import argparse
import collections
import csv
import io
import os
import shutil
import subprocess
import sys
import tempfile
from fractions import Fraction

from settle_num import date_of, is_decimal
from settle_price import Hold
from settle_tariff import tariff_xml
from tariff_model import Model, money, rounded_totals
from tariff_random import Sheet
from tariff_tiers import TICKS

# Quotients that are no finite decimal are kept to at least nine decimals.
LOOSE = Fraction(1, 10 ** 9)
FIELDS = ("quantity", "price", "exact", "net", "tax", "gross")


class Difference(Exception):
    """The first of a sheet."""


def write_csv(path, header, rows, preamble=None):
    with open(path, "w", newline="", encoding="utf-8") as file:
        if preamble:
            file.write(preamble + "\n")
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header.split(","))
        out.writerows(rows)


def write_sheet(sheet, folder):
    def path(name):
        return os.path.join(folder, name)
    with open(path("tariff.xml"), "w", encoding="utf-8") as file:
        file.write(tariff_xml(sheet.tariff))
    write_csv(path("calendar.csv"), "calendar,day,kind,name",
              [["cn", date_of(day), kind, name] for day, (kind, name)
               in sheet.calendars["cn"].items()])
    write_csv(path("condition.csv"), "station,quantity,day,value",
              [[s, q, date_of(day), value] for (s, q, day), value
               in sheet.conditions.items()])
    head = "price_table,month,user_class,type,voltage,item,price,unit,tax"
    write_csv(path("price.csv"), head, [
        ["%d-%02d" % divmod(row[c], 100) if c == "month" else row[c]
         for c in head.split(",")] for row in sheet.prices])
    text = sheet.zone.text
    write_csv(path("series.csv"), "series,start,end,price,unit",
              [[name, text(start), text(end), price, unit]
               for name, rows in sheet.series.items()
               for start, end, price, unit in rows])
    write_loads(sheet, path("load.csv"))


def decimal_text(ticks):
    text = "%d.%03d" % divmod(ticks * 1000 // TICKS, 1000)
    return text.rstrip("0").rstrip(".")


def write_loads(sheet, path):
    with open(path, "w", encoding="utf-8") as file:
        file.write("#quantity=kwh side=primary label=start minutes=%d\n"
                   "point,channel,time,value\n" % sheet.minutes)
        times = [sheet.zone.text(sheet.from_utc + i * sheet.minutes * 60)
                 for i in range(sheet.count)]
        for load in sheet.loads:
            for channel, values in load.values.items():
                head = load.point + "," + channel + ","
                file.write("".join(
                    head + time + "," + decimal_text(value) + "\n"
                    for time, value in zip(times, values)))


class Tool:
    def __init__(self, bin_dir):
        self.path = os.path.join(bin_dir, "qf-tariff")

    def run(self, *args):
        return subprocess.run([self.path, *args], capture_output=True,
                              text=True, check=False)

    def check(self, folder):
        done = self.run("check", os.path.join(folder, "tariff.xml"))
        if done.returncode:
            raise Difference("check: " + (done.stdout + done.stderr)[:500])

    def price(self, sheet, folder):
        def file(name):
            return os.path.join(folder, name)
        contract = sheet.contract
        args = ["price", "--calendar", file("calendar.csv"),
                "--conditions", file("condition.csv"),
                "--prices", file("price.csv"),
                "--series", file("series.csv"), "--zone", sheet.zone.name]
        for option, word in (("--class", "user_class"), ("--type", "type"),
                             ("--voltage", "voltage")):
            if contract[word]:
                args += [option, contract[word]]
        for name, value in contract["options"].items():
            args += ["--option", "%s=%s" % (name, value)]
        done = self.run(*args, file("tariff.xml"), file("load.csv"))
        held = {}
        for line in done.stderr.splitlines():
            words = line.split(": ")
            if len(words) < 4 or words[1][:1] != "p":
                raise Difference("price: " + done.stderr[:500])
            held[words[1], words[2]] = line.rpartition("[")[2].rstrip("]")
        return list(csv.DictReader(io.StringIO(done.stdout))), held


def model_lines(sheet):
    """{point: lines}, {(point, leg): why it is held}; where kWh could not be
    rounded, the tariff is to round none."""
    while True:
        model, lines, held = Model(sheet), {}, {}
        try:
            for load in sheet.loads:
                lines[load.point] = model.rate(load)
                held.update(((load.point, leg), reason)
                            for leg, reason in model.held.items())
            return lines, held
        except Hold:
            for version in sheet.tariff["versions"]:
                version["energy"] = None


def key_of(line, zone):
    if line["component"] == "rounding":
        return ("rounding", line["leg"], line["month"])
    return (line["leg"], zone.text(line["from_utc"]),
            zone.text(line["to_utc"]), line["channel"] or "",
            line["subject"], line["component"], line["band"] or "")


def compare(sheet, mine, rows):
    theirs = collections.defaultdict(lambda: collections.defaultdict(list))
    for row in rows:
        if row["component"] == "rounding":
            key = ("rounding", row["leg"],
                   int(row["from"][:4] + row["from"][5:7]))
        else:
            key = tuple(row[k] for k in ("leg", "from", "to", "channel",
                                         "subject", "component", "band"))
        theirs[row["point"]][key].append(row)
    count = 0
    for point, lines in mine.items():
        # Totals come last: they are of what has been compared.
        for is_total in (False, True):
            ours = collections.defaultdict(list)
            for line in rounded_totals(lines) if is_total else lines:
                ours[key_of(line, sheet.zone)].append(line)
            keys = set(ours) | {key for key in theirs[point]
                                if (key[0] == "rounding") == is_total}
            for key in sorted(keys, key=str):
                count += 1
                compare_key(point, key, ours.get(key, []),
                            theirs[point].get(key, []))
    return count


def compare_key(point, key, ours, theirs):
    if key[0] == "rounding":
        sums = [[sum(Fraction(line[part] or 0) for line in lines)
                 for part in ("net", "tax", "gross")]
                for lines in (ours, theirs)]
        if sums[0] != sums[1]:
            raise Difference("%s %s: expected %s, got %s" % (
                point, key, *([float(x) for x in s] for s in sums)))
        return
    if len(ours) != len(theirs):
        raise Difference("%s: %d lines expected, %d came: %s\n    %s" % (
            point, len(ours), len(theirs), key,
            [{k: str(line.get(k)) for k in FIELDS} for line in ours] or
            theirs))
    for one, other in zip(ours, theirs):
        compare_line(point, key, one, other)


def compare_line(point, key, one, other):
    expected = {field: one[field] for field in FIELDS}
    if one.get("loose") or not (is_decimal(one["quantity"]) and
                                is_decimal(one["exact"] or 0)):
        # Then the amounts are of the number that was kept.
        for field in ("quantity", "exact"):
            got = Fraction(other[field] or 0)
            if abs(got - (one[field] or 0)) < LOOSE:
                expected[field] = got
        expected["net"], expected["tax"], expected["gross"] = money(
            one["money"], expected["exact"], one["taxed"])
        one.update(expected)
    for field in FIELDS:
        if not same(expected[field], other[field]):
            raise Difference("%s %s: %s: expected %s, got %s\n    %s" % (
                point, key, field, shown(expected[field]),
                other[field] or "nothing",
                {k: shown(one[k]) for k in FIELDS}))


def same(expected, got):
    """Whether a text is the number."""
    if expected is None or not got:
        return expected is None and not got
    whole, _, decimals = got.partition(".")
    return int(whole + decimals) * expected.denominator == \
        expected.numerator * 10 ** len(decimals)


def shown(value):
    if value is None:
        return "nothing"
    return "%s (%s)" % (value, float(value)) \
        if Fraction(value).denominator > 1 else str(value)


def one_sheet(seed, loads, tool, folder):
    sheet = Sheet(seed, loads)
    mine, held = model_lines(sheet)
    write_sheet(sheet, folder)
    tool.check(folder)
    rows, their_held = tool.price(sheet, folder)
    if held != their_held:
        raise Difference("held: expected %s, got %s" % (held, their_held))
    return len(sheet.loads), compare(sheet, mine, rows)


def main():
    parser = argparse.ArgumentParser()
    root = os.path.dirname(os.path.abspath(__file__)) + "/../.."
    parser.add_argument("--bin", default=root + "/build/bin")
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--loads", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", help="keep the files of a sheet here")
    args = parser.parse_args()
    tool = Tool(args.bin)
    cases = lines = passed = failed = 0
    seed = args.seed
    while cases < args.cases:
        folder = args.keep or tempfile.mkdtemp(prefix="tariff-")
        os.makedirs(folder, exist_ok=True)
        try:
            done = one_sheet(seed, args.loads, tool, folder)
            passed += 1
        except Difference as difference:
            done = args.loads, 0
            failed += 1
            print("tariff: seed %d: %s" % (seed, difference), flush=True)
        finally:
            if not args.keep:
                shutil.rmtree(folder)
        cases, lines = cases + done[0], lines + done[1]
        seed += 1
    print("tariff: %d cases, %d lines compared, %d tariffs passed, "
          "%d failed" % (cases, lines, passed, failed))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
