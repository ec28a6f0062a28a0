"""nem12.py - interval meter files of the Australian market.

    nem12.py DIRECTORY          with valid/*.csv and invalid/*.csv

Each valid file goes into a ledger of its own, with a point for each NMI and
suffix.  What it says is read here by a parser of a few lines that knows no more
of the format than where the values stand; every value of the ledger must be
there at its instant, in kWh, as measured or estimated, and no other; counts and
sums of each point and channel are compared too.  This is done in two ledgers:
one of market time, and one whose zone has summer time, where a day of the file
is parts of two.

Each invalid file must be refused with 65, naming a line (an empty file has
none), and leave nothing.
"""
import collections
import datetime
import decimal
import glob
import os
import re
import sys

from case import Ledger, Suite

D = decimal.Decimal
CHANNELS = {"E": "import", "B": "export", "Q": "import-reactive",
            "K": "export-reactive"}
POWERS = {"WH": -3, "KWH": 0, "MWH": 3, "VARH": -3, "KVARH": 0, "MVARH": 3}
ZONES = ("Australia/Brisbane", "Australia/Sydney")
MARKET = datetime.timezone(datetime.timedelta(hours=10))


def quality(flag):
    return {"A": "M", "N": "."}.get(flag[:1], "E")


def parse(path):
    """{(point, channel): {UTC seconds: (kWh, quality)}}, streams not taken,
    and whether one changes its interval length."""
    reads, others = collections.defaultdict(dict), set()
    lengths = collections.defaultdict(set)
    stream = day = None
    for line in open(path, encoding="utf-8"):
        fields = [f.strip() for f in line.rstrip("\r\n").split(",")]
        if fields[0] == "200":
            suffix, minutes = fields[4], int(fields[8])
            point = fields[1] + ":" + suffix
            lengths[point].add(minutes)
            if suffix[0] in CHANNELS:
                stream = (point, CHANNELS[suffix[0]])
                power = POWERS[fields[7].upper()]
                reads[stream]  # a stream without a value has a count of 0
            else:
                others.add(point)
                stream = None
        elif fields[0] == "300" and stream:
            count = 1440 // minutes
            start = datetime.datetime.strptime(fields[1], "%Y%m%d").replace(
                tzinfo=MARKET)
            flag = fields[2 + count]
            day = [int((start + datetime.timedelta(minutes=minutes * i))
                       .timestamp()) for i in range(count)]
            for at, text in zip(day, fields[2:2 + count]):
                reads[stream][at] = (D(text).scaleb(power), quality(flag))
        elif fields[0] == "400" and stream:
            for i in range(int(fields[1]) - 1, int(fields[2])):
                reads[stream][day[i]] = (reads[stream][day[i]][0],
                                         quality(fields[3]))
    for values in reads.values():
        for at in [a for a, v in values.items() if v[1] == "."]:
            del values[at]
    return reads, others, any(len(m) > 1 for m in lengths.values())


def stored(ledger):
    out = collections.defaultdict(dict)
    for row in ledger.query(
            "select point, channel, start_utc + 60 * minutes * v.key as at,"
            " 60 * minutes as length, v.value as value, scale, case length(quality) when 1 then"
            " quality else substr(quality, v.key + 1, 1) end as quality"
            " from read_day, json_each(vals) v where v.value is not null"):
        values = out[(row["point"], row["channel"])]
        values[row["at"]] = (D(row["value"]).scaleb(-row["scale"]),
                             row["quality"], row["length"])
    return out


def check_summed(suite, name, key, values, have):
    """Each value of the ledger is the sum of the file's in its interval."""
    left = dict(values)
    for at, (value, quality, length) in sorted(have.items()):
        parts = [left.pop(i) for i in sorted(left) if at <= i < at + length]
        suite.check(value == sum(v for v, _ in parts) and
                    {q for _, q in parts} == {quality},
                    "%s: %s %s: %s at %d is no sum of %s" % (
                        name, *key, value, at, parts))
    suite.check(not left, "%s: %s %s: %d values are in no interval" % (
        name, *key, len(left)))
    print("nem12: %s: %s: %d values summed into %d" % (
        name, key[0], len(values), len(have)))


def points(ledger, names):
    return ledger.write(
        "point.csv", "point,kind,class,scenario,capacity_kw,district,name_zh,"
        "name_en,from,to", [(name, "metering", "", "", "", "", "", "",
                             "1990-01-01", "") for name in sorted(names)])


def check_valid(suite, path):
    reads, others, changes = parse(path)
    for zone in ZONES:
        name = "%s (%s)" % (os.path.basename(path), zone)
        ledger = Ledger("nem12", zone, "AUD", 2)
        try:
            ledger.run("qf-ingest", points(
                ledger, {p for p, _ in reads} | others))
            _, err, status = ledger.run("qf-ingest", path, allowed=range(128))
            suite.check(status == 0, "%s: status %d: %s" % (
                name, status, err.strip()))
            got = stored(ledger)
        finally:
            ledger.close()
        suite.check(set(got) <= set(reads), "%s: points %s" % (
            name, sorted(set(got) - set(reads))))
        summed = "are summed into those of" in err
        suite.check(not summed or changes and zone != ZONES[0],
                    "%s: summed: %s" % (name, err))
        for key, values in sorted(reads.items()):
            have = got[key]
            if summed:
                check_summed(suite, name, key, values, have)
                continue
            have = {at: v[:2] for at, v in have.items()}
            suite.check(
                len(have) == len(values) and
                sum(v for v, _ in have.values()) ==
                sum(v for v, _ in values.values()),
                "%s: %s %s: %d values, %s in the file; %d, %s in the ledger" %
                (name, *key, len(values), sum(v for v, _ in values.values()),
                 len(have), sum(v for v, _ in have.values())))
            suite.check(have == values, "%s: %s %s: values differ" % (
                name, *key))
        said = set(re.findall(r": (\S+): suffix (\S+) is not taken", err))
        suite.check({":".join(s) for s in said} == others,
                    "%s: not taken %s, said %s" % (name, others, said))


def check_invalid(suite, path):
    name = os.path.basename(path)
    ledger = Ledger("nem12", ZONES[0], "AUD", 2)
    try:
        named = {":".join((f[1], f[4])) for f in (
            line.split(",") for line in open(path, encoding="utf-8"))
            if f[0] == "200"}
        if named:
            ledger.run("qf-ingest", points(ledger, named))
        _, err, status = ledger.run("qf-ingest", path, allowed=range(128))
        rows = ledger.query("select count(*) as n from read_day")[0]["n"]
    finally:
        ledger.close()
    where = re.escape(name) + (r":\d+: " if os.path.getsize(path) else ": ")
    suite.check(status == 65 and re.search(where, err) and rows == 0,
                "%s: status %d, %d rows: %s" % (name, status, rows, err))


def main():
    suite = Suite("nem12")
    valid = sorted(glob.glob(os.path.join(sys.argv[1], "valid", "*.csv")))
    invalid = sorted(glob.glob(os.path.join(sys.argv[1], "invalid", "*.csv")))
    for path in valid:
        check_valid(suite, path)
    for path in invalid:
        check_invalid(suite, path)
    print("nem12: %d valid files, %d invalid ones" % (
        len(valid), len(invalid)))
    return suite.close()


if __name__ == "__main__":
    sys.exit(main())
