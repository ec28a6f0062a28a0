#!/usr/bin/env python3
"""Splits what settled events pay down random trees of owners, and asks an
independent model what each owner gets.

    share.py [--bin DIR] [--worlds N] [--seed S]

A world has points, a portfolio, contracts, events of two months with steps that
come to less than zero, and several trees, each of two versions.  It goes through
qf-init, qf-ingest, qf-settle and qf-share; what the run of qf-settle says is
taken from the ledger, and split here as qf-owners(5) has it.  A world that
differs is kept, and its seed makes it again.

SPDX-License-Identifier: Apache-2.0
"""
import argparse
import collections
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from math import floor

ZONE = timezone(timedelta(hours=8))
TREES = 5
PROGRAMME = """<programme xmlns="urn:qingfen:programme:1" id="p">
<version from="2020-01-01" direction="shave" source="test">
<measure every="1h"/>
<baseline method="given" round="3 half-up"/>
<price per="kwh"><term of="award" per="kwh"/></price>
<pay negative="keep"/>
<penalty component="short" below="1" factor="0.7"/>
<rounding money="2 half-up line"/>
</version></programme>
"""


class Differs(Exception):
    pass


class Share:
    """One share of a tree, or its root."""

    def __init__(self, party, by, number=None, points=()):
        self.party, self.by, self.number = party, by, number
        self.points, self.children = points, []

    def xml(self, depth):
        words = [' party="%s"' % self.party]
        if self.by in ("percent", "fixed"):
            words.append(' %s="%s"' % (self.by, self.number))
        else:
            words.append(' by="%s"' % self.by)
        if self.points:
            words.append(' points="%s"' % " ".join(self.points))
        head = "%s<share%s" % ("  " * depth, "".join(words))
        if not self.children:
            return head + "/>\n"
        return "%s>\n%s%s</share>\n" % (
            head, "".join(c.xml(depth + 1) for c in self.children), "  " * depth)


class Grower:
    """Random trees of one world."""

    def __init__(self, rng, points):
        self.rng, self.points, self.parties = rng, points, 0

    def party(self):
        self.parties += 1
        return "o%d" % self.parties

    def percents(self, count, whole):
        """Together 100 or less; now and then such as make ties."""
        if count > 1 and self.rng.random() < 0.4:
            even = ["12.5", "37.5", "50"] if count == 3 else ["25", "75"]
            return even if whole else even[:-1] + ["12.5"]
        cuts = sorted(self.rng.sample(range(1, 10000), count))
        numbers = [b - a for a, b in zip([0] + cuts, cuts)]
        if whole:
            numbers[-1] += 10000 - cuts[-1]
        return ["%d.%02d" % divmod(n, 100) for n in numbers]

    def beside(self, depth):
        rng = self.rng
        fixed = rng.choice((0, 0, 1, 2))
        energy = rng.choice((None, "delivered", "earned", "earned"))
        remainder = rng.random() < 0.6 or (fixed > 0 and energy is None)
        percent = rng.randint(0, 3)
        if not remainder and energy is None:
            percent = max(percent, 1)
        out = [Share(self.party(), "fixed", rng.choice(("0.01", "3", "12.34", "250")))
               for _ in range(fixed)]
        if percent:
            whole = (not remainder and energy is None) or rng.random() < 0.1
            out += [Share(self.party(), "percent", n)
                    for n in self.percents(percent, whole)]
        if energy:
            points = list(self.points)
            rng.shuffle(points)
            while points:
                part = points[:rng.randint(1, 3)]
                points = points[len(part):]
                if rng.random() < 0.85:
                    out.append(Share(self.party(), energy, points=part))
            if not any(s.by == energy for s in out):
                out.append(Share(self.party(), energy, points=self.points[:1]))
        if remainder:
            out.append(Share("agg" if rng.random() < 0.5 else self.party(),
                             "remainder"))
        rng.shuffle(out)
        for share in out:
            if depth < 3 and share.party != "agg" and rng.random() < 0.3:
                share.children = self.beside(depth + 1)
        return out


class Tree:
    def __init__(self, rng, name, points):
        self.name = name
        self.versions = []
        grower = Grower(rng, points)
        change = "2025-%02d-%02d" % (rng.randint(1, 2), rng.randint(1, 28))
        for begin in ("2020-01-01", change):
            root = Share("agg", "root")
            root.children = grower.beside(0)
            self.versions.append(
                (begin, rng.choice(("keep", "zero", "steps")), root))
        self.parties = grower.parties

    def xml(self):
        out = ['<owners xmlns="urn:qingfen:owners:1" id="%s">\n' % self.name]
        for begin, negative, root in self.versions:
            out.append('<version from="%s" source="test" party="agg" negative="%s">\n'
                       % (begin, negative))
            out += [child.xml(1) for child in root.children]
            out.append("</version>\n")
        return "".join(out) + "</owners>\n"

    def at(self, utc):
        day = datetime.fromtimestamp(utc, ZONE).strftime("%Y-%m-%d")
        return max(i for i, v in enumerate(self.versions) if v[0] <= day)


# The model ----------------------------------------------------------------


def hamilton(total, weights):
    """Whole parts of total by the largest remainder; of equal remainders the
    larger weight first, then the earlier."""
    whole = sum(weights)
    quotas = [Fraction(total) * w / whole for w in weights]
    parts = [floor(q) for q in quotas]
    order = sorted(range(len(weights)),
                   key=lambda i: (parts[i] - quotas[i], -weights[i], i))
    for i in order[:total - sum(parts)]:
        parts[i] += 1
    return parts


def split(share, amount, weights, given):
    """What each share below gets of amount >= 0; False where it cannot be."""
    children = sorted(share.children, key=lambda c: c.party.encode())
    if not children:
        return True
    kinds = {by: [c for c in children if c.by == by]
             for by in ("fixed", "percent", "delivered", "earned", "remainder")}
    left = amount
    fixed = [int(Fraction(c.number) * 100) for c in kinds["fixed"]]
    if sum(fixed) > left:
        fixed = hamilton(left, fixed)
    for child, part in zip(kinds["fixed"], fixed):
        given[child] = part
        left -= part
    if kinds["percent"]:
        numbers = [Fraction(c.number) for c in kinds["percent"]]
        parts = hamilton(amount, numbers + [100 - sum(numbers)])[:-1]
        if sum(parts) > left:
            parts = hamilton(left, numbers)
        for child, part in zip(kinds["percent"], parts):
            given[child] = part
            left -= part
    energy = kinds["delivered"] or kinds["earned"]
    if energy and sum(weights[c] for c in energy) > 0:
        for child, part in zip(energy, hamilton(left, [weights[c] for c in energy])):
            given[child] = part
        left = 0
    elif energy:
        given.update({c: 0 for c in energy})
    for child in kinds["remainder"]:
        given[child] = left
        left = 0
    return left == 0 and all(split(c, given[c], weights, given) for c in children)


def leaves(share):
    if not share.children:
        return [share]
    return [leaf for child in share.children for leaf in leaves(child)]


def every(share):
    return [share] + [s for child in share.children for s in every(child)]


class Sum:
    def __init__(self, tree, version):
        self.minor, self.events, self.below = 0, set(), Fraction(0)
        _, self.negative, self.root = tree.versions[version]
        self.weights = {s: Fraction(0) for s in every(self.root)}

    def step(self, money, points):
        """A step that came to money, and the kWh of its points."""
        if money < 0:
            self.below += money
        points = {p: max(kwh, Fraction(0)) for p, kwh in points.items()}
        delivered = sum(points.values())
        for share in self.weights:
            kwh = sum(points.get(p, Fraction(0)) for p in share.points)
            if kwh > 0 and share.by == "earned":
                kwh *= max(money, Fraction(0)) / delivered
            self.weights[share] += kwh

    def parts(self):
        """(payee, minor units) of each leaf; None where it is held."""
        amount, given = self.minor, {}
        if self.negative == "steps":
            # Half up, away from zero.
            amount += floor(-self.below * 100 + Fraction(1, 2))
        sign = -1 if amount < 0 else 1
        if sign < 0 and self.negative != "keep":
            amount = 0
        if not split(self.root, abs(amount), self.weights, given):
            return None
        if sum(given[leaf] for leaf in leaves(self.root)) != abs(amount):
            raise Differs("the model's parts do not add up")
        return [(leaf.party, sign * given[leaf]) for leaf in leaves(self.root)
                if leaf.party != "agg"]


def model(ledger, entry, tree):
    """What a run of qf-share should have: {(contract, month): parts}."""
    sums, of_event = {}, {}
    for contract, month, begin, event, payee, net in ledger.execute(
            "SELECT contract, month, from_utc, session, payee, net_minor"
            " FROM run_line WHERE entry = ? ORDER BY line", (entry,)):
        key = (contract, month, tree.at(begin))
        one = sums.setdefault(key, Sum(tree, key[2]))
        one.minor += net if payee == "agg" else -net
        of_event[contract, event] = one
    steps = collections.OrderedDict()
    for contract, event, role, point, begin, kwh, pay, charge in ledger.execute(
            "SELECT contract, event, role, point, start_utc, response_kwh, pay,"
            " charge FROM run_response WHERE entry = ? ORDER BY line", (entry,)):
        step = steps.setdefault((contract, event, begin), {"points": {}})
        if role == "contract":
            step["money"] = Fraction(pay) - Fraction(charge)
            step["own"] = {point: Fraction(kwh)}
        else:
            step["points"][point] = Fraction(kwh)
    for (contract, event, _), step in steps.items():
        of_event[contract, event].step(step["money"], step["points"] or step["own"])
    return {key: one.parts() for key, one in sums.items()}


# A world ------------------------------------------------------------------


class World:
    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.points = ["P%d" % i for i in range(1, self.rng.randint(3, 6))]
        self.own = ["Q1", "Q2"][:self.rng.randint(0, 2)]
        self.trees = [Tree(self.rng, "t%d" % i, self.points + self.own)
                      for i in range(TREES)]
        self.days = sorted(self.rng.sample(range(0, 50), self.rng.randint(2, 5)))

    def day(self, number):
        return (datetime(2025, 1, 5) + timedelta(days=number)).strftime("%Y-%m-%d")

    def kwh(self):
        return "%d.%d" % (self.rng.choice((0, 3, 9, 10, 14)), self.rng.randint(0, 9))

    def files(self):
        rng, points = self.rng, self.points + self.own
        out = {"p.xml": [PROGRAMME.rstrip()]}
        out["party.csv"] = ["party,kind,name_zh,name_en,from,to"] + [
            "%s,owner,,,2020-01-01," % p for p in
            ["grid", "agg"] + ["o%d" % i for i in range(
                1, max(t.parties for t in self.trees) + 1)]]
        out["point.csv"] = [
            "point,kind,class,scenario,capacity_kw,district,name_zh,name_en,from,to"
        ] + ["%s,connector,private,,7,,,,2020-01-01," % p for p in points + ["X"]]
        out["member.csv"] = ["portfolio,member,from,to"] + [
            "agg,%s,2020-01-01," % p for p in self.points]
        out["contract.csv"] = [
            "contract,leg,point,payer,payee,account,tariff,basis,voltage,user_class,"
            "type,options,cycle,from,to"] + [
                "C%s,response,%s,grid,agg,,p,events,,,,baseline=B%s,month,2020-01-01,"
                % (p, p, " portfolio=agg" if p == "X" else "")
                for p in ["X"] + self.own]
        out["baseline.csv"] = ["baseline,point,start,end,kw"] + [
            "B,%s,2025-01-01T00:00,2025-03-10T00:00,%s" % (p, self.kwh())
            for p in points]
        out["event.csv"] = ["event,modification,programme,context,auction,start,end,"
                            "notified,status,test"]
        out["award.csv"] = ["event,contract,start,award,end,kw,price"]
        for day in self.days:
            self.event(out, day, rng.randint(6, 18), rng.randint(1, 3))
        for p in points:
            name = "reads-%s.csv" % p
            out[name] = ["#quantity=kwh side=primary label=start minutes=60",
                         "point,channel,day" + "".join(",v%d" % i for i in range(1, 25))]
            out[name] += ["%s,import,%s%s" % (p, self.day(day), "".join(
                "," + self.kwh() for _ in range(24))) for day in self.days]
        return out

    def event(self, out, day, hour, hours):
        text = self.day(day)
        out["event.csv"].append("E%d,0,p,,,%sT%02d:00,%sT%02d:00,,called,no" % (
            day, text, hour, text, hour + hours))
        for contract in ["CX"] + ["C" + p for p in self.own]:
            for h in range(hour, hour + hours):
                out["award.csv"].append("E%d,%s,%sT%02d:00,A,%sT%02d:00,%d,%s" % (
                    day, contract, text, h, text, h + 1, self.rng.choice((0, 2, 5, 20)),
                    self.rng.choice(("0.37", "1", "4.21"))))


class Run:
    def __init__(self, bin_dir, folder):
        self.bin, self.folder = bin_dir, folder
        self.path = os.path.join(folder, "world.qf")
        self.env = dict(os.environ, QF_LEDGER=self.path, QF_CLOCK="2027-01-01T00:00:00Z")

    def tool(self, *words, allow=(0,)):
        done = subprocess.run([os.path.join(self.bin, words[0])] + list(words[1:]),
                              env=self.env, capture_output=True, text=True, check=False)
        if done.returncode not in allow:
            raise Differs("%s: status %d: %s" % (
                " ".join(words[:4]), done.returncode, done.stderr[:2000]))
        return done.stdout.strip()

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def world(self, world):
        self.tool("qf-init", "--market", "test", "--zone", "Asia/Shanghai",
                  "--currency", "CNY")
        self.tool("qf-ingest", *[self.write(name, "\n".join(rows) + "\n")
                                 for name, rows in world.files().items()])
        settled = self.tool("qf-settle", "--period", "2025-01-01/2025-03-01")
        count = 0
        for tree in world.trees:
            self.tool("qf-ingest", self.write(tree.name + ".xml", tree.xml()))
            shared = self.tool("qf-share", "--owners", tree.name, settled,
                               allow=(0, 1))
            count += self.compare(tree, *[
                int(h.split(":")[1].split("@")[0]) for h in (settled, shared)])
            self.tool("qf-audit", "replay", shared)
        return count

    def compare(self, tree, settled, shared):
        with sqlite3.connect(self.path) as ledger:
            wanted = model(ledger, settled, tree)
            got, held = collections.Counter(), collections.Counter()
            for contract, month, begin, payer, payee, net, tax in ledger.execute(
                    "SELECT contract, month, from_utc, payer, payee, net_minor,"
                    " tax_minor FROM run_line WHERE entry = ?", (shared,)):
                if payer != "agg" or tax != 0:
                    raise Differs("a line of %s with tax %d" % (payer, tax))
                got[contract, month, tree.at(begin), payee, net] += 1
            for contract, begin, reason in ledger.execute(
                    "SELECT contract, from_utc, reason FROM run_hold"
                    " WHERE entry = ?", (shared,)):
                held[contract, tree.at(begin), reason] += 1
        lines, holds = collections.Counter(), collections.Counter()
        for (contract, month, version), parts in wanted.items():
            if parts is None:
                holds[contract, version, "share-energy"] += 1
            for payee, minor in parts or ():
                lines[contract, month, version, payee, minor] += 1
        for what, a, b in (("line", lines, got), ("hold", holds, held)):
            if a != b:
                raise Differs("%s: %ss wanted %s, got %s" % (
                    tree.name, what, sorted((a - b).items()), sorted((b - a).items())))
        self.held = getattr(self, "held", 0) + sum(held.values())
        return sum(got.values())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", default="build/bin")
    parser.add_argument("--worlds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    lines = holds = 0
    for seed in range(given.seed, given.seed + given.worlds):
        folder = tempfile.mkdtemp(prefix="qf-share-%d-" % seed)
        run = Run(os.path.abspath(given.bin), folder)
        try:
            lines += run.world(World(seed))
        except Differs as why:
            print("share: seed %d: %s\nkept in %s" % (seed, why, folder), file=sys.stderr)
            return 1
        holds += run.held
        shutil.rmtree(folder)
    print("share: %d worlds, %d lines and %d holds as the model has them" % (
        given.worlds, lines, holds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
