"""shapeshifter.py - messages of UFTP: what their schemas say, attacks, orders
and settlements.

    shapeshifter.py DIRECTORY   with xsd-spec/ (3.1), xsd-java/ (3.0),
                                samples/, samples-expected/, samples/xxe/,
                                authored-FlexSettlement-*.xml

Verdicts, as SOURCE.txt states them: what is in samples/ has no Version and fits
neither schema; all of samples-expected/ fits xsd-java, and xsd-spec too but for
the responses, of which 3.1 renamed an attribute; of the authored settlements
the one without a contract fits neither, the other xsd-spec alone.  Settlements
are asked of qf-audit flex, everything else of qf-ingest.

Attacks are refused for their DOCTYPE.  What they name must not be touched: the
system calls are listed by strace; and besides, whether strace can be used or
not, each is made over to name a FIFO, at which whoever opens it would wait, and
a listening socket, to which nobody must come.

Orders that the tools take are read here by ElementTree, and their awards
compared, ISP by ISP.  A settlement that fits and whose numbers follow from its
powers is reproduced: its orders, baselines and loads go in as messages and
facts, are settled and exported, and each number of each order must be the same.
What a MW costs, and what one that is missing does, is told from the file: from
the first order with some of it.  What is exported must fit the schema, by our
own validator and, where it is there, by xmllint.
"""
import datetime
import decimal
import glob
import os
import re
import shutil
import socket
import subprocess
import sys
import xml.etree.ElementTree as ET

import flex
from case import BIN, Ledger, Suite

D = decimal.Decimal
ENV = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"}
SPEC, JAVA = "UFTP-agr-dso.xsd", "UFTP.xsd"


# Verdicts ----------------------------------------------------------------------

def expected_verdicts(folder):
    """Yields (path, {schema: whether the file fits it})."""
    spec = os.path.join(folder, "xsd-spec", SPEC)
    java = os.path.join(folder, "xsd-java", JAVA)
    for path in sorted(glob.glob(os.path.join(folder, "samples", "*.xml"))):
        yield path, {spec: False, java: False}
    for path in sorted(glob.glob(
            os.path.join(folder, "samples-expected", "*.xml"))):
        response = ET.parse(path).getroot().tag.endswith("Response")
        yield path, {spec: not response, java: True}
    for path in sorted(glob.glob(os.path.join(folder, "authored-*.xml"))):
        yield path, {spec: "no-contract" not in path, java: False}


def fits(ledger, schema, path):
    """Whether the tools say that a file fits, and what they said."""
    if ET.parse(path).getroot().tag == "FlexSettlement":
        done = subprocess.run(
            [os.path.join(BIN, "qf-audit"), "flex", "--schema", schema, path],
            capture_output=True, text=True, check=False, env=ENV)
        said, status = done.stderr, done.returncode
    else:
        _, said, status = ledger.run("qf-ingest", "--schema", schema, "-n",
                                     path, allowed=(0, 65))
    # A fit is refused only for what it is, never as XML.
    refused = "[xml-schema]" in said
    return not refused and (status == 0 or "[uftp-" in said), said


def verdicts(suite, folder):
    ledger = Ledger("uftp", "Europe/Amsterdam", "EUR", 4)
    for path, schemas in expected_verdicts(folder):
        for schema, expected in schemas.items():
            got, said = fits(ledger, schema, path)
            suite.check(got == expected, "%s: %s by %s: %s" % (
                path, "fits" if got else "does not fit", schema,
                said.strip()))
    ledger.close()


# Attacks ----------------------------------------------------------------------

def refused(path, ledger, wrapper=()):
    """Whether qf-ingest refuses the file for its DOCTYPE, and in time."""
    try:
        done = subprocess.run(
            [*wrapper, os.path.join(BIN, "qf-ingest"), "--ledger", ledger.path,
             path], capture_output=True, text=True, check=False, env=ENV,
            timeout=20)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 65 and "[xml-doctype]" in done.stderr


def traced(suite, ledger, path, names):
    """What strace says of the file's way in."""
    log = ledger.file("strace.log")
    trace = ["strace", "-f", "-o", log, "-e", "trace=%file,%network"]
    if shutil.which("strace") is None or subprocess.run(
            [*trace, "true"], capture_output=True, check=False).returncode:
        print("shapeshifter: no strace: attacks are watched by canaries alone",
              file=sys.stderr)
        return
    suite.check(refused(path, ledger, trace), "%s: not refused" % path)
    with open(log, encoding="utf-8", errors="replace") as f:
        calls = f.read()
    suite.check(os.path.basename(path) in calls,
                "%s: strace saw nothing" % path)
    for name in names:
        plain = re.sub("^[a-z]+://", "", name).rstrip("/")
        suite.check(plain not in calls, "%s: touched %s" % (path, name))
    suite.check(not re.search(r"\b(socket|connect)\(", calls),
                "%s: asked the network" % path)


def canaries(suite, ledger, path, text, names):
    """The attack on a FIFO and on a socket of ours."""
    fifo = ledger.file("canary")
    if not os.path.exists(fifo):
        os.mkfifo(fifo)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        for name in names:
            for place in ("file://" + fifo, fifo, "http://127.0.0.1:%d/"
                          % listener.getsockname()[1]):
                made = ledger.text("attack.xml", text.replace(name, place))
                suite.check(refused(made, ledger), "%s: on %s: not refused" % (
                    path, place))
        try:
            listener.accept()
            suite.check(False, "%s: somebody came to the socket" % path)
        except BlockingIOError:
            suite.check(True, "")


def attacks(suite, folder):
    for path in sorted(glob.glob(
            os.path.join(folder, "samples", "xxe", "*.xml"))):
        ledger = Ledger("uftp", "Europe/Amsterdam", "EUR", 4)
        before = open(ledger.path, "rb").read()
        with open(path, encoding="utf-8") as f:
            text = f.read()
        names = re.findall(r'(?:SYSTEM|PUBLIC\s+"[^"]*")\s+"([^"]+)"', text)
        suite.check(bool(names), "%s: names nothing" % path)
        suite.check(refused(path, ledger), "%s: not refused" % path)
        for schema in glob.glob(os.path.join(folder, "xsd-*", SPEC)):
            _, said, status = ledger.run("qf-ingest", "--schema", schema, path,
                                         allowed=(0, 65))
            suite.check(status == 65 and "[xml-doctype]" in said,
                        "%s: %s" % (path, said.strip()))
        traced(suite, ledger, path, names)
        canaries(suite, ledger, path, text, names)
        suite.check(open(ledger.path, "rb").read() == before,
                    "%s: the ledger has changed" % path)
        ledger.close()


# Orders -----------------------------------------------------------------------

def take_order(suite, folder, path):
    """A FlexOrder's awards: kW an ISP, at its instant."""
    root = ET.parse(path).getroot()
    zone = root.get("TimeZone")
    ledger = Ledger("uftp", zone, root.get("Currency"), 4)
    rows = [("P1", "metering", "", "", "", "", "", "", "1990-01-01", "")]
    fill = any(int(n.get("Power")) > 0 for n in root.iter("ISP"))
    ledger.run("qf-ingest", ledger.write(
        "party.csv", "party,kind,name_zh,name_en,from,to",
        [("dso", "grid", "", "", "1990-01-01", ""),
         ("agr", "aggregator", "", "", "1990-01-01", "")]), ledger.write(
             "point.csv", "point,kind,class,scenario,capacity_kw,district,"
             "name_zh,name_en,from,to", rows), ledger.write(
                 "contract.csv", "contract,leg,point,payer,payee,account,"
                 "tariff,basis,voltage,user_class,type,options,cycle,from,to",
                 [("C1", "flexibility", "P1", "dso", "agr", "", "uftp",
                   "events", "", "", "", "congestion-point="
                   + root.get("CongestionPoint"), "month", "1990-01-01", "")]),
        ledger.write("alias.csv", "scheme,alias,kind,name,from,to", [
            ("uftp", root.get("ContractID"), "contract", "C1", "1990-01-01",
             "")]),
        ledger.text("uftp.xml", flex.PROGRAMME % (
            "fill" if fill else "shave", "1")))
    schema = os.path.join(folder, "xsd-java", JAVA)
    _, said, status = ledger.run("qf-ingest", "--schema", schema, path,
                                 allowed=(0, 65))
    suite.check(status == 0, "%s: %s" % (path, said.strip()))
    seconds = int(re.match(r"PT(\d+)M$", root.get("ISP-Duration"))[1]) * 60
    # The first instant of the day, asked of another program than ours.
    begin = int(subprocess.run(
        ["date", "-d", "%s 00:00" % root.get("Period"), "+%s"],
        capture_output=True, text=True, check=True,
        env={"PATH": ENV["PATH"], "TZ": zone}).stdout)
    expected = {}
    for isp in root.iter("ISP"):
        for n in range(int(isp.get("Duration", 1))):
            if int(isp.get("Power")) != 0:
                expected[begin + (int(isp.get("Start")) - 1 + n) * seconds] = (
                    abs(D(isp.get("Power"))) / 1000)
    got = ledger.query("SELECT award, start_utc, end_utc, kw FROM award")
    suite.check({r["start_utc"]: D(r["kw"]) for r in got} == expected and
                len(got) == len(expected) and
                {r["end_utc"] - r["start_utc"] for r in got} <= {seconds} and
                {r["award"] for r in got} <= {root.get("OrderReference")},
                "%s: awards %s, not %s" % (path, got, expected))
    ledger.close()


def orders(suite, folder):
    for path in sorted(glob.glob(
            os.path.join(folder, "samples-expected", "*.xml"))):
        if ET.parse(path).getroot().tag == "FlexOrder":
            take_order(suite, folder, path)


# Settlements ------------------------------------------------------------------

def price_of(money, powers):
    """What a MW costs: of the first order that has some."""
    for amount, watts in zip(money, powers):
        if watts:
            return amount * 10 ** 6 / watts
    return D(0)


def reproduce(suite, folder, path):
    root = ET.parse(path).getroot()
    stated = flex.orders_of(path)
    # Of an ISP: its number, baseline, order, load, delivered, missing.
    paid = price_of([o[0] for o in stated.values()],
                    [sum(i[4] for i in o[3]) for o in stated.values()])
    charged = price_of([o[1] for o in stated.values()],
                       [sum(i[5] for i in o[3]) for o in stated.values()])
    made = [flex.Order(
        node.get("OrderReference"),
        datetime.date.fromisoformat(node.get("Period")),
        [flex.Isp(i[0], 1, *i[1:4])
         for i in stated[node.get("OrderReference")][3]])
            for node in root.findall("FlexOrderSettlement")]
    node = root.find("FlexOrderSettlement")
    contract = root.find("ContractSettlement").get("ContractID")
    ledger, out = flex.settle(made, paid, charged,
                              node.get("CongestionPoint"), contract)
    came = flex.orders_of(out)
    suite.check(sorted(came) == sorted(stated), "%s: orders %s" % (
        path, sorted(came)))
    for name, numbers in stated.items():
        suite.check(came.get(name) == numbers, "%s: %s: %s, not %s" % (
            path, name, came.get(name), numbers))
    schema = os.path.join(folder, "xsd-spec", SPEC)
    done = subprocess.run(
        [os.path.join(BIN, "qf-audit"), "flex", "--schema", schema, out],
        capture_output=True, text=True, check=False, env=ENV)
    suite.check(done.returncode == 0, "%s: %s" % (path, done.stderr.strip()))
    if shutil.which("xmllint"):
        done = subprocess.run(
            ["xmllint", "--nonet", "--noout", "--schema", schema, out],
            capture_output=True, text=True, check=False)
        suite.check(done.returncode == 0, "%s: xmllint: %s" % (
            path, done.stderr.strip()))
    attributes = ("CongestionPoint", "Period")
    suite.check(
        [[n.get(a) for a in attributes]
         for n in ET.parse(out).getroot().findall("FlexOrderSettlement")] ==
        [[n.get(a) for a in attributes]
         for n in root.findall("FlexOrderSettlement")],
        "%s: other days or congestion points" % path)
    ledger.close()


def settlements(suite, folder):
    for path in sorted(glob.glob(os.path.join(folder, "authored-*.xml"))):
        if ET.parse(path).getroot().find("ContractSettlement") is not None:
            reproduce(suite, folder, path)


def main():
    suite, folder = Suite("shapeshifter"), sys.argv[1]
    verdicts(suite, folder)
    attacks(suite, folder)
    orders(suite, folder)
    settlements(suite, folder)
    return suite.close()


if __name__ == "__main__":
    sys.exit(main())
