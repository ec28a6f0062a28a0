"""city.py - a ledger of the small city, driven as its cron would.

What matrix.py, again.py and corrections.py share: running a tool, the files
of testdata/city, one night's work, and what its exports say in sum.
"""
import csv
import decimal
import glob
import hashlib
import os
import pwd
import random
import sqlite3
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BIN = os.path.join(ROOT, os.environ.get("QF_BIN", "build/bin"))
CITY = os.path.join(ROOT, "testdata", "city")
RULES = os.path.join(ROOT, "schemas", "rules")
PERIOD = ("--period", "2025-02")
ENV = {"LC_ALL": "C", "TZ": "UTC", "QF_CLOCK": "2025-03-05T01:00:00Z"}


def inputs():
    """What arrives in time, in the order in which one refers to another."""
    def inbox(*names):
        return [os.path.join(CITY, "inbox", n + ".csv") for n in names]
    return [os.path.join(RULES, "cq-ci-two-part-10kv.xml"),
            os.path.join(RULES, "cq-residential-ev.xml"),
            *sorted(glob.glob(os.path.join(CITY, "rules", "*.xml"))),
            *inbox("parties", "points", "meters", "relations", "contracts",
                   "members", "aliases", "calendar", "prices-residential"),
            os.path.join(RULES, "prices", "cq-agency-2025-02.csv"),
            *inbox("sessions", "session-parts", "registers", "reads-depot",
                   "reads-nanping", "reads-piles", "reads-sunny")]


def tree(path):
    """[(name, digest)] of the files below a folder."""
    found = []
    for folder, _, names in os.walk(path):
        for name in names:
            full = os.path.join(folder, name)
            with open(full, "rb") as f:
                found.append((os.path.relpath(full, path),
                              hashlib.sha256(f.read()).hexdigest()))
    return sorted(found)


class Done:
    def __init__(self, status, out, said):
        self.status, self.out, self.said = status, out, said


class Ledger:
    """A ledger in a folder; env, umask, cwd and user are those of its tools."""

    def __init__(self, folder, env=None, umask=0o022, cwd=None, user=None,
                 name="city.qf"):
        self.folder, self.cwd, self.umask = folder, cwd or folder, umask
        self.path = os.path.join(folder, name)
        self.user = user
        self.env = {"PATH": BIN + ":" + os.environ["PATH"], **ENV,
                    "QF_LEDGER": self.path, **(env or {})}

    def start(self, tool, *arguments, **more):
        """The tool as a process of its own, running."""
        return subprocess.Popen(
            [os.path.join(BIN, tool), *arguments], env=self.env, cwd=self.cwd,
            umask=self.umask, user=self.user,
            group=self.user and pwd.getpwnam(self.user).pw_gid,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            extra_groups=None if self.user is None else [], **more)

    def run(self, tool, *arguments, allow=(0,), stdin=""):
        """Runs it to its end; another status than allowed ends the test."""
        process = self.start(tool, *arguments, stdin=subprocess.PIPE)
        out, said = process.communicate(stdin)
        done = Done(process.returncode, out.strip(), said.strip())
        if done.status not in allow:
            sys.exit("%s %s: status %d: %s" % (
                tool, " ".join(arguments), done.status, done.said))
        return done

    def init(self):
        self.run("qf-init", "--market", "small-city", "--zone",
                 "Asia/Shanghai", "--currency", "CNY")

    def ingest(self, *paths):
        return self.run("qf-ingest", *paths).out.split("\n")

    def correct(self, reason, *paths):
        return self.run("qf-ingest", "--correct", reason, *paths).out

    def settle(self):
        """Rates and posts February: the two handles."""
        run = self.run("qf-rate", "-q", *PERIOD, allow=(0, 1)).out
        return run, self.run("qf-post", run).out

    def export(self, handle, name, *options):
        out = os.path.join(self.folder, name)
        self.run("qf-export", handle, "-o", out, *options)
        return out

    def ask(self, query, *values):
        base = sqlite3.connect("file:%s?mode=ro" % self.path, uri=True)
        try:
            return base.execute(query, values).fetchall()
        finally:
            base.close()

    def content(self):
        """A digest of all rows."""
        base = sqlite3.connect("file:%s?mode=ro" % self.path, uri=True)
        try:
            return hashlib.sha256("\n".join(
                base.iterdump()).encode()).hexdigest()
        finally:
            base.close()


def prepared(folder, **more):
    """A ledger with all that arrives in time."""
    ledger = Ledger(folder, **more)
    ledger.init()
    ledger.ingest(*inputs())
    return ledger


def shuffled(paths, seed):
    out = list(paths)
    random.Random(seed).shuffle(out)
    return out


def billing(folder):
    """The rows of a directory of billing-csv, as dictionaries."""
    rows = []
    for path in sorted(glob.glob(os.path.join(folder, "*.csv"))):
        with open(path, encoding="utf-8", newline="") as f:
            header = None
            for cells in csv.reader(f):
                if header is None and "contract" in cells:
                    header = cells
                elif header is not None and len(cells) == len(header):
                    row = dict(zip(header, cells))
                    if row["contract"]:
                        rows.append(row)
    return rows


def money(rows, column="gross", **where):
    """The sum of a column over the rows that are so."""
    return sum((decimal.Decimal(row[column]) for row in rows
                if all(row[k] == v for k, v in where.items())
                and row[column]), decimal.Decimal(0))


class Checks:
    """Counts what was looked at, and says what was not as it should be."""

    def __init__(self, name):
        self.name, self.passed, self.failed = name, 0, 0

    def that(self, good, text):
        if good:
            self.passed += 1
        else:
            self.failed += 1
            print("%s: FAILED: %s" % (self.name, text))
        return good

    def same(self, got, expected, text):
        return self.that(got == expected, "%s: got %r, not %r" % (
            text, got, expected))

    def end(self):
        print("%s: %d passed, %d failed" % (self.name, self.passed,
                                            self.failed))
        return 0 if self.passed and not self.failed else 1
