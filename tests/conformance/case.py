"""case.py - what the conformance drivers share: a scratch ledger, the tools,
and the count of what passed.

A driver turns the files of a suite into the input formats of the tools, runs
the tools as a user would, and compares what they put out with the expected
files.  It computes nothing that it then compares.
"""
import csv
import datetime
import json
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BIN = os.path.join(ROOT, "build", "bin")


class Ledger:
    """A ledger in a scratch directory, and the tools that work on it."""

    def __init__(self, market, zone, currency, money_scale):
        self.directory = tempfile.TemporaryDirectory(prefix="qf-conformance-")
        self.path = os.path.join(self.directory.name, "ledger.qf")
        self.run("qf-init", "--market", market, "--zone", zone, "--currency",
                 currency, "--money-scale", str(money_scale))

    def file(self, name):
        return os.path.join(self.directory.name, name)

    def write(self, name, header, rows, preamble=None):
        """Writes a CSV file and returns its path."""
        path = self.file(name)
        with open(path, "w", newline="", encoding="utf-8") as f:
            if preamble:
                f.write("#" + preamble + "\n")
            out = csv.writer(f, lineterminator="\n")
            out.writerow(header.split(","))
            out.writerows(rows)
        return path

    def text(self, name, text):
        path = self.file(name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return path

    def run(self, tool, *arguments, allowed=(0,), stdin=None):
        """Runs a tool, or "tool command"; returns (standard output, standard
        error, status)."""
        tool, *command = tool.split()
        done = subprocess.run(
            [os.path.join(BIN, tool), *command, "--ledger", self.path,
             *arguments],
            input=stdin, capture_output=True, text=True, check=False,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"})
        if done.returncode not in allowed:
            raise RuntimeError("%s: status %d: %s" % (
                tool, done.returncode, done.stderr.strip()[:2000]))
        return done.stdout, done.stderr, done.returncode

    def lines(self, handle):
        """The lines of a run, as the tools export them; times in UTC."""
        out, _, _ = self.run("qf-export", handle, "--to", "lines-csv",
                             "--output", "-")
        rows = self.table(out)
        for row in rows:
            row["from_utc"] = datetime.datetime.fromisoformat(
                row["from"]).astimezone(datetime.timezone.utc).strftime(
                    "%Y-%m-%dT%H:%M:%SZ")
        return rows

    @staticmethod
    def table(text):
        """The rows of an exported CSV file, below its head."""
        return list(csv.DictReader(
            row for row in text.splitlines() if not row.startswith("#")))

    def export(self, handle, form):
        """The rows of a run in a form of CSV."""
        out, _, _ = self.run("qf-export", handle, "--to", form,
                             "--output", "-")
        return self.table(out)

    def query(self, sql):
        """What an auditor reads with nothing but sqlite3."""
        out = subprocess.run(
            ["sqlite3", "-readonly", "-json", self.path, sql],
            capture_output=True, text=True, check=True).stdout
        return json.loads(out) if out.strip() else []

    def close(self):
        self.directory.cleanup()


class Suite:
    """Counts checks; the first differences are printed."""

    def __init__(self, name, shown=20):
        self.name, self.passed, self.failed = name, 0, 0
        self.shown = shown

    def check(self, ok, text):
        if ok:
            self.passed += 1
            return
        self.failed += 1
        if self.failed <= self.shown:
            print("%s: %s" % (self.name, text), file=sys.stderr)

    def close(self):
        print("%s: %d passed, %d failed" % (
            self.name, self.passed, self.failed), flush=True)
        return 1 if self.failed or not self.passed else 0
