"""baseline.py - what a point would have used without an event, in exact
fractions, by the words of qf-programme(5): the model that eemeter.py holds the
tools against.

A rule is a table of the words of a baseline element; adjust and windows are
(from, to, ...) in hours.  Days are datetime.date, times seconds UTC.
"""
import datetime
from fractions import Fraction

HOUR = 3600
LAST_YEAR = range(330, 401)  # days ago, of the same holiday a year ago
OF_ONE_HOLIDAY = 30          # days of it lie within so many


def round_half_up(value, scale):
    ticks = abs(value) * 10 ** scale
    whole = (2 * ticks.numerator + ticks.denominator) // (
        2 * ticks.denominator)
    return Fraction(whole if value >= 0 else -whole, 10 ** scale)


class Clock:
    """Days and wall clock times of a zone."""

    def __init__(self, zone):
        self.zone = zone

    def day_of(self, utc):
        return datetime.datetime.fromtimestamp(utc, self.zone).date()

    def stamp(self, utc):
        return datetime.datetime.fromtimestamp(utc, self.zone).isoformat()

    def start_of(self, day):
        return int(datetime.datetime.combine(
            day, datetime.time(), self.zone).timestamp())

    def shift(self, utc, days):
        """The same wall clock time so many days away, the first of two; None
        where the clock was set forward over it."""
        if days == 0:
            return utc
        wall = datetime.datetime.fromtimestamp(
            utc, self.zone).replace(tzinfo=None, fold=0)
        wall += datetime.timedelta(days=days)
        out = int(wall.replace(tzinfo=self.zone).timestamp())
        back = datetime.datetime.fromtimestamp(out, self.zone)
        return out if back.replace(tzinfo=None, fold=0) == wall else None


class Loads:
    """kWh of a point's intervals, of which some are estimated."""

    def __init__(self, clock, seconds, values, estimated):
        self.clock, self.seconds = clock, seconds
        self.values, self.estimated = values, estimated
        self.qualities = {}

    def of(self, start, end):
        if start is None:
            return None
        found = [self.values.get(utc)
                 for utc in range(start, end, self.seconds)]
        return None if None in found else sum(found)

    def quality(self, day):
        """Intervals of a day: all, missing, estimated."""
        if day not in self.qualities:
            starts = set(range(
                self.clock.start_of(day),
                self.clock.start_of(day + datetime.timedelta(days=1)),
                self.seconds))
            missing = {utc for utc in starts if utc not in self.values}
            self.qualities[day] = (len(starts), len(missing), len(
                (starts & self.estimated) - missing))
        return self.qualities[day]


class Held(Exception):
    """Why there is no number."""


class Baseline:
    """days: {day: [reason, kWh or None]}; steps: exact kWh, or held says why
    there are none.  is_event(start, end) says whether an event asked the point
    in that time; kind(day) is workday, rest or (holiday, name)."""

    def __init__(self, rule, event, loads, kind, is_event):
        self.rule, self.loads, self.clock = rule, loads, loads.clock
        self.start, self.end = event
        self.day = self.clock.day_of(self.start)
        self.kind_of_day, self.is_event = kind, is_event
        self.slots = range(self.start, self.end, loads.seconds)
        self.origin = self.day  # from which days are counted
        self.days, self.used, self.factor = {}, [], None
        self.steps, self.held = None, None
        try:
            self.steps = self.by_hour(self.find())
            if None in [self.loads.of(a, a + loads.seconds)
                        for a in self.slots]:
                raise Held("missing-read")
        except Held as why:
            self.held = str(why)

    def find(self):
        method = self.rule["method"]
        if method == "same-day":
            return self.same_day()
        if method == "previous-day":
            self.walk([1], 1, lambda day: True)
            least = 1
        else:
            least = self.similar()
        if len(self.used) < least:
            raise Held("baseline-days")
        if method == "similar-days" and least > 0:
            self.choose()
        return self.adjusted(self.means())

    # Days.

    def kind(self, day):
        kind = self.kind_of_day(day)
        if isinstance(kind, tuple) and "holiday" not in self.rule:
            return "rest"
        return kind

    def ago(self, days):
        return self.origin - datetime.timedelta(days=days)

    def similar(self):
        """Gathers days, and says how many there must be."""
        own = self.kind(self.day)
        if not isinstance(own, tuple):
            return self.of_type(own)
        return self.like_holiday(own)

    def like_holiday(self, own):
        its_days = {}
        for word in self.rule["holiday"].split():
            if word == "rest-days":
                return self.of_type("rest")
            if word == "last-year":
                its_days = {self.ago(ago) for ago in LAST_YEAR
                            if self.kind(self.ago(ago)) == own}
                self.walk(LAST_YEAR, None, its_days.__contains__, silent=True)
            elif word == "previous-holiday":
                self.earlier_holiday(own)
            elif its_days and all(
                    self.days[day][0] == "event-day" for day in its_days):
                if self.origin != self.day:
                    return 1  # the year before was events alone too
                self.origin = max(its_days)
                return self.like_holiday(own)
            if self.used:
                return 0
        return 1

    def of_type(self, kind):
        rule = self.rule
        self.walk(range(1 + rule.get("skip", 0), rule["look-back"] + 1),
                  rule["days"], lambda day: rule.get("types") == "no" or
                  self.kind(day) == kind)
        return rule.get("least", rule["days"])

    def earlier_holiday(self, own):
        found = None
        for ago in range(1, LAST_YEAR[-1] + 1):
            day = self.ago(ago)
            kind = self.kind(day)
            if not isinstance(kind, tuple) or (
                    kind == own and ago <= OF_ONE_HOLIDAY):
                continue
            if found is None:
                if self.look(day):
                    found = kind, day
            elif kind == found[0] and (
                    found[1] - day).days < OF_ONE_HOLIDAY:
                self.look(day)

    def walk(self, agos, count, fits, silent=False):
        for ago in agos:
            if count is not None and len(self.used) == count:
                return
            day = self.ago(ago)
            if fits(day):
                self.look(day)
            elif not silent:
                self.days[day] = ["other-type", None]

    def pieces(self, day, start, end):
        """Of an own time, interval by interval, on another day."""
        shift = (day - self.day).days
        starts = [self.clock.shift(utc, shift)
                  for utc in range(start, end, self.loads.seconds)]
        return [(a, None if a is None else a + self.loads.seconds)
                for a in starts]

    def has_event(self, day):
        """On the day, or in what is taken from it beyond midnight."""
        times = [(self.clock.start_of(day), self.clock.start_of(
            day + datetime.timedelta(days=1)))]
        times += self.pieces(day, self.start, self.end)
        if "adjust" in self.rule:
            times += self.pieces(day, *self.window(self.rule["adjust"][1:3]))
        return any(a is not None and self.is_event(a, b) for a, b in times)

    def known(self, day):
        return [self.loads.of(a, b)
                for a, b in self.pieces(day, self.start, self.end)]

    def look(self, day):
        """Whether the day can be used; in any case why."""
        known = self.known(day)
        intervals, missing, estimated = self.loads.quality(day)
        most = Fraction(self.rule.get("missing", 0))
        bad = Fraction(self.rule.get("estimated", most))
        reason, kwh = "chosen", None
        if self.has_event(day):
            reason = "event-day"
        elif 100 * missing > most * intervals or set(known) == {None}:
            reason = "missing-reads"
        elif 100 * (missing + estimated) > bad * intervals:
            reason = "estimated-reads"
        else:
            self.used.append(day)
            kwh = None if None in known else sum(known)
        self.days[day] = [reason, kwh]
        return reason == "chosen"

    def energy(self, day):
        known = [kwh for kwh in self.known(day) if kwh is not None]
        return sum(known) / Fraction(len(known)) * len(self.slots)

    def drop(self, days, reason):
        for day in days:
            self.days[day][0] = reason
            self.used.remove(day)

    def choose(self):
        energy = {day: self.energy(day) for day in self.used}
        if "spread" in self.rule:
            mean = sum(energy.values()) / len(energy)
            self.drop([day for day in energy if abs(energy[day] - mean) >
                       Fraction(self.rule["spread"]) * abs(mean)], "spread")
            if not self.used:
                raise Held("baseline-days")
        if "choose" in self.rule:
            count, which = self.rule["choose"].split()
            order = sorted(self.used, key=lambda day: (
                energy[day] if which == "highest" else 0, day), reverse=True)
            self.drop(order[int(count):], "not-" + which)

    # Numbers.

    def means(self):
        out = []
        for column in zip(*(self.known(day) for day in self.used)):
            column = [kwh for kwh in column if kwh is not None]
            if not column:
                raise Held("baseline-reads")
            out.append(sum(column) / Fraction(len(column)))
        return out

    def window(self, hours, edge=None):
        edge = self.start if edge is None else edge
        return [edge + hour * HOUR for hour in hours]

    def same_day(self):
        kwh, seconds = Fraction(0), 0
        for first, last, after in self.rule["windows"]:
            start, end = self.window(
                (first, last), self.end if after else self.start)
            part = self.loads.of(start, end)
            if part is None:
                raise Held("baseline-reads")
            kwh, seconds = kwh + part, seconds + end - start
        return [kwh * self.loads.seconds / seconds for _ in self.slots]

    def adjusted(self, slots):
        if "adjust" not in self.rule:
            return slots
        method, first, last, cap = self.rule["adjust"]
        start, end = self.window((first, last))
        own = self.loads.of(start, end)
        usual = []
        for day in self.used:
            parts = [self.loads.of(a, b)
                     for a, b in self.pieces(day, start, end)]
            if None not in parts:
                usual.append(sum(parts))
        if own is None or not usual:
            raise Held("baseline-reads")
        usual = sum(usual) / Fraction(len(usual))
        if not usual and (method == "multiply" or cap is not None):
            return slots
        if method == "multiply":
            self.factor = own / usual
            if cap is not None:
                cap = Fraction(cap)
                self.factor = min(max(self.factor, 1 - cap), 1 + cap)
            return [slot * self.factor for slot in slots]
        more = own - usual
        if cap is not None:
            most = Fraction(cap) * abs(usual)
            more = min(max(more, -most), most)
        self.factor = more * HOUR / (end - start)
        return [slot + self.factor * self.loads.seconds / HOUR
                for slot in slots]

    def by_hour(self, slots):
        """Steps of an hour, none below zero."""
        many = HOUR // self.loads.seconds
        return [max(sum(slots[i:i + many]), Fraction(0))
                for i in range(0, len(slots), many)]
