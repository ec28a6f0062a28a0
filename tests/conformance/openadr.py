"""openadr.py - messages of OpenADR 2.0b, and what their schema says of each.

    openadr.py DIRECTORY    with verdicts.txt ("valid" or "INVALID", a tab, a
                            path), the samples that it names, and xsd/

Each sample goes into a ledger of its own with --schema.  One that is INVALID is
refused because of the schema and for no other reason.  One that is valid is
either a message without events, and refused as such, or oadrDistributeEvent:
then its events, read here by a few lines of ElementTree, must be in the ledger
with their targets and signals, and nothing else; sent a second time under
another name they say nothing new.  Parties and points that are targets are
registered first.

The values of signals are compared as decimals with the texts of the file.
"""
import datetime
import decimal
import os
import re
import sys
import xml.etree.ElementTree as ET

from case import Ledger, Suite

D = decimal.Decimal
ROOT_XSD = "oadr_20b.xsd"
TARGETS = {"venID": ("party", "openadr-ven"),
           "partyID": ("party", "openadr-party"),
           "groupID": ("portfolio", "openadr-group"),
           "groupName": ("portfolio", "openadr-group"),
           "resourceID": ("point", "openadr-resource")}
DURATION = re.compile(
    r"\+?P(?:(\d+)W)?(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$")


def local(node):
    return node.tag.split("}")[-1]


def child(node, *names):
    for name in names:
        node = next((n for n in node if local(n) == name), None)
        if node is None:
            return None
    return node


def text(node, *names):
    node = child(node, *names)
    return "" if node is None or node.text is None else node.text.strip()


def seconds(value):
    parts = [int(n or 0) for n in DURATION.match(value).groups()]
    return sum(n * s for n, s in zip(parts, (604800, 86400, 3600, 60, 1)))


def instant(value):
    return int(datetime.datetime.fromisoformat(
        value.replace("Z", "+00:00")).timestamp())


def message_of(root):
    node = root
    if local(node) == "oadrPayload":
        node = child(node, "oadrSignedObject")
        node = node[0] if node is not None and len(node) else root
    return node


def signals_of(event, start):
    nodes = [n for n in child(event, "eiEventSignals")
             if local(n) == "eiEventSignal"]
    names = [text(n, "signalName") for n in nodes]
    rows = set()
    for node, name in zip(nodes, names):
        if names.count(name) > 1:
            name += ":" + text(node, "signalID")
        at = start
        for interval in child(node, "intervals"):
            end = at + seconds(text(interval, "duration", "duration"))
            value = D(text(interval, "signalPayload", "payloadFloat", "value"))
            rows.add((name, at, end, text(node, "signalType"),
                      value.normalize()))
            at = end
    return rows


def events_of(message):
    """{event: (row, targets, signals)}"""
    events = {}
    for node in message:
        if local(node) != "oadrEvent":
            continue
        event = child(node, "eiEvent")
        head = child(event, "eventDescriptor")
        period = child(event, "eiActivePeriod", "properties")
        start = instant(text(period, "dtstart", "date-time"))
        end = start + seconds(text(period, "duration", "duration"))
        notice = text(period, "x-eiNotification", "duration")
        row = {
            "modification": int(text(head, "modificationNumber")),
            "context": text(head, "eiMarketContext", "marketContext"),
            "start_utc": start, "end_utc": end,
            "notified_utc": start - seconds(notice) if notice else None,
            "status": "cancelled" if text(head, "eventStatus") == "cancelled"
                      else "called",
            "test": "no" if text(head, "testEvent") in ("", "false")
                    else "yes"}
        targets = set()
        for target in child(event, "eiTarget"):
            if local(target) in TARGETS:
                targets.add((local(target), (target.text or "").strip()))
        events[text(head, "eventID")] = (row, targets,
                                         signals_of(event, start))
    return events


def register(ledger, events):
    """Makes all targets known under names of our own."""
    kinds = {TARGETS[kind] + (name,) for _, targets, _ in events.values()
             for kind, name in targets}
    aliases, parties, points, names = [], [], [], {}
    for number, (kind, scheme, name) in enumerate(sorted(kinds)):
        own = "%s-%d" % (kind, number)
        names[scheme, name] = own
        if kind == "point":
            points.append((own, "connector", "", "", "", "", "", "",
                           "1990-01-01", ""))
        else:
            parties.append((own, "customer", "", "", "1990-01-01", ""))
        aliases.append((scheme, name, "point" if kind == "point" else "party",
                        own, "1990-01-01", ""))
    ledger.run("qf-ingest", ledger.write(
        "party.csv", "party,kind,name_zh,name_en,from,to", parties),
        ledger.write("point.csv", "point,kind,class,scenario,capacity_kw,"
                     "district,name_zh,name_en,from,to", points),
        ledger.write("alias.csv", "scheme,alias,kind,name,from,to", aliases))
    return names


def check_events(suite, ledger, name, schema, path):
    root = ET.parse(path).getroot()
    events = events_of(message_of(root))
    names = register(ledger, events)
    _, said, status = ledger.run("qf-ingest", "--schema", schema, path,
                                 allowed=(0, 65))
    suite.check(status == 0, "%s: %s" % (name, said.strip()))
    if status != 0:
        return
    rows = {r["event"]: r for r in ledger.query("SELECT * FROM event")}
    suite.check(sorted(rows) == sorted(events),
                "%s: events %s" % (name, sorted(rows)))
    for event, (expected, targets, signals) in events.items():
        row = rows.get(event, {})
        got = {key: row.get(key) for key in expected}
        suite.check(got == expected, "%s: %s: %s, not %s" % (
            name, event, got, expected))
        kept = {(r["kind"], r["target"]) for r in ledger.query(
            "SELECT kind, target FROM event_target WHERE event = '%s'"
            % event)}
        wanted = {(TARGETS[k][0], names[TARGETS[k][1], n])
                  for k, n in targets}
        suite.check(kept == wanted, "%s: %s: targets %s, not %s" % (
            name, event, kept, wanted))
        found = ledger.query("SELECT signal, start_utc, end_utc, type, value "
                             "FROM event_signal WHERE event = '%s'" % event)
        kept = {(r["signal"], r["start_utc"], r["end_utc"], r["type"],
                 D(r["value"]).normalize()) for r in found}
        suite.check(kept == signals and len(found) == len(signals),
                    "%s: %s: signals %s, not %s" % (
                        name, event, kept, signals))
    # The bytes of another file, the same message.
    before = ledger.query("SELECT count(*) AS n FROM event_signal")
    with open(path, encoding="utf-8") as f:
        again = ledger.text("again.xml", f.read() + "\n<!-- again -->\n")
    _, said, status = ledger.run("qf-ingest", "--schema", schema, again,
                                 allowed=(0, 65))
    suite.check(status == 0 and before == ledger.query(
        "SELECT count(*) AS n FROM event_signal"),
                "%s: again: %s" % (name, said.strip()))


def check_sample(suite, schema, verdict, name, path):
    ledger = Ledger("openadr", "UTC", "USD", 2)
    try:
        if verdict == "valid" and local(message_of(
                ET.parse(path).getroot())) == "oadrDistributeEvent":
            check_events(suite, ledger, name, schema, path)
            return
        _, said, status = ledger.run("qf-ingest", "--schema", schema, path,
                                     allowed=(0, 65))
        code = "openadr-message" if verdict == "valid" else "xml-schema"
        suite.check(status == 65 and "[%s]" % code in said,
                    "%s: %s: status %d: %s" % (
                        name, verdict, status, said.strip()))
    finally:
        ledger.close()


def main():
    folder = sys.argv[1]
    suite = Suite("openadr20b")
    schema = os.path.join(folder, "xsd", ROOT_XSD)
    listed = set()
    with open(os.path.join(folder, "verdicts.txt"), encoding="utf-8") as f:
        for line in f:
            if not line.strip():
                continue
            verdict, name = line.rstrip("\n").split("\t")
            listed.add(os.path.normpath(name))
            check_sample(suite, schema, verdict, name,
                         os.path.join(folder, name))
    for place, _, files in os.walk(os.path.join(folder, "samples")):
        for file in files:
            name = os.path.relpath(os.path.join(place, file), folder)
            suite.check(not file.endswith(".xml") or name in listed,
                        "%s: has no verdict" % name)
    return suite.close()


if __name__ == "__main__":
    sys.exit(main())
