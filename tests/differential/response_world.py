"""Random points, programmes and events for the model of response.

Nothing here says what is owed: a world is what a ledger is told.

SPDX-License-Identifier: Apache-2.0
"""
import random
from datetime import datetime, timedelta, timezone
from fractions import Fraction

from settle_num import MODES, Zone, date_of, day_number

HOUR = 3600
PAST = 34  # days before the first event that have reads
HOLIDAY_AGO = (350, 354)  # and those of a holiday a year ago
EARLIER_AGO = (704, 706)  # and of one the year before


class Wall(Zone):
    """A zone that also finds the same time on the wall on another day."""

    def at(self, day, seconds):
        local = datetime.combine(date_of(day), datetime.min.time(), self.info)
        return int((local + timedelta(seconds=seconds)).timestamp())

    def shift(self, utc, days):
        if not days:
            return utc
        local = datetime.fromtimestamp(utc, timezone.utc)
        return int((local.astimezone(self.info) +
                    timedelta(days=days)).replace(fold=0).timestamp())


class World:
    def __init__(self, seed):
        self.seed = seed
        self.rng = rng = random.Random(seed)
        self.dst = rng.random() < 0.25
        self.zone = Wall("Europe/Berlin" if self.dst else "Asia/Shanghai")
        self.day = (day_number(2025, 3, 29) if self.dst else
                    day_number(2025, 2, 20)) + rng.randrange(
                        12 if self.dst else 300)
        self.money_scale = 2
        self.calendar = self.make_calendar()
        self.off = {self.day - rng.randint(1, PAST) for _ in range(8)}
        self.points = {}
        for number in range(rng.randint(1, 3)):
            self.add_point("p%d" % (number + 1))
        self.fill_reads()
        self.coarse = 60 * max(p["minutes"] for p in self.points.values())
        self.series, self.table, self.published = {}, {}, {}
        self.programmes = {}
        for number in range(rng.randint(1, 2)):
            name = "programme%d" % number
            self.programmes[name] = Programme(self, name)
        self.contracts, self.members = [], []
        self.make_contracts()
        self.events, self.targets, self.awards, self.given = [], [], [], []
        self.make_events()
        self.period = (self.day, self.day + 6)

    def chance(self, part):
        return self.rng.random() < part

    def number(self, low, high, scale):
        """A decimal text between two integers."""
        ticks = self.rng.randint(low * 10 ** scale, high * 10 ** scale)
        sign, ticks = "-" if ticks < 0 else "", abs(ticks)
        if not scale:
            return sign + str(ticks)
        return "%s%d.%0*d" % (sign, ticks // 10 ** scale, scale,
                              ticks % 10 ** scale)

    # Days.

    def make_calendar(self):
        rng, days = self.rng, {}
        for day in range(self.day - 830, self.day + 10):
            local = date_of(day)
            if (local.month, local.day) == (1, 1):
                days[day] = ("holiday", "new-year")
        for day in range(self.day - PAST, self.day + 6):
            if rng.random() < 0.08:
                days[day] = rng.choice((
                    ("rest", ""), ("workday", ""), ("holiday", "autumn"),
                    ("holiday", "moon")))
        self.spring = rng.random() < 0.3
        if self.spring:
            for day in range(self.day, self.day + rng.randint(1, 4)):
                days[day] = ("holiday", "spring")
            for ago in range(*HOLIDAY_AGO):
                days[self.day - ago] = ("holiday", "spring")
            for ago in range(*EARLIER_AGO):
                days[self.day - ago] = ("holiday", "spring")
        # A year of which a calendar has no day is not known.
        for year in {date_of(d).year for d in
                     range(self.day - 830, self.day + 10)}:
            days.setdefault(day_number(year, 12, 25), ("workday", ""))
        return days

    # Points and their reads.

    def add_point(self, name):
        rng = self.rng
        self.points[name] = {
            "minutes": rng.choice((15, 15, 15, 30, 60)),
            "export": rng.random() < 0.4,
            "feeds_in": rng.random() < 0.3,  # mostly
            "export_contract": rng.random() < 0.6,
            "reads": {},  # {channel: {start: (text, estimated)}}
        }

    def fill_reads(self):
        self.common = self.chance(0.6) and self.rng.choice(
            (5, 15, 15, 15, 30, 30, 60, 60, 60))
        for point in self.points.values():
            if self.common:
                point["minutes"] = self.common
            days = list(range(self.day - PAST, self.day + 7))
            if self.chance(0.6):
                days += [self.day - ago for ago in (
                    *range(*HOLIDAY_AGO), *range(*EARLIER_AGO))]
            whole = self.chance(0.3)
            for day in days:
                if whole or day >= self.day or self.chance(0.97):
                    self.fill_day(point, day, whole)

    def fill_day(self, point, day, whole):
        rng = self.rng
        step = point["minutes"] * 60
        start, end = self.zone.day_start(day), self.zone.day_start(day + 1)
        starts = list(range(start, end, step))
        lost, guessed = set(), set()
        if not whole and rng.random() < (0.02 if day >= self.day else 0.2):
            lost = set(rng.sample(starts[len(starts) * 9 // 24:],
                                  rng.choice((1, 1, 2, 9))))
        if not whole and rng.random() < 0.12:
            guessed = set(rng.sample(starts, rng.choice((1, 2, 4))))
        level = 3 if point["export"] and point["feeds_in"] else rng.choice(
            (5, 20, 20, 20, 22, 60))
        for channel in ("import", "export"):
            if channel == "export" and not point["export"]:
                continue
            values = point["reads"].setdefault(channel, {})
            some = level if channel == "import" else rng.choice((0, 8, 30))
            for utc in starts:
                if utc not in lost:
                    values[utc] = (self.number(0, some, rng.choice((0, 2))),
                                   utc in guessed)
            if rng.random() < 0.3:
                guessed = set()  # of the other channel

    # Contracts.

    def make_contracts(self):
        rng, names = self.rng, sorted(self.points)
        programmes = sorted(self.programmes)
        together = len(names) > 1 and self.chance(0.6)
        if together:
            self.members = [("pf", name) for name in names]
            self.add_contract("v1", rng.choice(programmes), "pf")
        for name in names:
            if not together or self.chance(0.1):
                self.add_contract(name, rng.choice(programmes), None)

    def add_contract(self, point, programme, portfolio):
        options = []
        if portfolio:
            options.append("portfolio=" + portfolio)
        if self.chance(0.7):
            options.append("capability=" + self.number(0, 60, 1))
        if self.programmes[programme].baseline["method"] == "given" and \
                self.chance(0.8):
            options.append("baseline=given-" + point)
        self.contracts.append({
            "contract": "c%d" % (len(self.contracts) + 1), "leg": "response",
            "point": point, "programme": programme, "portfolio": portfolio,
            "payer": "grid", "payee": "owner%d" % (len(self.contracts) + 1),
            "options": dict(o.split("=") for o in options)})

    def points_of(self, contract):
        if contract["portfolio"]:
            return [member for _, member in self.members]
        return [contract["point"]]

    # Events.

    def make_events(self):
        rng = self.rng
        for number in range(rng.randint(2, 5)):
            name = rng.choice(sorted(self.programmes))
            day = self.day + (number if self.chance(0.8)
                              else rng.randrange(4))
            self.add_event("e%d" % number, name, day, True)
        for number in range(rng.randrange(6)):
            name = rng.choice(sorted(self.programmes))
            day = self.day - rng.randint(1, 20)
            self.add_event("past%d" % number, name, day, False)
        if self.chance(0.3):
            self.add_event("year", rng.choice(sorted(self.programmes)),
                           self.day - rng.randrange(*HOLIDAY_AGO), False)
        if self.spring and self.chance(0.6):
            # All of last year's holiday, and a day of the year before's.
            name = rng.choice(sorted(self.programmes))
            for ago in (*range(*HOLIDAY_AGO), rng.randrange(*EARLIER_AGO)):
                self.add_event("ago%d" % ago, name, self.day - ago, False,
                               plain=True)

    def add_event(self, name, programme, day, now, plain=False):
        rng, rule = self.rng, self.programmes[programme]
        quarter = HOUR
        if self.chance(0.3):
            quarter = max(900, self.coarse if self.chance(0.9) else 0)
        start = self.zone.at(day, rng.randrange(
            9 * HOUR, (18 if self.dst else 23) * HOUR, quarter))
        step = rule.seconds or rng.choice([
            length for length in (2700, HOUR, 2 * HOUR, 5400, 10500, 12600)
            if length % self.coarse == 0 or self.chance(0.05)])
        length = step * rng.randint(1, 6) if rule.seconds else step
        if now and self.chance(0.03):
            length += 60
        notified = start - rng.choice((24,) * 8 + (0, 1)) * HOUR
        event = {"event": name, "modification": 0, "programme": programme,
                 "auction": "auction" if self.chance(0.9) else "",
                 "start": start, "end": start + length,
                 "notified": notified if self.chance(0.97) else None,
                 "status": "called", "test": "no"}
        if self.chance(0.1):
            self.events.append(dict(
                event, start=start - HOUR, end=start + 1800))
            event["modification"] = 3
        if not plain and self.chance(0.1):
            event["status"] = "cancelled"
        elif not plain and self.chance(0.08):
            event["test"] = "yes"
        self.events.append(event)
        if not plain and self.chance(0.2):
            self.targets.append((name, event["modification"], "point",
                                 rng.choice(sorted(self.points))))
        if now:
            for contract in self.contracts:
                if contract["programme"] == programme:
                    self.add_promises(event, contract, rule)

    def add_promises(self, event, contract, rule):
        """Awards, given baselines and prices of an event."""
        rng, start, end = self.rng, event["start"], event["end"]
        step = rule.seconds or end - start
        size = rng.choice((10, 40, 100))
        parts = [(start, end)]
        if end - start >= 2 * step and self.chance(0.5):
            middle = start + step * rng.randrange(1, (end - start) // step)
            parts = [(start, middle), (middle, end)]
        if self.chance(0.04):
            parts = parts[:-1]
        for number, (a, b) in enumerate(parts):
            price = self.number(-1, 5, 2)
            twice = 2 if self.chance(0.1) else 1
            for copy in range(twice):
                if copy and self.chance(0.3):
                    price = self.number(0, 5, 2)
                self.awards.append((
                    event["event"], contract["contract"], a,
                    "award%d-%d" % (number, copy), b,
                    self.number(0, size, 1),
                    "" if self.chance(0.02) else price))
        if rule.baseline["method"] == "given":
            self.give(event, contract)
        for name in rule.series:
            self.add_prices(self.series.setdefault(name, {}), step, event)
        if event["auction"]:
            self.add_prices(self.published, step, event)

    def give(self, event, contract):
        for point in self.points_of(contract):
            name = contract["options"].get("baseline", event["event"])
            length = event["end"] - event["start"]
            cut = event["start"] + min(600, length // 120 * 60)
            kw = [self.number(-30, 90, 2) for _ in range(2)]
            pieces = [(event["start"] - HOUR, cut, kw[0]),
                      (cut, event["end"] + 60, kw[1])]
            if self.chance(0.05):
                pieces.pop(self.rng.randrange(2))
            for a, b, value in pieces:
                known = [g for g in self.given if g[0] == name
                         and g[1] == point and a < g[3] and g[2] < b]
                if not known:
                    self.given.append((name, point, a, b, value))

    def add_prices(self, prices, step, event):
        """A price for each step's time, in whole hours where that is one."""
        length = step if step < HOUR or (event["start"] % HOUR) else HOUR
        value = self.number(-1, 4, 2)
        for utc in range(event["start"], event["end"], length):
            if step <= length and self.chance(0.5):
                value = self.number(-1, 4, 2)
            if self.chance(0.99) and not any(
                    a < utc + length and utc < b for a, (b, _)
                    in prices.items()):
                prices[utc] = (utc + length, value)

    def local(self, utc):
        return self.zone.text(utc)


class Programme:
    """A programme document as attributes, all as they are written."""

    def __init__(self, world, name):
        self.world, self.name, self.rng = world, name, world.rng
        rng = self.rng
        self.direction = rng.choice(("shave", "shave", "fill", "limit"))
        self.calendar = rng.choice(("cn", "cn", "cn", ""))
        self.notice = rng.choice((None, None, None, "1h", "12h"))
        steps = {"5m": 300, "15m": 900, "30m": 1800, "1h": HOUR}
        self.every = rng.choice(["event"] * 2 + [
            every for every, seconds in steps.items()
            if seconds % world.coarse == 0 or world.chance(0.05)])
        self.seconds = steps.get(self.every)
        self.award = self.direction == "limit" or world.chance(0.8)
        self.baseline = self.make_baseline()
        self.valid = self.make_valid()
        self.bands = self.make_bands() if self.award else []
        self.series = set()
        self.price = self.make_price()
        self.pay = self.make_pay()
        self.penalties, self.deviation = [], None
        if self.award:
            for number in range(rng.choice((0, 0, 1, 2))):
                self.penalties.append(self.make_penalty(number))
            if world.chance(0.4):
                self.deviation = self.make_deviation()
        self.money = (rng.choice((0, 1, 2, 2)), rng.choice(MODES),
                      rng.choice(("line", "step")))

    def maybe(self, part, make):
        return make() if self.world.chance(part) else None

    def make_baseline(self):
        rng, number = self.rng, self.world.number
        rule = {"method": rng.choice((
            "similar-days",) * 6 + ("previous-day", "same-day", "given"))}
        rule["round"] = "%d %s" % (rng.randint(0, 5), rng.choice(MODES))
        rule["negative"] = rng.choice((None, "no", "yes"))
        if rule["method"] == "similar-days":
            days = rng.choice((1, 2, 3, 4, 5, 8))
            rule["days"] = str(days)
            taken = rng.randint(1, days)
            if self.world.chance(0.6):
                rule["choose"] = "%d %s" % (
                    taken, rng.choice(("highest", "latest")))
            if self.world.chance(0.7):
                rule["least"] = str(rng.randint(
                    taken if "choose" in rule else 1, days))
            rule["look-back"] = str(rng.choice((12, 25, 32)))
            rule["skip"] = self.maybe(0.3, lambda: str(rng.randint(0, 3)))
            rule["types"] = rng.choice((None, "yes", "yes", "no"))
            if self.calendar:
                words = ["last-year", "previous-holiday", "rest-days"]
                rng.shuffle(words)
                words = words[:rng.randint(1, 3)]
                if self.world.spring and self.world.chance(0.5):
                    words.sort()
                if "last-year" in words and self.world.chance(0.7):
                    words.insert(words.index("last-year") + 1,
                                 "last-year-baseline")
                rule["holiday"] = self.maybe(0.7, lambda: " ".join(words))
            rule["event-days"] = rng.choice((None, "no", "yes"))
            rule["without"] = self.maybe(0.3, lambda: "off")
            rule["spread"] = self.maybe(0.4, lambda: number(0, 1, 2))
            if rule["spread"] == "0.00":
                rule["spread"] = "0.1"
        if rule["method"] in ("similar-days", "previous-day"):
            rule["missing"] = rng.choice((None, "3", "10", "60", "60"))
            if self.world.chance(0.4):
                rule["estimated"] = rng.choice(("60", "80", "100"))
            rule["adjust"] = self.maybe(0.5, self.make_adjust)
        if rule["method"] == "same-day":
            rule["windows"] = rng.choice((
                [("-4h", "-1h", None), ("1h", "3h", "yes")],
                [("-2h", "0h", "no")], [("-3h", "-2h", None)]))
        return rule

    def make_adjust(self):
        a, b = self.rng.choice((("-4h", "-1h"), ("-3h", "0h"), ("-2h", "-1h")))
        return {"method": self.rng.choice(("add", "multiply")), "from": a,
                "to": b, "cap": self.rng.choice((None, "0.2", "0.05", "1.5"))}

    def make_valid(self):
        valid = {"rate": self.maybe(0.5, lambda: self.world.number(0, 1, 1))
                 if self.award else None,
                 "load": self.rng.choice((None, "mean", "max", "mean max"))}
        if not any(valid.values()) or self.world.chance(0.4):
            return None
        return valid

    def make_bands(self):
        rng, bands = self.rng, []
        edge = Fraction(0)
        for number in range(rng.choice((0, 0, 1, 2, 3))):
            wide = Fraction(rng.randint(1, 12), 10)
            bands.append({"from": text(edge), "to": text(edge + wide),
                          "factor": self.world.number(0, 2, 1),
                          "whole": rng.choice((None, "no", "yes"))})
            edge += wide
        if bands and self.world.chance(0.5):
            bands[-1]["to"] = None
        return bands

    def make_price(self, per=None):
        rng, number = self.rng, self.world.number
        per = per or rng.choice(("kwh", "kwh", "mwh", "kw", "mw"))
        terms = []
        for _ in range(rng.choice((1, 1, 2))):
            of = rng.choice(("fixed", "fixed", "award", "cleared", "series",
                             "table"))
            if of == "award" and not self.award:
                of = "fixed"
            if of == "series" and per in ("kw", "mw"):
                of = "cleared"
            term = {"of": of, "factor": rng.choice((None, "-1", "0.4", "2"))}
            if of in ("award", "cleared"):
                term["per"] = rng.choice(
                    ("kwh", "mwh") if per in ("kwh", "mwh") else ("kw", "mw"))
            if of == "fixed":
                term["value"] = number(-1, 5, 3)
            elif of == "series":
                term["name"] = "series1"
                self.series.add("series1")
            elif of == "table":
                term["name"] = "table1"
                term["item"] = per
                self.world.table.setdefault(per, number(0, 3, 4))
            terms.append(term)
        return {"per": per, "terms": terms,
                "take": rng.choice((None, "sum", "lowest", "highest")),
                "floor": self.maybe(0.2, lambda: number(-1, 0, 2)),
                "cap": self.maybe(0.2, lambda: number(1, 3, 2))}

    def make_pay(self):
        if self.world.chance(0.3):
            return None
        number = self.world.number
        return {"most": self.maybe(0.4, lambda: number(1, 2, 1))
                if self.award else None,
                "factor": self.maybe(0.4, lambda: number(0, 2, 2)),
                "negative": self.rng.choice((None, "zero", "keep")),
                "export": self.rng.choice((None, "once", "both"))}

    def make_penalty(self, place):
        number = self.world.number
        return {"component": "penalty%d" % place,
                "below": self.rng.choice(("0.5", "0.9", "1")),
                "of": self.rng.choice((None, "effective", "response")),
                "factor": self.maybe(0.5, lambda: number(0, 2, 1)),
                "cap": self.rng.choice((None, None, "0.5", "1")),
                "price": self.maybe(0.5, self.make_price)}

    def make_deviation(self):
        return {"component": "deviation",
                "tolerance": self.rng.choice(("0", "0.1", "0.25")),
                "side": self.rng.choice((None, "both", "over", "under")),
                "factor": self.rng.choice((None, "0.5", "1.2")),
                "opposite": self.rng.choice((None, "capability")),
                "price": self.maybe(0.5, self.make_price)}


def text(value):
    ticks = value * 100
    assert ticks.denominator == 1
    return "%d.%02d" % divmod(ticks.numerator, 100)
