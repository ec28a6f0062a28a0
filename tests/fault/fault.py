"""fault.py - kills the tools at every system call, and makes each fail once.

    fault.py [--tool NAME]... [--jobs N]

For each tool that writes: the system calls which touch the ledger, the input
or the output are listed in an undisturbed run; then the tool is run once for
each of them on a fresh copy, killed there, and once for each with ENOSPC and
with EIO from that call.  After each:

    the ledger verifies (qf-audit verify);
    ledger and output each are exactly what they were before, or exactly what
    they are after an undisturbed run;
    a status of 0 means that everything is there, with nothing said;
    any other is one of the documented ones for such faults, says why in a
    line that names the tool, and where the ledger has the work all the same,
    says that;
    running the tool again completes, with the same content, the same standard
    output and no file more than after an undisturbed run.

Prints how many points were tried of each tool and in all.
"""
import argparse
import collections
import concurrent.futures
import hashlib
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TOOLS = os.path.join(ROOT, "build", "bin")
CITY = os.path.join(ROOT, "testdata", "city")
RULES = os.path.join(ROOT, "schemas", "rules")
BIN = None
FAULTS = ("signal=SIGKILL", "error=ENOSPC", "error=EIO")
# Where calls cannot sensibly fail so: starting a program, and its addresses.
SKIPPED = {"execve", "munmap", "mprotect"}
ENV = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC",
       "QF_CLOCK": "2025-03-05T04:00:00Z"}
# A system call that fails is a fault of input, output, rights or the system.
STATUSES = {65, 66, 69, 71, 73, 74, 75, 77}
# The calls that clean up: one that fails leaves what it was to remove.
REMOVERS = {"unlink", "unlinkat", "rmdir", "getdents64", "lseek", "openat"}


def content(ledger):
    """A digest of every row of a ledger, whatever its pages look like."""
    if not os.path.exists(ledger):
        return None
    digest = hashlib.sha256()
    base = sqlite3.connect("file:%s?mode=ro" % ledger, uri=True)
    try:
        for line in base.iterdump():
            digest.update(line.encode() + b"\n")
    finally:
        base.close()
    return digest.hexdigest()


def reading(ledger):
    """A reader that holds its view of a ledger until it is closed."""
    base = sqlite3.connect("file:%s?mode=ro" % ledger, uri=True,
                           isolation_level=None)
    base.execute("BEGIN")
    base.execute("SELECT count(*) FROM entry").fetchone()
    return base


def batches(ledger):
    """The files that are in a ledger, each whole or not at all."""
    base = sqlite3.connect("file:%s?mode=ro" % ledger, uri=True)
    try:
        return frozenset(base.execute(
            "SELECT sha256, facts, set_aside FROM batch UNION ALL "
            "SELECT sha256, 0, 0 FROM rule"))
    finally:
        base.close()


def tree(path):
    """{name: digest} of what stands at a path, a file or a folder."""
    if os.path.isfile(path):
        with open(path, "rb") as f:
            return {".": hashlib.sha256(f.read()).hexdigest()}
    found = {}
    for folder, _, names in os.walk(path):
        for name in names:
            full = os.path.join(folder, name)
            with open(full, "rb") as f:
                found[os.path.relpath(full, path)] = hashlib.sha256(
                    f.read()).hexdigest()
    return found


def names_in(folder):
    """All names below a folder but those that SQLite keeps beside a ledger."""
    return {os.path.relpath(os.path.join(top, name), folder)
            for top, folders, files in os.walk(folder)
            for name in (*folders, *files)
            if not name.endswith(("-wal", "-shm"))}


class Result:
    def __init__(self, fault):
        self.fault, self.bad, self.unsure = fault, [], 0


class Stage:
    """One tool with its arguments, and the ledger that it starts from.

    %D in an argument is the folder that it runs in.  output is a name in it,
    which must stand whole or not at all; or, with a list, each of the names
    for itself, and all of them as soon as the ledger has the work.  made tells
    that the tool makes one file that must not stand: run again, it refuses.
    files tells that what is whole or not at all is each file taken in, the
    last of which has the outputs.  reader tells that somebody reads the
    ledger meanwhile, and goes away before it is looked at.  scratch_here tells
    that temporary files are in the folder too, for what a program that the
    tool starts does with them.
    """

    def __init__(self, label, start, arguments, output=None, outputs=(),
                 made=None, prepare=None, files=False,
                 reader=False, scratch_here=False):
        self.label, self.start, self.arguments = label, start, arguments
        self.name = label.split()[0]
        self.output, self.outputs, self.made = output, outputs, made
        self.prepare, self.files, self.reader = prepare, files, reader
        self.scratch_here = scratch_here

    def scratch(self, top):
        folder = tempfile.mkdtemp(dir=top)
        if self.start:
            shutil.copy(self.start, os.path.join(folder, "ledger.qf"))
        if self.prepare:
            self.prepare(folder)
        return folder

    def command(self, folder):
        out = [BIN + "/" + self.name]
        arguments = list(self.arguments)
        if self.name in {"qf-audit", "qf-report"}:
            out.append(arguments.pop(0))
        out += ["-l", os.path.join(folder, "ledger.qf")]
        return out + [a.replace("%D", folder) for a in arguments]

    def run(self, folder, strace=()):
        env = {**ENV, "TMPDIR": folder} if self.scratch_here else ENV
        done = subprocess.run([*strace, *self.command(folder)], env=env,
                              capture_output=True, check=False,
                              stdin=subprocess.DEVNULL)
        said = done.stderr.decode(errors="replace")
        return done.returncode, done.stdout, said.replace(folder, "%D")

    def state(self, folder):
        """Ledger, output as one, outputs each."""
        look = batches if self.files else content
        return [look(os.path.join(folder, "ledger.qf")),
                tree(os.path.join(folder, self.output))
                if self.output else {},
                *(tree(os.path.join(folder, name)) for name in self.outputs)]

    def points(self, top):
        """[(call, n)]: the n-th call of that name touches our paths."""
        folder = self.scratch(top)
        log = folder + ".trace"
        reader = self.reader and reading(os.path.join(folder, "ledger.qf"))
        status, _, said = self.run(folder, (
            "strace", "-f", "-y", "-o", log, "-e", "trace=%file,%desc,flock"))
        if status != 0:
            sys.exit("%s: undisturbed: status %d: %s" % (self.label, status,
                                                         said))
        # strace counts the calls of each process for itself.
        seen, out = collections.Counter(), {}
        with open(log, encoding="utf-8", errors="replace") as f:
            for line in f:
                match = re.match(r"(\d+)\s+(\w+)\(", line)
                if match and match.group(2) not in SKIPPED:
                    seen[match.groups()] += 1
                    if folder in line:
                        out[match.group(2), seen[match.groups()]] = None
        if reader:
            reader.close()
        shutil.rmtree(folder)
        return list(out)

    def verify(self, folder):
        ledger = os.path.join(folder, "ledger.qf")
        if not os.path.exists(ledger):
            return ""
        done = subprocess.run([BIN + "/qf-audit", "verify", "-l", ledger],
                              env=ENV, check=False, capture_output=True,
                              text=True)
        return "" if done.returncode == 0 else done.stderr or "no message"

    def judge_first(self, result, call, status, said, state, there):
        """What one disturbed run left."""
        killed = status == -signal.SIGKILL
        for got, before, after in zip(state, self.before, self.after):
            if got not in (before, after) and not (
                    self.files and before <= got <= after):
                result.bad.append("neither before nor after")
        if self.outputs and state[2:] != self.after[2:] and any(
                aside for _, _, aside in state[0]):
            result.bad.append("the ledger has it, its files are not there")
        if killed:
            return
        if status == 0 and state != self.after:
            result.bad.append("status 0, but not done")
        if status == 0 and said != self.said:
            result.bad.append("status 0, but said: " + said.strip())
        if status != 0 and status not in STATUSES:
            result.bad.append("status %d: %s" % (status, said.strip()))
        line = "(%s: .+ \\[[a-z-]+\\]\n)%s$" % (
            self.name, "+" if self.files else "")
        if status != 0 and not re.match(line, said):
            result.bad.append("said: %r" % said)
        if status != 0 and self.before[0] != self.after[0] == state[0]:
            result.unsure += 1
            if self.start and not re.search("ledger-commit-un|output", said):
                result.bad.append("done, and said: " + said.strip())
        more = there - self.names - self.names_before
        if more and call not in REMOVERS:
            result.bad.append("left %s" % sorted(more))

    def judge_again(self, result, folder, made):
        """The same once more, undisturbed."""
        again, stdout, said = self.run(folder)
        state = self.state(folder)
        if self.made and made:
            if again != 73 or "exists already" not in said:
                result.bad.append("again: status %d" % again)
        elif again != 0 or (stdout != self.told if not self.files else
                            stdout.count(b":") != self.told.count(b":")):
            result.bad.append("again: status %d, %s output: %s" % (
                again, "same" if stdout == self.told else "other",
                said.strip()))
        if state != self.after:
            result.bad.append("again: other content")
        more = names_in(folder) - self.names
        if more:
            result.bad.append("again: left %s" % sorted(more))

    def try_point(self, top, call, n, fault):
        folder = self.scratch(top)
        log = folder + ".trace"
        result = Result(fault)
        reader = self.reader and reading(os.path.join(folder, "ledger.qf"))
        status, _, said = self.run(folder, (
            "strace", "-f", "-o", log, "-e", "trace=" + call, "-e",
            "inject=%s:%s:when=%d" % (call, fault, n)))
        with open(log, encoding="utf-8", errors="replace") as f:
            if not re.search("INJECTED|killed by SIGKILL", f.read()):
                result.bad.append("not reached")
        if reader:
            reader.close()
        there = names_in(folder)
        broken = self.verify(folder)
        if broken:
            result.bad.append("verify: " + broken.strip())
        state = self.state(folder)
        self.judge_first(result, call, status, said, state, there)
        made = self.made and os.path.exists(os.path.join(folder, self.made))
        self.judge_again(result, folder, made)
        shutil.rmtree(folder)
        os.unlink(log)
        result.bad = ["%s at %s %d: %s" % (fault, call, n, text)
                      for text in result.bad]
        return result

    def undisturbed(self, top):
        folder = self.scratch(top)
        self.before = self.state(folder)
        self.names_before = names_in(folder)
        status, self.told, self.said = self.run(folder)
        if status != 0:
            sys.exit("%s: undisturbed: status %d: %s" % (self.label, status,
                                                         self.said))
        self.after = self.state(folder)
        self.names = names_in(folder)
        shutil.rmtree(folder)

    def all_points(self, top, pool):
        self.undisturbed(top)
        tried = [(call, n, fault) for call, n in self.points(top)
                 for fault in FAULTS]
        results = list(pool.map(lambda p: self.try_point(top, *p), tried))
        bad = [text for result in results for text in result.bad]
        count = collections.Counter(result.fault for result in results)
        print("%s: %d points (%s), %d bad, %d done though it failed" % (
            self.label, len(tried), ", ".join(
                "%s %d" % item for item in sorted(count.items())),
            len(bad), sum(r.unsure for r in results)), flush=True)
        for text in bad[:20]:
            print("  " + text)
        return len(tried), bool(tried) and not bad


def tool(ledger, name, *arguments):
    done = subprocess.run([BIN + "/" + name, "-l", ledger, *arguments],
                          env=ENV, capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        sys.exit("%s: status %d: %s" % (name, done.returncode, done.stderr))
    return done.stdout.strip()


def short_reads(top):
    """Reads of one point: good, in part bad, and corrected."""
    paths = [os.path.join(top, name) for name in (
        "reads.csv", "mixed.csv", "corrected.csv")]
    with open(os.path.join(CITY, "inbox", "reads-depot.csv"),
              encoding="utf-8") as f:
        lines = f.readlines()[:30]
    cells = lines[2].split(",")
    corrected = ",".join([*cells[:3], "9.99", *cells[4:]])
    bad = ",".join(["nowhere", *cells[1:]])
    texts = (lines, [*lines[:3], bad], [*lines[:2], corrected])
    for path, text in zip(paths, texts):
        with open(path, "w", encoding="utf-8") as f:
            f.writelines(text)
    return paths


ESTIMATION = """<estimation xmlns="urn:qingfen:estimation:1" id="fault">
<version from="2020-01-01" source="test">
<method name="mean-of-neighbours"/></version></estimation>
"""
THRESHOLDS = """<thresholds xmlns="urn:qingfen:thresholds:1" id="fault">
<version from="2020-01-01" source="test">
<check name="above-capacity" hold="yes" percent="1"/></version></thresholds>
"""


PROGRAMME = """<programme xmlns="urn:qingfen:programme:1" id="fault">
<version from="2020-01-01" source="test" direction="shave">
<measure every="1h" award="none"/>
<baseline method="similar-days" days="2" least="2" look-back="10"
    types="no" round="2 half-up"/>
<price per="kwh"><term of="fixed" value="2"/></price>
<rounding money="2 half-up line"/></version></programme>
"""


def point_of(reads):
    """The point of the first row of reads."""
    with open(reads, encoding="utf-8") as f:
        return f.readlines()[2].split(",")[0]


EVENT_CONTRACT = """contract,leg,point,payer,payee,account,tariff,basis,\
voltage,user_class,type,options,cycle,from,to
fault,response,%s,cq-grid,bus-two-rivers,,fault,events,,,,\
baseline=b congestion-point=ean.123456789012,month,2024-01-01,
"""
EVENT = """event,modification,programme,context,auction,start,end,notified,\
status,test
E1,0,fault,,,2025-02-05T10:00,2025-02-05T12:00,,called,no
"""
UFTP_PROGRAMME = """<programme xmlns="urn:qingfen:programme:1" id="fault">
<version from="2020-01-01" source="test" direction="shave">
<measure every="15m"/><baseline method="given" round="3 half-up"/>
<price per="mw"><term of="award" per="mw"/></price><pay most="1"/>
<penalty component="deficiency" below="1">
<price per="mw"><term of="fixed" value="11"/></price></penalty>
<rounding money="2 half-up line"/></version></programme>
"""
UFTP_ORDER = """<FlexOrder Version="3.1.0" SenderDomain="dso.example.com"
RecipientDomain="agr.example.com" TimeStamp="2025-02-02T10:00:00Z"
MessageID="00000000-0000-4000-8000-000000000001"
ConversationID="00000000-0000-4000-8000-000000000002"
ISP-Duration="PT15M" TimeZone="Asia/Shanghai" Period="2025-02-05"
CongestionPoint="ean.123456789012" Currency="CNY" OrderReference="ORD-1"
Price="14"><ISP Start="41" Power="-2000000" Duration="4"/></FlexOrder>
"""
GIVEN = """baseline,point,start,end,kw
b,%s,2025-02-05T00:00,2025-02-06T00:00,1000
"""
OWNERS = """<owners xmlns="urn:qingfen:owners:1" id="fault">
<version from="2024-01-01" source="test" party="cq-grid">
<share party="op-yuchong" percent="40"/><share percent="60">
<share party="op-jiangchi" by="delivered" points="%s"/>
<share party="cq-grid" by="remainder"/></share></version></owners>
"""


def taken(top, ledger, name, texts):
    """A copy of the ledger, into which the texts were taken in."""
    out = os.path.join(top, name + ".qf")
    shutil.copy(ledger, out)
    tool(out, "qf-ingest", *written(top, texts))
    return out


def written(top, texts):
    """The paths of the texts, {name: text}."""
    for name, text in texts.items():
        with open(os.path.join(top, name), "w", encoding="utf-8") as f:
            f.write(text)
    return [os.path.join(top, name) for name in texts]


def with_event(top, ledger, point):
    """A ledger with an event of a contract at the point."""
    return taken(top, ledger, "event", {
        "programme.xml": PROGRAMME, "event.csv": EVENT,
        "event-contract.csv": EVENT_CONTRACT % point})


def of_flexibility(top, ledger, reads, point):
    """An order, its settlement, its pictures and its message."""
    flex = taken(top, ledger, "flex", {
        "uftp.xml": UFTP_PROGRAMME, "given.csv": GIVEN % point,
        "event-contract.csv": EVENT_CONTRACT % point})
    order, = written(top, {"order.xml": UFTP_ORDER})
    yield Stage("qf-ingest (UFTP)", flex, [order])
    with open(os.path.join(ROOT, "testdata", "openadr", "event.xml"),
              encoding="utf-8") as f:
        text = f.read().replace(">park<", ">cq-grid<")
    message, = written(top, {"openadr.xml": text.replace(">gun-1<",
                                                         ">%s<" % point)})
    yield Stage("qf-ingest (OpenADR)", flex, [message])
    tool(flex, "qf-ingest", order, reads)
    yield Stage("qf-settle (orders)", flex, ["--period", "2025-02"])
    settled = os.path.join(top, "settled.qf")
    shutil.copy(flex, settled)
    run = tool(settled, "qf-settle", "--period", "2025-02")
    yield Stage("qf-report (directory)", settled, [
        "event", run, "-o", "%D/pictures"], output="pictures",
        scratch_here=True)
    yield Stage("qf-report (file)", settled, [
        "event", run, "-o", "%D/event.svg"], output="event.svg",
        scratch_here=True)
    yield Stage("qf-export (flex-settlement)", settled, [
        run, "--to", "flex-settlement", "--sender", "dso.example.com",
        "--receiver", "agr.example.com", "-o", "%D/flex.xml"],
        output="flex.xml")


def of_owners(top, ledger, run, point):
    """What a run pays to a party, split."""
    owned = taken(top, ledger, "owned", {"owners.xml": OWNERS % point})
    yield Stage("qf-share", owned, [run])
    yield Stage("qf-share (beside a reader)", owned, [run], reader=True)


def with_gap(top, ledger):
    """A ledger whose reads lack a value, with documents that see to it."""
    with open(os.path.join(top, "reads.csv"), encoding="utf-8") as f:
        lines = f.readlines()
    cells = lines[2].split(",")
    lines[2] = ",".join([*cells[:9], "", *cells[10:]])
    return taken(top, ledger, "gap", {
        "gap.csv": "".join(lines), "estimation.xml": ESTIMATION,
        "thresholds.xml": THRESHOLDS})


MARKET = """<market xmlns="urn:qingfen:market:1" id="fault">
<version from="2020-01-01" source="test">
<quantity unit="mwh" tick="1"/>
<price unit="mwh" tick="1" round="2 half-up"/>
<clearing method="uniform" price="lowest" ties="pro-rata"/></version></market>
"""
BIDS = """auction,start,bid,end,party,side,price,quantity,submitted,minimum,\
block,performance,class
da,2025-02-01T10:00,s,2025-02-01T11:00,,sell,10,5,,,,,
da,2025-02-01T10:00,b,2025-02-01T11:00,,buy,20,7,,,,,
"""


PAIRS = MARKET.replace('id="fault"', 'id="pairs"').replace(
    'method="uniform" price="lowest"', 'method="pairs" price="pair-mean"')


def of_auction(top, ledger):
    """Bids, what clears them, and what comes out of that."""
    auction = taken(top, ledger, "auction", {
        "market.xml": MARKET, "pairs.xml": PAIRS})
    bids, = written(top, {"bids.csv": BIDS})
    yield Stage("qf-ingest (bids)", auction, [bids])
    tool(auction, "qf-ingest", bids)
    scope = ["--auction", "da", "--market"]
    yield Stage("qf-clear", auction, [*scope, "fault"])
    cleared = os.path.join(top, "cleared.qf")
    shutil.copy(auction, cleared)
    for name, market in (("awards", "fault"), ("prices", "fault"),
                         ("trades", "pairs")):
        run = tool(cleared, "qf-clear", *scope, market)
        yield Stage("qf-export (%s)" % name, cleared, [
            run, "--to", name + "-csv", "-o", "%D/out.csv"],
            output="out.csv")


def stages(top):
    """The tools, each from the ledger that the one before it left."""
    ledger = os.path.join(top, "ledger.qf")

    def keep(name):
        path = os.path.join(top, name + ".qf")
        shutil.copy(ledger, path)
        return path
    market = ["--market", "fault", "--zone", "Asia/Shanghai", "--currency",
              "CNY"]
    yield Stage("qf-init", None, market, made="ledger.qf")
    tool(ledger, "qf-init", *market)
    reads, mixed, corrected = short_reads(top)
    base = [os.path.join(RULES, "cq-ci-two-part-10kv.xml"),
            os.path.join(RULES, "prices", "cq-agency-2025-02.csv"),
            *(os.path.join(CITY, "inbox", name + ".csv") for name in (
                "parties", "points", "meters", "contracts", "calendar"))]
    yield Stage("qf-ingest (several)", keep("several"), [
        "--quarantine", "%D/aside", "--max-quarantine", "1",
        base[0], *base[2:5], mixed],
        outputs=("aside/mixed.csv", "aside/mixed.csv.reasons.csv"), files=True,
        prepare=lambda folder: os.mkdir(os.path.join(folder, "aside")))
    tool(ledger, "qf-ingest", *base)
    yield Stage("qf-ingest", keep("ingest"), [reads])
    yield from of_auction(top, ledger)
    yield from of_flexibility(top, ledger, reads, point_of(reads))
    gap = with_gap(top, ledger)
    yield Stage("qf-fill", gap, ["--period", "2025-02", "--point",
                                 point_of(reads)])
    yield Stage("qf-check", gap, [
        "--period", "2025-02", "--max-found", "99", "-o", "%D/found.csv"],
        output="found.csv")
    tool(ledger, "qf-ingest", reads)
    scope = ["--period", "2025-02", "--contract", "depot", "--leg", "supply"]
    yield Stage("qf-rate", keep("rate"), scope)
    yield Stage("qf-settle", with_event(top, ledger, point_of(reads)),
                ["--period", "2025-02"])
    run = tool(ledger, "qf-rate", *scope)
    yield from of_owners(top, ledger, run, point_of(reads))
    yield Stage("qf-post", keep("post"), [run])
    yield Stage("qf-post (beside a reader)", keep("post"), [run], reader=True)
    posting = tool(ledger, "qf-post", run)
    yield Stage("qf-export (directory)", keep("export"), [
        posting, "--to", "billing-csv", "-o", "%D/out"], output="out")
    yield Stage("qf-export (statements)", keep("statements"), [
        posting, "--to", "statement-xml", "--per-party", "-o", "%D/out"],
        output="out")
    yield Stage("qf-export (file)", keep("file"), [
        posting, "--to", "billing-jsonl", "-o", "%D/out.jsonl"],
        output="out.jsonl")
    first = os.path.join(top, "first")
    tool(ledger, "qf-export", posting, "--to", "billing-csv", "-o", first)
    yield Stage("qf-ingest (correction)", keep("correct"), [
        "--correct", "read again", corrected])
    tool(ledger, "qf-ingest", "--correct", "read again", corrected)
    run = tool(ledger, "qf-rate", *scope)
    yield Stage("qf-post (correction)", keep("delta"), [run])
    posting = tool(ledger, "qf-post", run)
    yield Stage("qf-export (force)", keep("force"), [
        posting, "--to", "billing-csv", "--force", "-o", "%D/out"],
        output="out", prepare=lambda folder: shutil.copytree(
            first, os.path.join(folder, "out")))
    yield Stage("qf-audit (snapshot)", keep("snapshot"), [
        "snapshot", "%D/copy.qf"], output="copy.qf", made="copy.qf")


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--tool", action="append", help="only this one")
    options.add_argument("--jobs", type=int, default=os.cpu_count())
    chosen = options.parse_args()
    good, points = True, 0
    # Faults are made at the calls, so that it may be a file system in memory.
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="qf-fault-", dir=memory) as top, \
            concurrent.futures.ThreadPoolExecutor(chosen.jobs) as pool:
        # A build meanwhile must not change what is tried.
        global BIN
        BIN = shutil.copytree(TOOLS, os.path.join(top, "bin"))
        for stage in stages(top):
            if chosen.tool and not {stage.name, stage.label} & set(
                    chosen.tool):
                continue
            count, passed = stage.all_points(top, pool)
            good = passed and good
            points += count
    print("check-fault: %d points tried" % points)
    return 0 if good and points else 1


if __name__ == "__main__":
    sys.exit(main())
