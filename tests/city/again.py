"""again.py - running a tool again, or two at once, or killing one, is safe.

Drives the small city: every tool twice; a run that is older than what is
booked; a file that a correction has superseded; all runs replayed; two
writers; readers with and without write permission beside a writer that holds
the ledger; and the next run after the holder was killed.
"""
import os
import pwd
import shutil
import signal
import sqlite3
import sys
import tempfile
import time

import city

LATE = os.path.join(city.CITY, "late", "reads-pile-04.csv")
CORRECTED = os.path.join(city.CITY, "correction",
                         "reads-nanping-corrected.csv")
MOVED = os.path.join(city.CITY, "correction", "contracts-pile-02.csv")
ROUNDS = 20


def twice(checks, ledger):
    """Every tool once more, with nothing new: nothing happens."""
    paths = city.inputs()
    first = ledger.ingest(*paths)
    run, posting = ledger.settle()
    out = ledger.export(posting, "twice")
    copy = os.path.join(ledger.folder, "copy.qf")
    ledger.run("qf-audit", "snapshot", copy)
    before, files = ledger.content(), city.tree(out)
    when = os.stat(os.path.join(out, "MANIFEST")).st_mtime_ns

    checks.same(ledger.ingest(*paths), first, "all files again")
    checks.same(ledger.ingest(*paths[::-1]), first[::-1],
                "all files again, in reverse")
    checks.same(ledger.settle(), (run, posting), "rated and posted again")
    ledger.export(posting, "twice")
    checks.same(city.tree(out), files, "exported again")
    checks.same(os.stat(os.path.join(out, "MANIFEST")).st_mtime_ns, when,
                "what stands is not written again")
    done = ledger.run("qf-init", "--market", "x", "--zone", "UTC",
                      "--currency", "CNY", allow=(73,))
    checks.that("[ledger-exists]" in done.said, "init again: " + done.said)
    done = ledger.run("qf-audit", "snapshot", copy, allow=(73,))
    checks.that("[output-exists]" in done.said, "snapshot again")
    checks.same(ledger.content(), before, "nothing was appended")
    twin = city.Ledger(ledger.folder, name="copy.qf")
    checks.same(twin.content(), before, "the snapshot has all rows")
    twin.run("qf-audit", "verify")
    checks.same(twin.settle(), (run, posting), "the copy answers alike")


def superseded(checks, ledger):
    """Old runs and old files after a correction."""
    ledger.ingest(LATE)
    stale = ledger.run("qf-rate", "-q", *city.PERIOD, allow=(0, 1)).out
    batch = ledger.correct("read again", CORRECTED)
    newer, posting = ledger.settle()
    checks.that(stale != newer, "a correction makes another run")
    before = ledger.content()
    done = ledger.run("qf-post", stale, allow=(65,))
    checks.that("[run-stale]" in done.said, "an older run: " + done.said)
    old = os.path.join(city.CITY, "inbox", "reads-nanping.csv")
    number = batch.split("@")[0].split(":")[1]
    for name, more in (("again", ()), ("as a correction",
                                       ("--correct", "back again"))):
        done = ledger.run("qf-ingest", *more, old, allow=(65,))
        checks.that("[batch-superseded]" in done.said and
                    "entry %s superseded" % number in done.said,
                    "a superseded file %s: %s" % (name, done.said))
    checks.same(ledger.content(), before, "nothing was appended")
    ledger.correct("moved", MOVED)
    last, posting_2 = ledger.settle()
    checks.same(ledger.run("qf-post", newer).out, posting,
                "a run that is booked answers with its posting")
    runs = ["run:%d" % row[0] for row in
            ledger.ask("SELECT entry FROM run ORDER BY entry")]
    checks.that(len(runs) >= 4, "runs to replay: %d" % len(runs))
    ledger.run("qf-audit", "replay", *runs)
    checks.passed += len(runs)
    early = ledger.export(posting, "early")
    late = ledger.export(posting_2, "late")
    ledger.correct("moved back", os.path.join(ledger.folder, "back.csv"))
    ledger.settle()
    for handle, out in ((posting, early), (posting_2, late)):
        files = city.tree(out)
        shutil.rmtree(out)
        ledger.export(handle, os.path.basename(out))
        checks.same(city.tree(out), files, "an old posting exported later")
    ledger.run("qf-audit", "verify")
    ledger.run("qf-audit", "replay", *runs)


def back(folder):
    """The payer of the second pile as it was: a correction of MOVED."""
    with open(MOVED, encoding="utf-8") as f:
        lines = f.readlines()
    with open(os.path.join(folder, "back.csv"), "w", encoding="utf-8") as out:
        out.write(lines[0] + lines[2].replace("driver-12", "driver-02"))


def year_of_reads(path):
    """Reads that take a writer a while: 8 points, a year of quarters."""
    with open(path, "w", encoding="utf-8") as out:
        out.write("#quantity=kwh side=primary label=end minutes=15\n"
                  "point,channel,day,%s\n" % ",".join(
                      "v%d" % (k + 1) for k in range(96)))
        for day in range(365):
            when = time.strftime("%Y-%m-%d", time.gmtime(
                1704067200 + 86400 * day))
            for point in ("pile-01", "pile-02", "pile-03", "pile-04",
                          "pile-05", "pile-06", "gate-depot", "depot-v1"):
                out.write("%s,import,%s%s\n" % (point, when, ",1.25" * 96))


def is_held(path):
    """True while somebody writes to the ledger."""
    base = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        base.execute("BEGIN IMMEDIATE")
        base.execute("ROLLBACK")
        return False
    except sqlite3.OperationalError:
        return True
    finally:
        base.close()


def stopped_writer(ledger, path):
    """A qf-ingest that holds the ledger and stands still; or None."""
    for _ in range(20):
        process = ledger.start("qf-ingest", path)
        while process.poll() is None:
            if is_held(ledger.path):
                process.send_signal(signal.SIGSTOP)
                time.sleep(0.05)
                if is_held(ledger.path):
                    return process
                process.send_signal(signal.SIGCONT)
        process.communicate()
        if process.returncode == 0:
            return None
    return None


def auditor(ledger):
    """The ledger as one sees it who may only read it, if we can be one."""
    if os.geteuid() != 0:
        return None
    group = pwd.getpwnam("nobody").pw_gid
    for end in ("", "-wal", "-shm"):
        if os.path.exists(ledger.path + end):
            os.chown(ledger.path + end, 0, group)
    return city.Ledger(ledger.folder, user="nobody")


def look(checks, ledger, expected, title):
    """What an auditor asks, beside a writer."""
    posting = "posting:%d" % ledger.ask("SELECT max(entry) FROM posting")[0]
    for arguments in (("qf-audit", "verify"), ("qf-audit", "log"),
                      ("qf-audit", "replay", "run:%d" % ledger.ask(
                          "SELECT min(entry) FROM run")[0]),
                      ("qf-export", posting),
                      ("qf-audit", "reconcile", *city.PERIOD)):
        started = time.monotonic()
        done = ledger.run(*arguments, allow=range(100))
        took = time.monotonic() - started
        # Of reconcile, 1 is an answer, too.
        good = done.status == 0 or arguments[1] == "reconcile" \
            and done.status == 1
        checks.that(good and took < 4, "%s: %s: status %d in %.1f s: %s" % (
            title, " ".join(arguments), done.status, took, done.said))
        if arguments[1] == "log":
            checks.same(len(done.out.split("\n")), expected,
                        title + ": lines of the log")


def beside_a_writer(checks, ledger):
    """Readers and a second writer while one holds the ledger; its death."""
    path = os.path.join(ledger.folder, "year.csv")
    year_of_reads(path)
    before = ledger.content()
    log = len(ledger.run("qf-audit", "log").out.split("\n"))
    reader = auditor(ledger)
    if reader:
        look(checks, reader, log, "without write permission, at rest")
    writer = stopped_writer(ledger, path)
    if not checks.that(writer is not None, "a writer was caught at work"):
        return
    look(checks, ledger, log, "beside a writer")
    if reader:
        look(checks, reader, log, "without write permission")
    for arguments in (("qf-ingest", MOVED), ("qf-rate", *city.PERIOD),
                      ("qf-post", "run:%d" % ledger.ask(
                          "SELECT max(entry) FROM run")[0])):
        started = time.monotonic()
        done = ledger.run(*arguments, allow=range(100))
        checks.that(done.status == 75 and "[ledger-busy]" in done.said and
                    time.monotonic() - started < 2, "busy: %s: %d %s" % (
                        arguments[0], done.status, done.said))
    started = time.monotonic()
    done = ledger.run("qf-ingest", "--wait", "1", path, allow=(75,))
    checks.that(0.9 < time.monotonic() - started < 4, "waited a second")
    waiting = ledger.start("qf-ingest", "--wait", "30", path)
    time.sleep(0.2)
    writer.kill()
    writer.communicate()
    out, said = waiting.communicate(timeout=60)
    checks.that(waiting.returncode == 0 and out.startswith("batch:"),
                "the holder was killed, the next proceeds: " + said)
    ledger.run("qf-audit", "verify")
    checks.that(ledger.content() != before, "the next has done its work")
    checks.same(len(ledger.run("qf-audit", "log").out.split("\n")), log + 1,
                "once")


def killed(checks, ledger):
    """The holder is killed; nothing is cleaned up by hand."""
    path = os.path.join(ledger.folder, "year.csv")
    year_of_reads(path)
    before = ledger.content()
    writer = stopped_writer(ledger, path)
    if not checks.that(writer is not None, "a writer was caught at work"):
        return
    writer.kill()
    writer.communicate()
    checks.same(ledger.content(), before, "killed: nothing of it is there")
    ledger.run("qf-audit", "verify")
    ledger.ingest(path)
    ledger.run("qf-audit", "verify")


def race(checks, ledger):
    """Two at once, many times: one works, the other works or says 75."""
    for number in range(ROUNDS):
        paths = []
        for who in "ab":
            paths.append(os.path.join(ledger.folder, "%s%d.csv" % (
                who, number)))
            with open(paths[-1], "w", encoding="utf-8") as f:
                f.write("scheme,alias,kind,name,from,to\n"
                        "race,%s%d,party,cq-grid,2024-01-01,\n" % (
                            who, number))
        started = [ledger.start("qf-ingest", path)
                   for path in (*paths, paths[0])]
        for process in started:
            _, said = process.communicate()
            if process.returncode not in (0, 75):
                checks.that(False, "race: %d %s" % (process.returncode, said))
        ledger.ingest(*paths)
    checks.same(ledger.ask("SELECT count(*), count(DISTINCT alias) FROM alias "
                           "WHERE scheme = 'race'"),
                [(2 * ROUNDS, 2 * ROUNDS)], "each file is in once")
    ledger.run("qf-audit", "verify")


def main():
    checks = city.Checks("again")
    with tempfile.TemporaryDirectory(prefix="qf-again-") as top:
        os.chmod(top, 0o755)
        for part in (twice, superseded, beside_a_writer, killed, race):
            folder = os.path.join(top, part.__name__)
            os.mkdir(folder)
            back(folder)
            ledger = city.prepared(folder)
            ledger.settle()
            part(checks, ledger)
    return checks.end()


if __name__ == "__main__":
    sys.exit(main())
