"""What a point would have used without an event, by the words of a programme
document: days, their mean, and what the event's own day shows.

SPDX-License-Identifier: Apache-2.0
"""
from fractions import Fraction

from settle_num import date_of, round_to

HOUR = 3600
HOLIDAY_YEAR = (330, 400)  # days ago, of the same holiday a year ago
HOLIDAY_SPAN = 30


class Held(Exception):
    """Why there is no number."""


def seconds_of(text):
    return int(text[:-1]) * {"m": 60, "h": HOUR, "d": 24 * HOUR}[text[-1]]


class Loads:
    """Net kWh of a point, from its reads."""

    def __init__(self, zone, point):
        self.zone, self.step = zone, point["minutes"] * 60
        self.values = {
            channel: {utc: Fraction(text) for utc, (text, _) in rows.items()}
            for channel, rows in point["reads"].items()}
        self.guessed = {utc for rows in point["reads"].values()
                        for utc, (_, guessed) in rows.items() if guessed}

    def of(self, channel, start, end):
        """kWh, or None where a part is not known."""
        rows = self.values.get(channel)
        if rows is None:
            return Fraction(0)
        if start % self.step or end % self.step or start >= end:
            return None
        found = [rows.get(utc) for utc in range(start, end, self.step)]
        return None if None in found else sum(found)

    def net(self, start, end):
        taken = self.of("import", start, end)
        given = self.of("export", start, end)
        return None if None in (taken, given) else taken - given

    def quality(self, day):
        """Intervals of a day: all, missing, estimated."""
        starts = range(self.zone.day_start(day), self.zone.day_start(day + 1),
                       self.step)
        missing = {utc for utc in starts
                   if self.net(utc, utc + self.step) is None}
        return (len(starts), len(missing),
                len(self.guessed.intersection(starts) - missing))


class Baseline:
    """The baseline of one point in one event: .days {day: [reason, kwh]},
    .slots and .steps as exact fractions; .held says why there is none."""

    def __init__(self, model, programme, event, point, given):
        self.model, self.zone = model, model.world.zone
        self.rule, self.event = programme.baseline, event
        self.calendar = programme.calendar
        self.point, self.loads = point, model.loads[point]
        self.start, self.end = event["start"], event["end"]
        self.day = self.zone.day_of(self.start)
        step = programme.seconds or self.end - self.start
        self.slot = self.loads.step if step % self.loads.step == 0 else step
        self.per_step = step // self.slot
        self.days, self.slots, self.held, self.used = {}, [], None, []
        self.origin = self.day  # from which days are counted
        try:
            self.slots = self.find(given)
            self.steps = self.sum_up()
        except Held as held:
            self.held = str(held)

    def times(self, shift):
        for utc in range(self.start, self.end, self.slot):
            at = self.zone.shift(utc, shift)
            yield at, at + self.slot

    def window(self, words):
        edge = self.end if words.get("after") == "yes" else self.start
        return [edge + seconds_of(words[key]) for key in ("from", "to")]

    def window_on(self, words, shift):
        """The window's intervals at their local times on another day."""
        starts = [self.zone.shift(utc, shift)
                  for utc in range(*self.window(words), self.loads.step)]
        return [(utc, utc + self.loads.step) for utc in starts]

    def taken_of(self, day):
        """Times in which no event may have asked the point: the day, and what
        is taken beyond its midnights."""
        yield self.zone.day_start(day), self.zone.day_start(day + 1)
        yield from self.times(day - self.day)
        if self.rule.get("adjust"):
            yield from self.window_on(self.rule["adjust"], day - self.day)

    def find(self, given):
        method = self.rule["method"]
        if method == "given":
            return [self.given_slot(given, a, b) for a, b in self.times(0)]
        if method == "same-day":
            return self.same_day()
        if method == "previous-day":
            self.gather(1, 1, 0, lambda day: True)
            least = 1
        else:
            least = self.gather_similar()
        if len(self.used) < least:
            raise Held("baseline-days")
        if least > 0 and method == "similar-days":
            self.select()
        return self.adjusted(self.means())

    def given_slot(self, given, start, end):
        parts = [(max(a, start), min(b, end), Fraction(kw))
                 for a, b, kw in given if a < end and start < b]
        if sum(b - a for a, b, _ in parts) != end - start:
            raise Held("baseline-given")
        return sum(kw * (b - a) / HOUR for a, b, kw in parts)

    def same_day(self):
        kwh, seconds = Fraction(0), 0
        for a, b, after in self.rule["windows"]:
            start, end = self.window({"from": a, "to": b, "after": after})
            part = self.loads.net(start, end)
            if part is None:
                raise Held("baseline-reads")
            kwh, seconds = kwh + part, seconds + end - start
        return [kwh / seconds * self.slot for _ in self.times(0)]

    # Days.

    def kind(self, day):
        kind, name = "workday", ""
        if date_of(day).isoweekday() >= 6:
            kind = "rest"
        if self.calendar:
            kind, name = self.model.world.calendar.get(day, (kind, name))
        if kind == "holiday" and not self.rule.get("holiday"):
            return "rest", ""
        return kind, name if kind == "holiday" else ""

    def gather_similar(self):
        """Days into .used, nearest first; how many there must be."""
        rule = self.rule
        kind, name = self.kind(self.day)
        if kind == "holiday":
            words = rule["holiday"].split()
            while words:
                word, least = words.pop(0), 0
                if word == "rest-days":
                    least = self.similar("rest")
                elif word == "last-year-baseline":
                    if not self.year or set(self.year.values()) != {
                            "event-day"}:
                        continue
                    if self.origin != self.day:
                        return 1  # the year before too
                    self.origin = max(self.year)
                    words = rule["holiday"].split()
                else:
                    self.of_holiday(word, name)
                if self.used:
                    return least
            return 1
        return self.similar(kind)

    def similar(self, kind):
        rule = self.rule
        days = int(rule["days"])
        self.gather(days, int(rule["look-back"]), int(rule["skip"] or 0),
                    lambda day: rule["types"] == "no" or
                    self.kind(day)[0] == kind)
        return int(rule.get("least") or days)

    def gather(self, count, reach, skip, fits):
        for day in range(self.origin - 1 - skip, self.origin - reach - 1, -1):
            if len(self.used) == count:
                return
            if not fits(day):
                self.days[day] = ["other-type", None]
            else:
                self.look(day)

    def of_holiday(self, word, own):
        def same(day, name):
            return self.kind(day) == ("holiday", name)
        if word == "last-year":
            first, last = HOLIDAY_YEAR
            self.year = {}
            for day in range(self.origin - first, self.origin - last - 1, -1):
                if same(day, own):
                    self.look(day)
                    self.year[day] = self.days[day][0]
            return
        found = None
        for day in range(self.origin - 1, self.origin - HOLIDAY_YEAR[1] - 1,
                         -1):
            kind, name = self.kind(day)
            if kind != "holiday":
                continue
            if found is None:
                if name == own and day >= self.origin - HOLIDAY_SPAN:
                    continue
                if self.look(day):
                    found = day, name
            elif name == found[1] and day > found[0] - HOLIDAY_SPAN:
                self.look(day)

    def look(self, day):
        """Whether a day can be used."""
        reason, kwh = "chosen", None
        if self.rule.get("event-days") != "yes" and \
                any(self.model.was_asked(self.point, a, b)
                    for a, b in self.taken_of(day)):
            reason = "event-day"
        elif self.rule.get("without") and day in self.model.world.off:
            reason = "excluded"
        else:
            all_, missing, guessed = self.loads.quality(day)
            most = Fraction(self.rule.get("missing") or 0) / 100 * all_
            bad = most
            if self.rule.get("estimated"):
                bad = Fraction(self.rule["estimated"]) / 100 * all_
            known = [self.loads.net(a, b)
                     for a, b in self.times(day - self.day)]
            if missing > most or not any(k is not None for k in known):
                reason = "missing-reads"
            elif missing + guessed > bad:
                reason = "estimated-reads"
            elif None not in known:
                kwh = sum(known)
        self.days[day] = [reason, kwh]
        if reason == "chosen":
            self.used.append(day)
        return reason == "chosen"

    def known(self, day):
        return [self.loads.net(a, b) for a, b in self.times(day - self.day)]

    def energy(self, day):
        """Of the event's hours, by the slots that are known."""
        known = [k for k in self.known(day) if k is not None]
        return sum(known) / len(known) * ((self.end - self.start) // self.slot)

    def pass_over(self, days, reason):
        for day in days:
            self.days[day][0] = reason
            self.used.remove(day)

    def select(self):
        energy = {day: self.energy(day) for day in self.used}
        if self.rule.get("spread"):
            mean = sum(energy.values()) / len(energy)
            most = abs(mean) * Fraction(self.rule["spread"])
            self.pass_over([day for day in list(self.used)
                            if abs(energy[day] - mean) > most], "spread")
            if not self.used:
                raise Held("baseline-days")
        if self.rule.get("choose"):
            count, which = self.rule["choose"].split()
            order = sorted(self.used, key=lambda day: (
                -energy[day] if which == "highest" else 0, -day))
            self.pass_over(order[int(count):], "not-" + which)

    def means(self):
        rows = [self.known(day) for day in self.used]
        slots = []
        for number in range((self.end - self.start) // self.slot):
            known = [row[number] for row in rows if row[number] is not None]
            if not known:
                raise Held("baseline-reads")
            slots.append(sum(known) / len(known))
        return slots

    def adjusted(self, slots):
        words = self.rule.get("adjust")
        if not words:
            return slots
        start, end = self.window(words)
        own = self.loads.net(start, end)
        usual = [[self.loads.net(a, b)
                  for a, b in self.window_on(words, day - self.day)]
                 for day in self.used]
        usual = [sum(kwh) for kwh in usual if None not in kwh]
        if own is None or not usual:
            raise Held("baseline-reads")
        usual = sum(usual) / len(usual)
        cap = words["cap"] and Fraction(words["cap"])
        if words["method"] == "multiply":
            if not usual:
                return slots
            factor = own / usual
            if cap is not None:
                factor = min(max(factor, 1 - cap), 1 + cap)
            return [slot * factor for slot in slots]
        more = own - usual
        if cap is not None:
            more = min(max(more, -cap * abs(usual)), cap * abs(usual))
        return [slot + more / (end - start) * self.slot for slot in slots]

    def sum_up(self):
        steps = [sum(self.slots[i:i + self.per_step])
                 for i in range(0, len(self.slots), self.per_step)]
        if self.rule["negative"] != "yes":
            steps = [max(step, Fraction(0)) for step in steps]
        return steps


def round_sum(baselines, scale, mode):
    """[whole], [[of each point]] of the steps: the whole is rounded, and the
    points up or down so that they add up to it."""
    wholes, parts = [], []
    tick = Fraction(1, 10 ** scale)
    for step in zip(*(b.steps for b in baselines)):
        whole = round_to(sum(step), scale, mode)
        down = [round_to(x, scale, "floor") for x in step]
        more = (whole - sum(down)) / tick
        assert more.denominator == 1 and 0 <= more <= len(step)
        order = sorted(range(len(step)),
                       key=lambda i: (down[i] - step[i], i))
        for i in order[:int(more)]:
            down[i] += tick
        wholes.append(whole)
        parts.append(down)
    return wholes, parts
