"""greenbutton.py - Green Button files, and the costs that one of them carries.

    greenbutton.py DIRECTORY    with *.xml and SOURCE.txt

Each file goes into two ledgers, one of UTC and one whose days are other ones,
with a point for each UsagePoint.  Every reading of electric energy, read here
by a few lines of ElementTree, must be in the ledger at its instant, in kWh and
as measured or estimated, and no other; counts and sums of each point and
channel are compared too.

The file that SOURCE.txt names as an oracle has a cost on each reading.  The
prices that are written there, by hour of UTC-5 and by weekday and weekend *of
the UTC date*, become a tariff document.  To say the kind of day as it was
meant, the ledger's zone is UTC, so that its days are those of the UTC date, and
the hours are written five hours later.  The file is ingested and rated with a
line an interval, and each amount is compared with its cost, exactly.

Of another file with costs the prices are told from the file itself, by the time
of day in UTC and by weekday and weekend of the UTC date: where every reading of
one such time has one price, and some times were read twice, the same comparison
is made; else the costs are listed as skipped, with the reason.  Readings of
lengths that no hour is made of are not taken, and must be said so.
"""
import collections
import datetime
import decimal
import glob
import os
import re
import sys
import xml.etree.ElementTree as ET

from case import Ledger, Suite

D = decimal.Decimal
ATOM = "{http://www.w3.org/2005/Atom}"
ESPI = "{http://naesb.org/espi}"
CHANNELS = {("72", "1"): "import", ("72", "19"): "export",
            ("73", "1"): "import-reactive", ("73", "19"): "export-reactive"}
MEASURED = ("", "0", "14", "17", "18", "19")
ZONES = ("UTC", "America/New_York")
UNIT = D("0.00001")  # of a cost: 1/100000 of the currency


def text(node, path):
    found = node.find(path)
    return "" if found is None or found.text is None else found.text.strip()


def parse(path):
    """{(point, channel): {UTC seconds: (kWh, M or E, seconds, cost)}}"""
    points, readings, types, blocks = {}, {}, {}, []
    for entry in ET.parse(path).getroot().iter(ATOM + "entry"):
        links = collections.defaultdict(list)
        for link in entry.findall(ATOM + "link"):
            links[link.get("rel")].append(link.get("href"))
        content = entry.find(ATOM + "content")
        for node in [] if content is None else content:
            kind = node.tag.replace(ESPI, "")
            if kind == "UsagePoint":
                points[links["self"][0]] = entry.findtext(ATOM + "id")
            elif kind == "MeterReading":
                readings[links["self"][0]] = links["related"]
            elif kind == "ReadingType":
                types[links["self"][0]] = node
            elif kind == "IntervalBlock":
                blocks.append((links["up"][0], node))
    out = collections.defaultdict(dict)
    for up, block in blocks:
        reading = up.rsplit("/", 1)[0]
        kind = next(types[r] for r in readings[reading] if r in types)
        key = (points[reading.rsplit("/", 2)[0]], CHANNELS[
            text(kind, ESPI + "uom"), text(kind, ESPI + "flowDirection")])
        power = int(text(kind, ESPI + "powerOfTenMultiplier") or 0) - 3
        for node in block.findall(ESPI + "IntervalReading"):
            quality = text(node, ESPI + "ReadingQuality/" + ESPI + "quality")
            out[key][int(text(node, ESPI + "timePeriod/" + ESPI + "start"))] = (
                D(text(node, ESPI + "value")).scaleb(power),
                "M" if quality in MEASURED else "E",
                int(text(node, ESPI + "timePeriod/" + ESPI + "duration")),
                text(node, ESPI + "cost"))
    return out


def takeable(reads):
    """Those of lengths that an hour is made of."""
    return {key: {at: v for at, v in values.items()
                  if v[2] >= 60 and v[2] % 60 == 0 and 3600 % v[2] == 0}
            for key, values in reads.items()}


def stored(ledger):
    out = collections.defaultdict(dict)
    for row in ledger.query(
            "select point, channel, start_utc + 60 * minutes * v.key as at,"
            " 60 * minutes as length, v.value as value, scale,"
            " case length(quality) when 1 then quality"
            " else substr(quality, v.key + 1, 1) end as quality"
            " from read_day, json_each(vals) v where v.value is not null"):
        out[(row["point"], row["channel"])][row["at"]] = (
            D(row["value"]).scaleb(-row["scale"]), row["quality"],
            row["length"])
    return out


def load(ledger, path, points):
    ledger.run("qf-ingest", ledger.write(
        "point.csv", "point,kind,class,scenario,capacity_kw,district,name_zh,"
        "name_en,from,to", [(p, "metering", "", "", "", "", "", "",
                             "1990-01-01", "") for p in sorted(points)]))
    return ledger.run("qf-ingest", path, allowed=range(128))


def check_reads(suite, path):
    every = parse(path)
    reads = {k: v for k, v in takeable(every).items() if v}
    left = sum(len(v) for v in every.values()) - sum(
        len(v) for v in reads.values())
    for zone in ZONES:
        name = "%s (%s)" % (os.path.basename(path), zone)
        ledger = Ledger("greenbutton", zone, "USD", 5)
        try:
            _, err, status = load(ledger, path, {p for p, _ in every})
            got = stored(ledger)
        finally:
            ledger.close()
        suite.check(status == 0, "%s: status %d: %s" % (name, status, err))
        said = sum(int(n) for n in re.findall(
            r": (\d+) readings of the block are not taken", err))
        suite.check(said == left, "%s: %d readings are not to be taken, %d "
                    "said" % (name, left, said))
        suite.check(set(got) == set(reads), "%s: %s in the ledger, %s in the "
                    "file" % (name, sorted(got), sorted(reads)))
        for key, values in sorted(reads.items()):
            want = {at: v[:3] for at, v in values.items()}
            sums = [sum(v[0] for v in x.values()) for x in (want, got[key])]
            suite.check(
                len(want) == len(got[key]) and sums[0] == sums[1],
                "%s: %s %s: %d values, %s kWh in the file; %d, %s in the "
                "ledger" % (name, *key, len(want), sums[0], len(got[key]),
                            sums[1]))
            suite.check(want == got[key], "%s: %s %s: values differ" % (
                name, *key))


def kind_of(utc):
    """(weekend of the UTC date, minute of the UTC day)"""
    when = datetime.datetime.fromtimestamp(utc, datetime.timezone.utc)
    return when.weekday() >= 5, when.hour * 60 + when.minute


def prices(source):
    """{file: {(weekend, minute of UTC): (minutes, price of a kWh)}}, as
    SOURCE.txt has them by hour of UTC-5."""
    match = re.search(r"ORACLE: \S*?([^/\s]+\.xml).*?weekday c/kWh: (.*?); "
                      r"weekend: (.*?)\.(?:\s|$)", source, re.S)
    if not match:
        return {}
    table = {}
    for weekend, words in enumerate(match.groups()[1:]):
        for first, last, cents in re.findall(
                r"h(\d+)(?:-(\d+))? (\d+)", words):
            for hour in range(int(first), int(last or first) + 1):
                table[(bool(weekend), (hour + 5) % 24 * 60)] = (
                    60, D(cents) / 100)
    return {match.group(1): table}


def told(values):
    """The same out of a file's own costs, or why they cannot be told."""
    table, again = {}, 0
    for at, (kwh, _, length, cost) in sorted(values.items()):
        if not kwh:
            continue
        price = (D(cost) * UNIT / kwh).normalize()
        known = table.setdefault(kind_of(at), (length // 60, price))
        if D(cost) * UNIT != kwh * known[1]:
            return "they do not go by time of day and kind of day"
        again += known[1] == price and kind_of(at) in table
    if again == len(table):
        return "no time of a day was read twice"
    for at, (kwh, _, length, _) in values.items():
        table.setdefault(kind_of(at), (length // 60, D(0)))
    return table


def tariff(table):
    """The prices as a tariff document of a ledger in UTC."""
    bands, price = [], {}
    for weekend in (False, True):
        days = ("saturday sunday" if weekend else
                "monday tuesday wednesday thursday friday")
        rest = 0
        for minute, (length, value) in sorted(
                (m, v) for (w, m), v in table.items() if w == weekend):
            band = "b%s-%s" % ("we" if weekend else "wd", value)
            price[band] = value
            for name, first, last in (("none", rest, minute),
                                      (band, minute, minute + length)):
                if first < last:
                    bands.append((name, first, last, days))
            rest = minute + length
        if rest < 1440:
            bands.append(("none", rest, 1440, days))
    return """<?xml version="1.0" encoding="UTF-8"?>
<tariff xmlns="urn:qingfen:tariff:1" id="oracle" zone="UTC">
<version from="2000-01-01" source="decoded from the costs of the file">
<bands>%s</bands>
<import lines="interval">%s</import>
<rounding money="5 half-up line"/>
</version></tariff>
""" % ("\n".join(
        '<band id="%s" hours="%02d:%02d-%02d:%02d" days="%s"/>' % (
            name, first // 60, first % 60, last // 60, last % 60, days)
        for name, first, last, days in bands), "\n".join(
            '<price band="%s" value="%s"/>' % (band, format(value, "f"))
            for band, value in sorted(price.items()) + (
                [("none", D(0))] if any(b[0] == "none" for b in bands)
                else [])))


def stamp(utc):
    return datetime.datetime.fromtimestamp(
        utc, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def check_costs(suite, path, table):
    name = os.path.basename(path)
    ledger = Ledger("greenbutton", "UTC", "USD", 5)
    try:
        (key, values), = takeable(parse(path)).items()
        first, last = min(values), max(values)
        load(ledger, path, [key[0]])
        ledger.run("qf-ingest", ledger.write(
            "party.csv", "party,kind,name_zh,name_en,from,to", [
                ("utility", "grid", "", "", "1990-01-01", ""),
                ("home", "customer", "", "", "1990-01-01", "")]),
            ledger.write(
                "contract.csv", "contract,leg,point,payer,payee,account,"
                "tariff,basis,voltage,user_class,type,options,cycle,from,to",
                [("home", "supply", key[0], "home", "utility", "", "oracle",
                  "intervals", "", "", "", "", "month", stamp(first),
                  stamp(last + values[last][2]))]),
            ledger.text("oracle.xml", tariff(table)))
        run, err, status = ledger.run(
            "qf-rate", "--period", "%s/%s" % (
                stamp(first)[:10], stamp(last + 86400)[:10]),
            allowed=range(128))
        suite.check(status == 0, "%s: rating: %s" % (name, err))
        lines = ledger.lines(run.strip()) if run.strip() else []
    finally:
        ledger.close()
    amounts = collections.defaultdict(D)
    for line in lines:
        amounts[line["from_utc"]] += D(line["gross"])
    for at, value in sorted(values.items()):
        suite.check(amounts.get(stamp(at)) == D(value[3]) * UNIT,
                    "%s: %s: cost %s, amount %s" % (
                        name, stamp(at), D(value[3]) * UNIT,
                        amounts.get(stamp(at))))
    suite.check(set(amounts) == {stamp(at) for at in values},
                "%s: lines of other intervals" % name)
    print("greenbutton: %s: %d costs compared, %s in all" % (
        name, len(values), sum(amounts.values())))


def main():
    suite = Suite("greenbutton")
    with open(os.path.join(sys.argv[1], "SOURCE.txt"), encoding="utf-8") as f:
        oracles = prices(f.read())
    for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.xml"))):
        check_reads(suite, path)
        reads = [v for v in takeable(parse(path)).values() if v]
        costs = sum(v[3] != "" for values in reads for v in values.values())
        if not costs:
            continue
        table = oracles.get(os.path.basename(path))
        if table is None:
            table = "there are several channels" if len(reads) > 1 else told(
                reads[0]) if costs == len(reads[0]) else "some have none"
        if isinstance(table, dict):
            check_costs(suite, path, table)
        else:
            print("greenbutton: %s: %d costs skipped: %s" % (
                os.path.basename(path), costs, table))
    return suite.close()


if __name__ == "__main__":
    sys.exit(main())
