"""fault.py - kills the tools at every system call, and makes each fail once.

    fault.py [--tool NAME]

For each tool that writes: the system calls which touch the ledger or the
output are counted in an undisturbed run; then the tool is run once for each of
them on a fresh copy, killed there, and once for each with ENOSPC and with EIO
from that call.  After each:

    the ledger verifies (qf-audit verify);
    it holds exactly what it held before, or exactly what it holds after;
    a status of 0 means that everything is there;
    running the tool again completes, with the same content and the same
    standard output as an undisturbed run.

Prints how many points were tried.
"""
import argparse
import collections
import hashlib
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BIN = os.path.join(ROOT, "build", "bin")
CITY = os.path.join(ROOT, "testdata", "city")
CALLS = ("openat", "read", "pread64", "write", "pwrite64", "fsync", "fdatasync",
         "ftruncate", "fallocate", "rename", "renameat", "renameat2", "unlink",
         "unlinkat", "link", "linkat", "mkdir", "mkdirat", "close", "fcntl",
         "lseek", "newfstatat", "mmap", "getdents64", "fchmod")
FAULTS = ("signal=SIGKILL", "error=ENOSPC", "error=EIO")
ENV = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC",
       "QF_CLOCK": "2025-03-05T04:00:00Z"}


def content(ledger):
    """A digest of every row of the ledger, whatever its pages look like."""
    digest = hashlib.sha256()
    base = sqlite3.connect("file:%s?mode=ro" % ledger, uri=True)
    try:
        for line in base.iterdump():
            digest.update(line.encode() + b"\n")
    finally:
        base.close()
    return digest.hexdigest()


def tree(path):
    """Names and digests of what stands at a path."""
    found = {}
    for folder, _, names in os.walk(path):
        for name in names:
            full = os.path.join(folder, name)
            with open(full, "rb") as f:
                found[os.path.relpath(full, path)] = hashlib.sha256(
                    f.read()).hexdigest()
    return sorted(found.items())


class Stage:
    """One tool with its arguments, and the ledger that it starts from."""

    def __init__(self, name, start, arguments, output=None):
        self.name, self.start, self.output = name, start, output
        self.arguments = arguments
        self.tried = collections.Counter()
        self.bad = []
        self.left = 0

    def scratch(self, top):
        folder = tempfile.mkdtemp(dir=top)
        shutil.copy(self.start, os.path.join(folder, "ledger.qf"))
        return folder

    def command(self, folder):
        out = [BIN + "/" + self.name, "-l", os.path.join(folder, "ledger.qf")]
        return out + [a.replace("@", folder) for a in self.arguments]

    def run(self, folder, strace=()):
        done = subprocess.run([*strace, *self.command(folder)], env=ENV,
                              capture_output=True, check=False)
        return done.returncode, done.stdout

    def state(self, folder):
        out = tree(os.path.join(folder, self.output)) if self.output else []
        return content(os.path.join(folder, "ledger.qf")), out

    def points(self, top):
        """[(call, n)]: the n-th call of that name touches our paths."""
        folder = self.scratch(top)
        log = os.path.join(top, "trace")
        status, _ = self.run(folder, (
            "strace", "-f", "-y", "-o", log, "-e",
            "trace=" + ",".join(CALLS)))
        if status != 0:
            sys.exit("%s: undisturbed: status %d" % (self.name, status))
        seen, out = collections.Counter(), []
        with open(log, encoding="utf-8", errors="replace") as f:
            for line in f:
                match = re.match(r"\d+\s+(\w+)\(", line)
                if match and match.group(1) in CALLS:
                    seen[match.group(1)] += 1
                    if folder in line:
                        out.append((match.group(1), seen[match.group(1)]))
        shutil.rmtree(folder)
        return out

    def verify(self, folder):
        done = subprocess.run(
            [BIN + "/qf-audit", "verify", "-l",
             os.path.join(folder, "ledger.qf")], env=ENV, check=False,
            capture_output=True, text=True)
        return "" if done.returncode == 0 else done.stderr or "no message"

    def try_point(self, top, call, n, fault, before, after, told):
        folder = self.scratch(top)
        log = os.path.join(top, "trace")
        status, _ = self.run(folder, (
            "strace", "-f", "-o", log, "-e", "trace=" + call, "-e",
            "inject=%s:%s:when=%d" % (call, fault, n)))
        where = "%s: %s at %s %d" % (self.name, fault, call, n)
        with open(log, encoding="utf-8", errors="replace") as f:
            reached = re.search("INJECTED|killed by SIGKILL", f.read())
        if not reached:
            self.bad.append(where + ": not reached")
        self.tried[fault] += 1
        fault_found = self.verify(folder)
        if fault_found:
            self.bad.append("%s: verify: %s" % (where, fault_found.strip()))
        state = self.state(folder)
        if any(s not in (b, a) for s, b, a in zip(state, before, after)):
            self.bad.append(where + ": neither before nor after")
        if status == 0 and state != after:
            self.bad.append(where + ": status 0, but not done")
        again, stdout = self.run(folder)
        state = self.state(folder)
        if again != 0 or state != after or stdout != told:
            self.bad.append("%s: again: status %d, %s content, %s output" % (
                where, again, "same" if state == after else "other",
                "same" if stdout == told else "other"))
        self.left += sum(name.startswith(".qf-")
                         for name in os.listdir(folder))
        shutil.rmtree(folder)

    def all_points(self, top):
        folder = self.scratch(top)
        before = self.state(folder)
        _, told = self.run(folder)
        after = self.state(folder)
        shutil.rmtree(folder)
        for call, n in self.points(top):
            for fault in FAULTS:
                self.try_point(top, call, n, fault, before, after, told)
        print("%s: %d points (%s), %d bad, %d temporaries left" % (
            self.name, sum(self.tried.values()), ", ".join(
                "%s %d" % item for item in sorted(self.tried.items())),
            len(self.bad), self.left), flush=True)
        for text in self.bad[:20]:
            print("  " + text)
        return bool(self.tried) and not self.bad


def tool(ledger, name, *arguments):
    done = subprocess.run([BIN + "/" + name, "-l", ledger, *arguments],
                          env=ENV, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit("%s: status %d: %s" % (name, done.returncode, done.stderr))
    return done.stdout.strip()


def stages(top):
    """The four tools, each from the ledger that the one before it left."""
    ledger = os.path.join(top, "ledger.qf")

    def keep(name):
        path = os.path.join(top, name)
        shutil.copy(ledger, path)
        return path
    tool(ledger, "qf-init", "--market", "fault", "--zone", "Asia/Shanghai",
         "--currency", "CNY")
    inbox = os.path.join(CITY, "inbox")
    # One channel of one point is enough to pass every kind of call.
    reads = os.path.join(top, "reads.csv")
    with open(os.path.join(inbox, "reads-depot.csv"), encoding="utf-8") as f, \
            open(reads, "w", encoding="utf-8") as out:
        out.writelines(f.readlines()[:30])
    rules = os.path.join(ROOT, "schemas", "rules")
    tool(ledger, "qf-ingest", os.path.join(rules, "cq-ci-two-part-10kv.xml"),
         os.path.join(rules, "prices", "cq-agency-2025-02.csv"),
         *(os.path.join(inbox, name + ".csv") for name in (
             "parties", "points", "meters", "contracts", "calendar")))
    yield Stage("qf-ingest", keep("ingest.qf"), [reads])
    tool(ledger, "qf-ingest", reads)
    scope = ["--period", "2025-02", "--contract", "depot", "--leg", "supply"]
    yield Stage("qf-rate", keep("rate.qf"), scope)
    run = tool(ledger, "qf-rate", *scope)
    yield Stage("qf-post", keep("post.qf"), [run])
    posting = tool(ledger, "qf-post", run)
    yield Stage("qf-export", keep("export.qf"), [
        posting, "--to", "billing-csv", "-o", "@/out"], output="out")


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--tool", help="only this one")
    chosen = options.parse_args().tool
    good, points = True, 0
    with tempfile.TemporaryDirectory(prefix="qf-fault-") as top:
        for stage in stages(top):
            if chosen in (None, stage.name):
                good = stage.all_points(top) and good
                points += sum(stage.tried.values())
    print("check-fault: %d points tried" % points)
    return 0 if good and points else 1


if __name__ == "__main__":
    sys.exit(main())
