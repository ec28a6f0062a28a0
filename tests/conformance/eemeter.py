"""eemeter.py - baselines of demand response on the loads of real meters.

    eemeter.py DIRECTORY    a folder of *.csv.gz (start, value), SOURCE.txt,
                            metadata.json

Nobody published baselines of these loads, so properties are held, and every
number is compared with baseline.py, which computes it in exact fractions.

Each file of loads of an hour or less is a ledger of its own: the load as it is,
and the same a week and two weeks later, as three points of a portfolio.  In
each some reads are left out and some declared estimated.  Events are spread
over all of the file, now of the load alone, now of the portfolio, by programmes
that differ in their baseline; some are cancelled, or tests, and some last
beyond midnight.  All that chance decides is decided by the file's name.

The time zone is the one that SOURCE.txt or metadata.json name or, without,
one whose clock fits the offsets of the times; times that have none, and that
neither skip nor repeat an hour, are UTC.  Units are not looked at: a number
is taken for kWh.  A time that has two values has none.
"""
import bisect
import csv
import datetime
import decimal
import glob
import gzip
import json
import os
import random
import re
import sys
import zoneinfo
from collections import Counter, defaultdict
from fractions import Fraction

import events
from baseline import HOUR, Baseline, Clock, Loads, round_half_up
from case import Suite

ZONES = ("America/Chicago", "America/New_York", "America/Denver",
         "America/Los_Angeles", "Europe/London", "Europe/Paris",
         "Asia/Shanghai", "Australia/Sydney")
WEEK = 7 * 24 * HOUR
POINTS = {"load": 0, "week-1": 1, "week-2": 2}  # weeks later
WINDOWS = [(-4, -1, False), (1, 3, True)]
SIMILAR = {"method": "similar-days", "days": 10, "least": 5, "look-back": 45}

# Baselines, as programmes say them; adjust: method, from, to, cap.
RULES = {
    "mean": SIMILAR,
    "highest": {**SIMILAR, "choose": "5 highest", "look-back": 60},
    "latest": {**SIMILAR, "choose": "3 latest", "days": 7, "least": 4},
    "any-type": {**SIMILAR, "types": "no", "days": 7},
    "skip": {**SIMILAR, "skip": 2, "days": 6},
    # Of twelve days nine at most are workdays, and five rest days.
    "too-few": {**SIMILAR, "least": 10, "look-back": 12},
    "tolerant": {**SIMILAR, "missing": "10", "estimated": "30"},
    "spread": {**SIMILAR, "spread": "0.25"},
    "holiday": {**SIMILAR, "holiday": "last-year last-year-baseline "
                "previous-holiday rest-days"},
    "multiply": {**SIMILAR, "adjust": ("multiply", -4, -1, "0.2")},
    "multiply-free": {**SIMILAR, "adjust": ("multiply", -3, -1, None)},
    "add": {**SIMILAR, "adjust": ("add", -4, -1, "0.2")},
    "add-free": {**SIMILAR, "adjust": ("add", -2, 0, None)},
    "yesterday": {"method": "previous-day", "adjust": ("add", -3, 0, "0.5")},
    "same-day": {"method": "same-day", "windows": WINDOWS},
}
HOLIDAYS = {(1, 1): "new-year", (7, 4): "summer", (7, 5): "summer",
            (12, 25): "winter", (12, 26): "winter"}


# Files -----------------------------------------------------------------------

def zone_said(folder, name):
    """The zone that the texts next to the files name, or None."""
    texts = []
    for text in ("metadata.json", "SOURCE.txt"):
        path = os.path.join(folder, text)
        if os.path.exists(path):
            with open(path, encoding="utf-8") as f:
                texts.append(f.read())
    if texts and texts[0].lstrip().startswith("{"):
        of_file = json.loads(texts[0]).get(name, {})
        texts[0] = json.dumps(of_file)
    known = zoneinfo.available_timezones()
    for text in texts:
        for word in re.findall(r"[A-Z][A-Za-z]+/[A-Za-z_/]+[A-Za-z]", text):
            if word in known:
                return word
    return None


def zone_fitting(times):
    """A zone whose clock has the offset of every time."""
    probes = {(t.year, t.month, t.utcoffset()): t for t in times}.values()
    hours = -int(times[0].utcoffset().total_seconds()) // HOUR
    others = sorted(zoneinfo.available_timezones())
    for name in ("Etc/GMT%+d" % hours if hours else "UTC", *ZONES, *others):
        zone = zoneinfo.ZoneInfo(name)
        if all(t.astimezone(zone).utcoffset() == t.utcoffset()
               for t in probes):
            return name
    raise ValueError("no zone has the offsets of the times")


def read_file(path):
    """(zone's name, seconds of an interval, {utc: kWh}); None of a file that
    is no load of an hour or less."""
    with gzip.open(path, "rt", newline="", encoding="utf-8") as f:
        rows = list(csv.DictReader(f))
    if not rows or "start" not in rows[0] or "value" not in rows[0]:
        return None
    times = [datetime.datetime.fromisoformat(row["start"]) for row in rows]
    steps = Counter(b - a for a, b in zip(times, times[1:]))
    seconds = int(steps.most_common(1)[0][0].total_seconds()) if steps else 0
    if not 0 < seconds <= HOUR:
        return None
    name = zone_said(os.path.dirname(path), os.path.basename(path)[:-7])
    if times[0].tzinfo is None:
        name = name or "UTC"
        times = local_times(times, zoneinfo.ZoneInfo(name))
    name = name or zone_fitting(times)
    found = defaultdict(set)
    for time, row in zip(times, rows):
        value = decimal.Decimal(row["value"] or "nan")
        if value.is_finite():
            found[int(time.timestamp())].add(
                value.quantize(decimal.Decimal("1E-9")).normalize())
    return name, seconds, {utc: values.pop() for utc, values in found.items()
                           if len(values) == 1}


def local_times(times, zone):
    """Wall clock times as instants: one that comes again is the later."""
    seen, out = set(), []
    for time in times:
        later = time in seen and time.replace(tzinfo=zone).utcoffset() != (
            time.replace(tzinfo=zone, fold=1).utcoffset())
        seen.add(time)
        out.append(time.replace(tzinfo=zone, fold=int(later)))
    return out


# What is made of a file ------------------------------------------------------

class Site:
    """Points, programmes and events of a file."""

    def __init__(self, path):
        self.name = os.path.basename(path)[:-len(".csv.gz")]
        self.chance = random.Random(self.name)
        self.zone, self.seconds, values = read_file(path)
        self.clock = Clock(zoneinfo.ZoneInfo(self.zone))
        self.days = sorted({self.clock.day_of(utc) for utc in values})
        self.loads = {
            point: self.damaged({utc + weeks * WEEK: kwh
                                 for utc, kwh in values.items()})
            for point, weeks in POINTS.items()}
        self.calendar = self.make_calendar()
        self.events = self.make_events()

    def damaged(self, values):
        """A point's loads: some days lack reads, some have estimated ones."""
        by_day, estimated = defaultdict(list), set()
        for utc in sorted(values):
            by_day[self.clock.day_of(utc)].append(utc)
        for times in by_day.values():
            fate, many = self.chance.random(), self.chance.choice((1, 2, 6))
            chosen = self.chance.sample(times, min(
                len(times), many * HOUR // self.seconds))
            if fate < 0.04:
                for utc in chosen:
                    del values[utc]
            elif fate < 0.08:
                estimated.update(chosen)
        return Loads(self.clock, self.seconds, {
            utc: Fraction(kwh) for utc, kwh in values.items()}, estimated)

    def make_calendar(self):
        """Holidays, and in each March a Saturday that is a workday."""
        out = {}
        for year in range(self.days[0].year - 2, self.days[-1].year + 1):
            for (month, day), name in HOLIDAYS.items():
                out[datetime.date(year, month, day)] = "holiday", name
            saturday = next(d for d in (datetime.date(
                year, 3, n) for n in range(10, 17)) if d.isoweekday() == 6)
            out[saturday] = "workday"
        return out

    def kind(self, day):
        return self.calendar.get(
            day, "rest" if day.isoweekday() >= 6 else "workday")

    def make_events(self):
        """{name: (programme, start, end, status, test)}, no two at a time."""
        out, day = {}, self.days[0] + datetime.timedelta(days=3)
        names = [rule + suffix for rule in RULES for suffix in ("", "-sum")]
        self.chance.shuffle(names)
        last, planned = 0, self.plan_clock_changes()
        while day <= self.days[-1] - datetime.timedelta(days=2):
            programme = names[len(out) % len(names)]
            if isinstance(self.kind(day), tuple):
                programme = "holiday" + self.chance.choice(("", "-sum"))
            hour = self.chance.choice((0, 1, 5, 8, 10, 13, 17, 18, 22, 23))
            if day in planned:
                programme, hour = planned[day]
            start = max(last, int(datetime.datetime.combine(
                day, datetime.time(hour), self.clock.zone).timestamp()))
            last = end = start + self.chance.randint(1, 4) * HOUR
            fate = self.chance.random()
            out["e%d" % len(out)] = (
                programme, start, end,
                "cancelled" if fate < 0.05 else "called",
                "yes" if 0.05 <= fate < 0.1 else "no")
            day = self.next_day(day, planned)
        return out

    def next_day(self, day, planned):
        """A day or some on, not beyond one that is planned or kept free."""
        for _ in range(self.chance.choice((1, 2, 2, 3, 4))):
            day += datetime.timedelta(days=1)
            if planned.get(day, True) is None:
                day += datetime.timedelta(days=1)
            if day in planned:
                break
        return day

    def plan_clock_changes(self):
        """Of each change of the clock the day, and the same weekday a week
        later: in odd years there is an event in the morning of the first, in
        even ones it is kept free and there is one on the other; their windows
        have the night."""
        out = {}
        for day in self.days[30:-10]:
            length = self.clock.start_of(
                day + datetime.timedelta(days=1)) - self.clock.start_of(day)
            if length == 24 * HOUR:
                continue
            night = "multiply-free" + self.chance.choice(("", "-sum")), 5
            later = day + datetime.timedelta(days=7)
            out[day], out[later] = (night, ("add", 4)) if day.year % 2 else (
                None, night)
            # Nothing lasts into the night.
            out[day - datetime.timedelta(days=1)] = "latest", 13
        return out

    @staticmethod
    def points_of(programme):
        return list(POINTS) if programme.endswith("-sum") else ["load"]

    def counting(self, point):
        """The times in which an event asked the point."""
        return [(start, end) for programme, start, end, status, test
                in self.events.values() if status == "called" and
                test == "no" and point in self.points_of(programme)]

    def expected(self):
        """{(event, point): Baseline}"""
        asked = {point: self.asked(point) for point in POINTS}
        out = {}
        for name, (programme, start, end, status, test) in self.events.items():
            if status == "cancelled" or test == "yes":
                continue
            for point in self.points_of(programme):
                out[name, point] = Baseline(
                    rule_of(programme), (start, end), self.loads[point],
                    self.kind, asked[point])
        return out

    def asked(self, point):
        """Says whether an event asked the point in a time."""
        times = self.counting(point)
        ends = [end for _, end in times]

        def is_event(start, end):
            at = bisect.bisect_right(ends, start)
            return at < len(times) and times[at][0] < end
        return is_event


def rule_of(programme):
    return RULES[programme[:-4] if programme.endswith("-sum") else programme]


def scale_of(programme):
    """Decimals of kWh: a portfolio's is coarse, so that rounding shows."""
    return 1 if programme.endswith("-sum") else 4


# Into the tools and out again ------------------------------------------------

def document(programme):
    rule, body = rule_of(programme), ""
    if "adjust" in rule:
        method, first, last, cap = rule["adjust"]
        body = '<adjust method="%s" from="%dh" to="%dh"%s/>' % (
            method, first, last, "" if cap is None else ' cap="%s"' % cap)
    for first, last, after in rule.get("windows", ()):
        body += '<window from="%dh" to="%dh"%s/>' % (
            first, last, ' after="yes"' if after else "")
    words = "".join(' %s="%s"' % word for word in rule.items()
                    if word[0] not in ("adjust", "windows"))
    return events.programme(programme, "a rule of the suite", (
        '<measure every="1h" award="none"/>'
        '<baseline%s round="%d half-up">%s</baseline>'
        '<price per="kwh"><term of="fixed" value="1"/></price>'
        '<rounding money="2 half-up line"/>') % (
            words, scale_of(programme), body), more='calendar="days"')


def read_rows(site):
    """Rows of reads-long; what flows out is export, where any does."""
    out = any(kwh < 0 for load in site.loads.values()
              for kwh in load.values.values())
    rows = []
    for point, load in site.loads.items():
        for utc, kwh in load.values.items():
            words = ("estimated", "planted") if utc in load.estimated else (
                "", "")
            time = site.clock.stamp(utc)
            for channel, sign in (("import", 1), ("export", -1))[:1 + out]:
                value = decimal.Decimal(max(sign * kwh, 0).numerator) / (
                    max(sign * kwh, 0).denominator)
                rows.append((time[:10], channel, point, utc,
                             (point, channel, time, "{:f}".format(value),
                              *words)))
    rows.sort()
    return [row[-1] for row in rows]


def contract(programme):
    """On a leg of its own: many are at one point."""
    many = programme.endswith("-sum")
    row = events.contract(programme, "site" if many else "load", programme,
                          "portfolio=site" if many else "")
    return row[0], programme, *row[2:]


def make_ledger(site):
    programmes = [rule + suffix for rule in RULES for suffix in ("", "-sum")]
    ledger = events.ledger(
        "loads", site.zone, "EUR", ["site", *POINTS],
        [contract(name) for name in programmes],
        [document(name) for name in programmes])
    ledger.run("qf-ingest", ledger.write(
        "member.csv", "portfolio,member,from,to",
        [("site", point, events.BEGIN, "") for point in POINTS]), ledger.write(
            "calendar.csv", "calendar,day,kind,name",
            [("days", day.isoformat(), *(kind if isinstance(kind, tuple)
                                         else (kind, "")))
             for day, kind in sorted(site.calendar.items())]), ledger.write(
                 "event.csv", events.EVENT_HEADER, [
                     (name, 0, programme, "", "", site.clock.stamp(start),
                      site.clock.stamp(end), "", status, test)
                     for name, (programme, start, end, status, test)
                     in site.events.items()]), ledger.write(
                         "reads.csv", "point,channel,time,value,quality,method",
                         read_rows(site), "quantity=kwh side=primary "
                         "label=start minutes=%d" % (site.seconds // 60)))
    return ledger


# Checks ----------------------------------------------------------------------

class Came:
    """What the newest run says, by event and point."""

    def __init__(self, ledger):
        self.steps, self.wholes, self.days = (
            defaultdict(list) for _ in range(3))
        newest = " WHERE entry = (SELECT max(entry) FROM run) ORDER BY line"
        for row in ledger.query("SELECT * FROM run_response" + newest):
            number = Fraction(row["baseline_kwh"])
            if row["role"] == "contract":
                self.wholes[row["event"]].append(number)
            else:
                self.steps[row["event"], row["point"]].append(number)
        for row in ledger.query("SELECT * FROM run_baseline" + newest):
            kwh = row["kwh"] and Fraction(row["kwh"])
            self.days[row["event"], row["point"]].append((
                datetime.date(1970, 1, 1) + datetime.timedelta(row["day"]),
                row["used"] == "yes", row["reason"], kwh))
        self.held = {row["session"]: row["reason"]
                     for row in events.held(ledger)}
        self.lines = {row["session"]: row["line"] for row in ledger.query(
            "SELECT session, line FROM run_line" + newest)}


def check_days(suite, site, where, rule, model, days):
    """What holds of the days of any baseline, told without the model; and that
    the days are the model's."""
    used = [d for d, is_used, _, _ in days if is_used]
    own, times = site.kind(model.day), site.counting(where[1])
    plain = not isinstance(own, tuple) or "holiday" not in rule
    reach = rule.get("look-back", 1)

    def check(ok, text):
        suite.check(ok, "%s: %s at %s on %s: %s" % (
            site.name, *where, model.day, text))

    for day in used:
        start = site.clock.start_of(day)
        check(not any(s < start + 24 * HOUR and start < e for s, e in times),
              "%s is a day of an event" % day)
        if plain and rule["method"] == "similar-days":
            check(rule.get("skip", 0) < (model.day - day).days <= reach,
                  "%s is too near or too far" % day)
            check(rule.get("types") == "no" or (
                site.kind(day) == "workday") == (own == "workday"),
                  "%s is of another type" % day)
        _, missing, estimated = model.loads.quality(day)
        check(missing == 0 and estimated == 0 or "missing" in rule,
              "%s has %d reads missing, %d estimated" % (
                  day, missing, estimated))
    if plain and "choose" in rule and model.held != "baseline-days":
        count, which = rule["choose"].split()
        check(len(used) == int(count), "%d days are used" % len(used))
        key = 3 if which == "highest" else 0
        # Where the clock is set forward an hour of a day may not be there.
        least = min(row[key] for row in days if row[1] and row[3] is not None)
        check(all(row[key] <= least for row in days
                  if row[2] == "not-" + which and row[3] is not None),
              "not the %s" % rule["choose"])
    expected = {day: (reason == "chosen", reason, kwh if reason not in (
        "other-type", "event-day") else None)
                for day, (reason, kwh) in model.days.items()}
    got = {row[0]: row[1:] for row in days}
    check(got == expected, "days %s" % sorted(
        set(got.items()) ^ set(expected.items()), key=str)[:4])


def check_numbers(suite, site, name, models, came):
    """The baseline of an event as a whole, and of its points."""
    programme = site.events[name][0]
    scale, whole = scale_of(programme), came.wholes[name]
    exact = [sum(step) for step in zip(*(m.steps for m in models.values()))]
    text = "%s: %s by %s" % (site.name, name, programme)
    suite.check(whole == [round_half_up(step, scale) for step in exact],
                "%s: baseline %s, not %s" % (
                    text, [float(x) for x in whole],
                    [float(x) for x in exact]))
    if len(models) == 1:
        return
    parts = [came.steps[name, point] for point in models]
    suite.check([sum(step) for step in zip(*parts)] == whole,
                "%s: the points' baselines are not the portfolio's" % text)
    tick = Fraction(1, 10 ** scale)
    for (point, model), part in zip(models.items(), parts):
        suite.check(len(part) == len(model.steps) and all(
            abs(a - b) < tick for a, b in zip(part, model.steps)),
                    "%s: %s: %s, not %s" % (
                        text, point, [float(x) for x in part],
                        [float(x) for x in model.steps]))


def check_explained(suite, site, ledger, run, name, models, came):
    """qf-audit explain tells the same days and baselines."""
    if name not in came.lines:
        return
    said, _, _ = ledger.run("qf-audit explain", "--reads", "%s/%d" % (
        run, came.lines[name]))
    text = "%s: explain %s" % (site.name, name)
    many = len(models) > 1
    for point, model in models.items():
        of = point + " " if many else ""
        got = set(re.findall(r"^(?:day)? +%s(\d{4}-\d\d-\d\d): (used|passed "
                             r"over: [a-z-]+)" % of, said, re.M))
        suite.check(got == {(str(day), "used" if row[0] == "chosen" else
                             "passed over: " + row[0])
                            for day, row in model.days.items()},
                    "%s: %s: other days" % (text, point))
        numbers = re.findall(r"^(?:baseline)? +%s\S+ (\S+) kWh, rounded "
                             r"(\S+);" % of, said, re.M)
        near = Fraction(1, 10 ** 9)
        suite.check(len(numbers) == len(model.steps) and all(
            abs(Fraction(a) - b) < near for (a, _), b in zip(
                numbers, model.steps)), "%s: %s: baselines %s" % (
                    text, point, numbers))
        factors = re.findall(r"^(?:adjust)? +%s(?:multiplied by|kW added:) "
                             r"(\S+)$" % of, said, re.M)
        suite.check(model.factor is None and not factors or
                    len(factors) == 1 and model.factor is not None and
                    abs(Fraction(factors[0]) - model.factor) < near,
                    "%s: %s: adjusted by %s" % (text, point, factors))
    suite.check("this line comes out the same" in said,
                "%s: comes out otherwise" % text)


def one_file(suite, path):
    site = Site(path)
    ledger = make_ledger(site)
    run = events.settle(ledger, "%s/%s" % (
        site.days[0], site.days[-1] + datetime.timedelta(days=30)))
    came, models, told = Came(ledger), defaultdict(dict), set()
    for (name, point), model in site.expected().items():
        models[name][point] = model
    for name, by_point in models.items():
        programme = site.events[name][0]
        rule = rule_of(programme)
        why = None
        for point, model in by_point.items():
            days = came.days[name, point]
            if why is None:  # what is held is not gone on with
                check_days(suite, site, (name, point), rule, model, days)
            why = why or model.held
        suite.check(came.held.get(name) == why, "%s: %s by %s: held %s, not %s"
                    % (site.name, name, programme, came.held.get(name), why))
        if why is None:
            check_numbers(suite, site, name, by_point, came)
            if programme not in told and name in came.lines:
                told.add(programme)
                check_explained(suite, site, ledger, run, name, by_point, came)
    extra = {*came.wholes, *came.held} - models.keys()
    suite.check(not extra, "%s: settled, though tests or cancelled: %s" % (
        site.name, sorted(extra)))
    expect_variety(suite, site, models, came, told)
    ledger.close()


def expect_variety(suite, site, models, came, told):
    """A suite in which nothing happens would show nothing."""
    reasons = Counter(row[0] for by_point in models.values()
                      for model in by_point.values()
                      for row in model.days.values())
    for reason in ("chosen", "event-day", "other-type", "missing-reads",
                   "estimated-reads", "not-highest", "not-latest"):
        suite.check(reasons[reason] > 0, "%s: no day is %s" % (
            site.name, reason))
    held = Counter(came.held.values())
    suite.check(held["baseline-days"] > 0, "%s: never too few days" % site.name)
    for rule in RULES:
        settled = {rule, rule + "-sum"} & told
        suite.check(bool(settled) != (rule == "too-few"),
                    "%s: %s: %s" % (site.name, rule, settled))


def main():
    suite, folder = Suite("eemeter"), sys.argv[1]
    for path in sorted(glob.glob(os.path.join(folder, "*.csv.gz"))):
        if read_file(path) is None:
            continue
        try:
            one_file(suite, path)
        except (RuntimeError, ValueError, KeyError) as error:
            suite.check(False, "%s: %s: %s" % (
                path, type(error).__name__, error))
    return suite.close()


if __name__ == "__main__":
    sys.exit(main())
