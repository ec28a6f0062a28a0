#!/usr/bin/env python3
"""Settles the events of small random worlds, and asks an independent model
what they come to.

    response.py [--bin DIR] [--worlds N] [--seed S]

Each world has points, programmes, contracts, events, awards and reads of its
own, and goes through qf-init, qf-ingest and qf-settle; every line, step, day
of a baseline and hold is compared with what the model says.  A world that
differs is kept, and its seed makes it again.

SPDX-License-Identifier: Apache-2.0
"""
import argparse
import collections
import glob
import os
import shutil
import subprocess
import sys
import tempfile
import traceback
from fractions import Fraction

from response_files import Files
from response_model import Model
from response_world import World
from settle_compare import Difference, number_of, rows
from settle_num import date_of, is_decimal

# Fractions that are no finite decimal are written to twelve digits.
LOOSE = Fraction(2, 10 ** 12)


class Tools:
    def __init__(self, bin_dir, folder):
        self.bin = bin_dir
        self.ledger = os.path.join(folder, "world.qf")
        self.env = dict(os.environ, QF_LEDGER=self.ledger,
                        QF_CLOCK="2027-01-01T00:00:00Z")

    def run(self, tool, *args, allow=(0,)):
        done = subprocess.run([os.path.join(self.bin, tool), *args],
                              env=self.env, capture_output=True, text=True,
                              check=False)
        if done.returncode not in allow:
            raise Difference("%s: status %d: %s" % (
                tool, done.returncode, done.stderr[:2000]))
        return done.stdout.split()


def same(text, value):
    if text is None or value is None:
        return text is None and value is None
    got = Fraction(text)
    if is_decimal(value):
        return got == value
    return abs(got - value) < LOOSE


class Compare:
    """What a run has, against the model."""

    def __init__(self, tools, handle, model):
        self.model, self.count = model, collections.Counter()
        self.rows = {
            table: rows(tools.ledger, "SELECT * FROM %s WHERE entry = ? "
                        "ORDER BY line" % table, number_of(handle))
            for table in ("run_line", "run_hold", "run_response",
                          "run_baseline")}

    def all(self):
        self.holds()
        self.steps()
        self.lines()
        self.days()
        return self.count

    def equal(self, what, row, names, values):
        for name, value in zip(names, values):
            if not same(row[name], value):
                raise Difference("%s: %s is %s, and the model says %s" % (
                    what, name, row[name],
                    value if value is None else
                    "%s = %.9f" % (value, float(value))))

    def known(self, what, got, want):
        for key in sorted(set(got) ^ set(want), key=str):
            raise Difference("%s %s: only the %s has it" % (
                what, key, "model" if key in want else "run"))

    def holds(self):
        got = {(row["contract"], row["session"]): row
               for row in self.rows["run_hold"]}
        for key in sorted(set(got) | set(self.model.held)):
            want = self.model.held.get(key, set())
            if key not in got:
                raise Difference("%s is not held: %s" % (key, want))
            if got[key]["reason"] not in want:
                raise Difference("%s is held: %s: %s; the model says %s" % (
                    key, got[key]["reason"], got[key]["detail"],
                    sorted(want) or "nothing"))
            self.count[got[key]["reason"]] += 1

    def steps(self):
        whole, parts = {}, {}
        for row in self.rows["run_response"]:
            key = row["contract"], row["event"], row["start_utc"]
            if row["role"] == "contract":
                whole[key] = row
            else:
                parts[key + (row["point"],)] = row
        self.known("step", whole, self.model.steps)
        self.known("resource", parts, self.model.resources)
        for key, row in whole.items():
            step = self.model.steps[key]
            self.equal("step %s" % (key,), row, (
                "baseline_kwh", "actual_kwh", "response_kwh", "award_kwh",
                "elsewhere_kwh", "effective_kwh", "deficiency_kwh", "price",
                "pay", "charge"), (
                    step.baseline, step.actual, step.response, step.award,
                    step.elsewhere, step.effective, step.deficiency,
                    step.prices[0][0], step.parts[0]["amount"], step.charge))
            self.count["steps"] += 1
        for key, row in parts.items():
            self.equal("resource %s" % (key,), row,
                       ("baseline_kwh", "actual_kwh", "response_kwh"),
                       self.model.resources[key])
            self.count["resources"] += 1

    def lines(self):
        def of(line, event):
            return (line["contract"], line[event], line["component"],
                    line["unit"], line["month"])
        got = {of(row, "session"): row for row in self.rows["run_line"]}
        want = {of(line, "event"): line for line in self.model.lines}
        self.known("line", got, want)
        for key, row in got.items():
            line = want[key]
            self.equal("line %s" % (key,), row, (
                "quantity", "price", "exact", "net_minor", "gross_minor"), (
                    line["quantity"], line["price"], line["exact"],
                    line["net"], line["net"]))
            self.count["lines"] += 1

    def days(self):
        got = collections.defaultdict(list)
        for row in self.rows["run_baseline"]:
            got[row["contract"], row["event"], row["point"]].append(row)
        for key, found in got.items():
            # Of a held event the point at fault is not looked at to the end.
            if key[:2] in self.model.held:
                continue
            want = [[day] + what for day, what
                    in self.model.days[key].items()]
            for row, (day, reason, kwh) in zip(found, want):
                what = "%s, day %s" % (key, date_of(row["day"]))
                if (row["day"], row["reason"]) != (day, reason):
                    raise Difference("%s: %s; the model says %s: %s" % (
                        what, row["reason"], date_of(day), reason))
                self.equal(what, row, ["kwh"], [kwh])
                self.count[reason] += 1
            if len(found) != len(want):
                raise Difference("%s: %d days; the model says %d" % (
                    key, len(found), len(want)))


def settle(world, folder, bin_dir):
    """What was compared; raises Difference."""
    tools = Tools(bin_dir, folder)
    inbox = os.path.join(folder, "inbox")
    Files(world, inbox).all()
    tools.run("qf-init", "--market", "m", "--zone", world.zone.name,
              "--currency", "CNY", "--money-scale", str(world.money_scale))
    tools.run("qf-ingest", "-q", *sorted(glob.glob(inbox + "/*")))
    period = "%s/%s" % tuple(date_of(day) for day in world.period)
    run = tools.run("qf-settle", "-q", "-p", period, allow=(0, 1))
    return Compare(tools, run[0], Model(world).settle()).all()


def main():
    parser = argparse.ArgumentParser()
    root = os.path.dirname(os.path.abspath(__file__)) + "/../.."
    parser.add_argument("--bin", default=root + "/build/bin")
    parser.add_argument("--worlds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    count, failed = collections.Counter(), 0
    for seed in range(args.seed, args.seed + args.worlds):
        folder = tempfile.mkdtemp(prefix="response-%d-" % seed)
        try:
            count += settle(World(seed), folder, args.bin)
            shutil.rmtree(folder)
        except Difference as difference:
            failed += 1
            print("response: seed %d: %s\n  kept in %s" % (
                seed, difference, folder))
        except Exception:
            failed += 1
            print("response: seed %d: kept in %s" % (seed, folder))
            traceback.print_exc()
    if args.verbose:
        print(", ".join("%s %d" % item for item in count.most_common()))
    print("response: %d worlds, %d steps, %d lines, %d differ" % (
        args.worlds, count["steps"], count["lines"], failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
