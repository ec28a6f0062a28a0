"""ev_sessions.py - real charging sessions, through the whole way.

    ev_sessions.py FILE ...     charging reports of the two published sets: ';',
                                decimal comma, wall-clock times of Europe/Oslo

The files go in as they are, by a header map.  Every session goes in.  Which of
them cannot be right is found here from the file alone: no end, an end not after
the start, a time in an hour that exists twice or not at all.  These, and no
others, must be set aside with a reason.
The others are rated by two bands, day and night, evenly over their time; the
expected split is computed here with exact fractions, and the rule of the
tariff (kWh to 6 decimals, the remainder carried along time) applied to it.
Energy in must equal energy rated, held and set aside, to the last digit.
"""
import collections
import csv
import datetime
import decimal
import fractions
import os
import sys
import zoneinfo

from case import Ledger, Suite

ZONE = zoneinfo.ZoneInfo("Europe/Oslo")
UTC = datetime.timezone.utc
D = decimal.Decimal
SCALE = 6
NIGHT_FROM, NIGHT_TO = 22, 6

TARIFF = """<?xml version="1.0" encoding="UTF-8"?>
<tariff xmlns="urn:qingfen:tariff:1" id="day-night">
  <name xml:lang="en">Day and night, for the test of sessions</name>
  <version from="2000-01-01" source="made for this test">
    <bands>
      <band id="day" hours="06:00-22:00"/>
      <band id="night" hours="22:00-06:00"/>
    </bands>
    <import sessions="even">
      <price band="day" value="1.00"/>
      <price band="night" value="0.50"/>
    </import>
    <rounding money="2 half-up line"/>
  </version>
</tariff>
"""


# How the columns of a set stand for those of a session; what else it has is
# not read.
MAP = """<?xml version="1.0" encoding="UTF-8"?>
<headers xmlns="urn:qingfen:headers:1" id="charging-reports" format="session"
    delimiter=";" decimal="," others="ignored">
  <column name="session" from="%(session_id)s"/>
  <column name="point" from="%(location)s"/>
  <column name="party" from="%(user_id)s"/>
  <column name="start" from="%(plugin_time)s"
      time="YYYY-MM-DD hh:mm:ss|DD.MM.YYYY hh:mm"><word from="NA" to=""/></column>
  <column name="end" from="%(plugout_time)s"
      time="YYYY-MM-DD hh:mm:ss|DD.MM.YYYY hh:mm"><word from="NA" to=""/></column>
  <column name="import_kwh" from="%(energy_session)s">
    <word from="NA" to=""/></column>
</headers>
"""

# What the columns of the other set are called in the first.
COLUMNS = {"Garage_ID": "location", "User_ID": "user_id",
           "session_ID": "session_id", "Start_plugin": "plugin_time",
           "End_plugout": "plugout_time", "El_kWh": "energy_session"}


def read(paths):
    for path in paths:
        with open(path, encoding="utf-8-sig", newline="") as f:
            for row in csv.DictReader(f, delimiter=";"):
                row = {COLUMNS.get(name, name): value
                       for name, value in row.items()}
                if "location" not in row:
                    sys.exit("%s: not a header of charging reports" % path)
                yield row


def wall(text):
    """A wall-clock time, or None where the file has none."""
    if text in ("", "NA"):
        return None
    if "." in text:
        return datetime.datetime.strptime(text, "%d.%m.%Y %H:%M")
    return datetime.datetime.fromisoformat(text)


def fault(text):
    """Why a wall-clock time cannot be placed, or None."""
    when = wall(text)
    if when is None:
        return "no time"
    early = when.replace(tzinfo=ZONE, fold=0)
    late = when.replace(tzinfo=ZONE, fold=1)
    if early.utcoffset() != late.utcoffset():
        return "an hour that exists twice or not at all"
    return None


def instant(text):
    return wall(text).replace(tzinfo=ZONE).astimezone(UTC)


def energy(row):
    """The kWh as a decimal, or None where the file has none."""
    text = row["energy_session"].replace(",", ".")
    return None if text in ("", "NA") else D(text)


def wrong(row):
    if energy(row) is None:
        return "no energy"
    reason = fault(row["plugin_time"]) or fault(row["plugout_time"])
    if reason:
        return reason
    if instant(row["plugout_time"]) <= instant(row["plugin_time"]):
        return "ends before it starts"
    return None


def band_at(when):
    hour = when.astimezone(ZONE).hour
    return "night" if hour >= NIGHT_FROM or hour < NIGHT_TO else "day"


def parts(start, end):
    """[(band, seconds)] between two instants, cut at the edges of bands."""
    out, at = [], start
    while at < end:
        local = at.astimezone(ZONE)
        edges = [datetime.datetime(local.year, local.month, local.day, hour,
                                   tzinfo=ZONE).astimezone(UTC)
                 for hour in (NIGHT_TO, NIGHT_FROM)]
        edges += [e + datetime.timedelta(days=1) for e in edges]
        tomorrow = local.date() + datetime.timedelta(days=1)
        edges += [datetime.datetime(tomorrow.year, tomorrow.month,
                                    tomorrow.day, hour, tzinfo=ZONE
                                    ).astimezone(UTC)
                  for hour in (NIGHT_TO, NIGHT_FROM)]
        del edges[2:4]
        following = min([e for e in edges if e > at] + [end])
        following = min(following, end)
        out.append((band_at(at), int((following - at).total_seconds())))
        at = following
    return out


def split(kwh, start, end):
    """The energy of each band: evenly over time, the remainder carried."""
    seconds = int((end - start).total_seconds())
    unit = fractions.Fraction(1, 10 ** SCALE)
    carry, out = fractions.Fraction(0), collections.defaultdict(D)
    for band, part in parts(start, end):
        exact = fractions.Fraction(kwh) * part / seconds + carry
        ticks = (exact / unit + fractions.Fraction(1, 2)).__floor__()
        carry = exact - ticks * unit
        out[band] += D(ticks).scaleb(-SCALE)
    return out


def load(ledger, rows, paths):
    """Brings the registry and all sessions in; returns the quarantine."""
    places = sorted({r["location"] for r in rows})
    users = sorted({r["user_id"] for r in rows})
    files = [
        ledger.write("party.csv", "party,kind,name_zh,name_en,from,to",
                     [("operator", "operator", "", "", "2000-01-01", "")] +
                     [(u, "person", "", "", "2000-01-01", "") for u in users]),
        ledger.write("point.csv", "point,kind,class,scenario,capacity_kw,"
                     "district,name_zh,name_en,from,to",
                     [(p, "station", "private", "", "", "", "", "",
                       "2000-01-01", "") for p in places]),
        ledger.write("contract.csv", "contract,leg,point,payer,payee,account,"
                     "tariff,basis,voltage,user_class,type,options,cycle,"
                     "from,to", [("at-" + p, "supply", p, "@session",
                                  "operator", "", "day-night", "sessions", "",
                                  "", "", "", "month", "2000-01-01", "")
                                 for p in places]),
        ledger.text("day-night.xml", TARIFF)]
    ledger.run("qf-ingest", *files)
    names, reasons = [], {}
    for number, path in enumerate(paths):
        aside = ledger.file("aside-%d.csv" % number)
        with open(path, encoding="utf-8-sig") as f:
            header = f.readline().replace('"', "").strip().split(";")
        columns = {COLUMNS.get(name, name): name for name in header}
        ledger.run("qf-ingest", "--map",
                   ledger.text("map.xml", MAP % columns), "--quarantine",
                   aside, path, allowed=(0, 1))
        if not os.path.exists(aside):
            continue
        with open(aside, encoding="utf-8", newline="") as f:
            names += [row[columns["session_id"]]
                      for row in csv.DictReader(f, delimiter=";")]
        with open(aside + ".reasons.csv", encoding="utf-8", newline="") as f:
            for row in csv.DictReader(f):
                reasons.setdefault((path, row["line"]), row["reason"])
    return names, reasons


def main():
    rows = list(read(sys.argv[1:]))
    suite = Suite("ev-sessions")
    ledger = Ledger("ev-sessions", "Europe/Oslo", "NOK", 2)
    try:
        aside, reasons = load(ledger, rows, sys.argv[1:])
        expected = {r["session_id"] for r in rows if wrong(r)}
        suite.check(len(reasons) == len(aside),
                    "%d set aside, %d with a reason" % (
                        len(aside), len(reasons)))
        for name in sorted(expected ^ set(aside)):
            suite.check(False, "%s: %s" % (
                name, "set aside, but it can be right" if name in aside
                else "cannot be right, but was not set aside"))
        starts = [wall(r["plugin_time"]) for r in rows]
        ends = [wall(r["plugout_time"]) for r in rows]
        run, _, _ = ledger.run(
            "qf-rate", "--period", "%d-01-01/%d-01-01" % (
                min(s for s in starts if s).year,
                max(e for e in ends if e).year + 1), allowed=(0, 1))
        got = collections.defaultdict(lambda: collections.defaultdict(D))
        for line in ledger.lines(run.strip()):
            got[line["session"]][line["band"]] += D(line["quantity"])
        held = {h["session"] for h in ledger.query(
            "select session from run_hold")}
        compare(suite, rows, expected, held, got)
    finally:
        ledger.close()
    return suite.close()


def compare(suite, rows, aside, held, got):
    """Session by session and band by band, then the sums."""
    want_band, got_band = collections.Counter(), collections.Counter()
    total = {"in": D(0), "rated": D(0), "held": D(0), "aside": D(0)}
    for row in rows:
        name = row["session_id"]
        kwh = energy(row) or D(0)
        total["in"] += kwh
        if name in aside:
            total["aside"] += kwh
            suite.check(name not in got, "%s: set aside, yet rated" % name)
            continue
        if name in held:
            total["held"] += kwh
            suite.check(False, "%s: held, though nothing is wrong" % name)
            continue
        want = {b: q for b, q in split(
            kwh, instant(row["plugin_time"]),
            instant(row["plugout_time"])).items() if q}
        have = {b: q for b, q in got[name].items() if q}
        suite.check(want == have, "%s: expected %s, rated %s" % (
            name, dict(want), dict(have)))
        want_band.update(want)
        got_band.update(have)
        total["rated"] += sum(have.values())
    for band in sorted(set(want_band) | set(got_band)):
        suite.check(want_band[band] == got_band[band],
                    "band %s: expected %s kWh, rated %s" % (
                        band, want_band[band], got_band[band]))
    suite.check(total["in"] == total["rated"] + total["held"] + total["aside"],
                "kWh do not add up: %s" % total)
    print("ev-sessions: %d sessions, %s kWh in; %s rated, %s held, %s set "
          "aside" % (len(rows), total["in"], total["rated"], total["held"],
                     total["aside"]))


if __name__ == "__main__":
    sys.exit(main())
