"""Tiers: which kWh cost what by how many there were before.

SPDX-License-Identifier: Apache-2.0
"""
from fractions import Fraction

from settle_num import date_of, day_number, first_of, month_of_day


TICKS = 60000           # of a kWh: thousandths, of any minute of an hour
UNIT = 10 ** 9          # of a kWh: what is shared out


def month_days(month):
    year, number = divmod(month, 100)
    after = month + 1 if number < 12 else (year + 1) * 100 + 1
    return first_of(after) - first_of(month)


def largest_remainder(total, weights):
    """Whole ticks by weight; ties to the larger weight, then the earlier."""
    whole = sum(weights)
    quotas = [Fraction(total) * weight / whole for weight in weights]
    out = [quota.numerator // quota.denominator for quota in quotas]
    order = sorted(range(len(weights)),
                   key=lambda i: (out[i] - quotas[i], -weights[i], i))
    for i in order[:total - sum(out)]:
        out[i] += 1
    return out


class Tiered:
    def __init__(self, model, segments, number, charge):
        self.model, self.charge = model, charge
        self.segments, self.number = segments, number
        self.segment = segments[number]
        self.tiers = charge["tiers"]
        self.limits, self.periods = {}, {}

    def counted_in(self, day):
        """The day, month or year that a day counts in."""
        if day not in self.periods:
            self.periods[day] = self.period_of(day)
        return self.periods[day]

    def period_of(self, day):
        per = self.tiers["per"] or "month"
        if per == "day":
            return day
        month = month_of_day(day)
        if per == "month":
            return month
        return month // 100 - (month % 100 < (self.tiers["year_from"] or 1))

    def days_of(self, key):
        per = self.tiers["per"] or "month"
        if per == "day":
            return 1
        if per == "month":
            return month_days(key)
        begin = self.tiers["year_from"] or 1
        return (day_number(key + 1, begin, 1) - day_number(key, begin, 1))

    def limit(self, tier, key):
        """Where a tier ends, in ticks; None: nowhere."""
        if tier["to"] is None and not tier["option"]:
            return None
        known = tier["id"], key
        if known not in self.limits:
            options = self.model.contract["options"]
            to = Fraction(options[tier["option"]] if tier["option"]
                          else tier["to"]) * TICKS
            if tier["unit"] == "day":
                to *= self.days_of(key)
            elif tier["unit"] == "kva":
                to *= Fraction(options["kva"])
            elif tier["unit"] == "kw":
                to *= self.model.month.metered(self.charge, key)
            if to.denominator == 1:
                to = to.numerator
            self.limits[known] = to
        return self.limits[known]

    def is_counted(self, entry):
        return not self.tiers["bands"] or entry.band in self.tiers["bands"]

    def counter(self, entry):
        return (self.counted_in(entry.day),
                entry.band if self.tiers["each"] else None)

    def before(self):
        """What earlier stretches have counted."""
        out = {}
        mine = {self.counter(e) for e in self.found}
        for segment in self.segments[:self.number]:
            segment = self.model.by_version(segment, self.segment.version)
            for entry in self.model.entries(segment, self.charge):
                key = self.counter(entry)
                if key in mine and self.is_counted(entry):
                    out[key] = out.get(key, 0) + entry.kwh
        return out

    def slices(self, key, count, kwh):
        """[(tier, kWh)] of what comes after so many."""
        for tier in self.tiers["list"]:
            to = self.limit(tier, key)
            if to is not None and count >= to:
                continue
            part = kwh if to is None else min(kwh, to - count)
            if part > 0:
                yield tier, part
                count, kwh = count + part, kwh - part

    def split(self, found):
        """[(entry, tier or None, kWh)]."""
        self.found = found
        self.counts = self.before()
        how = self.tiers["split"] or "time"
        out = [(e, None, e.kwh) for e in found if not self.is_counted(e)]
        counted = [e for e in found if self.is_counted(e)]
        if how == "time":
            for entry in counted:
                out += self.take(entry, entry.kwh)
        else:
            groups = {}
            for entry in counted:
                groups.setdefault(self.counter(entry), []).append(entry)
            for group in groups.values():
                out += self.by_share(group) if how == "share" \
                    else self.by_order(group)
        busy = {(e.span, e.label) for e, _, _ in out}
        first = self.tiers["list"][0]
        out += [(e, first, 0) for e in counted
                if (e.span, e.label) not in busy]
        return out

    def take(self, entry, kwh):
        key = self.counter(entry)
        count = self.counts.get(key, 0)
        self.counts[key] = count + kwh
        return [(entry, tier, part)
                for tier, part in self.slices(key[0], count, kwh)]

    def sums(self, group):
        """[(entry, kWh)] a band, in the order of the document."""
        sums = {}
        for entry in group:
            of_band = sums.setdefault(entry.band, [entry, 0])
            of_band[1] += entry.kwh
        order = self.segment.order
        return sorted(sums.values(), key=lambda pair:
                      order.index(pair[0].band))

    def by_order(self, group):
        order = self.tiers["order"]
        out = []
        for entry, kwh in sorted(self.sums(group), key=lambda pair:
                                 order.index(pair[0].band)):
            out += self.take(entry, kwh)
        return out

    def by_share(self, group):
        sums = self.sums(group)
        key = self.counter(group[0])
        count = self.counts.get(key, 0)
        total = sum(kwh for _, kwh in sums)
        self.counts[key] = count + total
        slices = list(self.slices(key[0], count, total))
        left = [kwh for _, kwh in sums]
        out = []
        for tier, part in slices[:-1]:
            ticks = largest_remainder(int(Fraction(part) * UNIT / TICKS),
                                      left)
            for i, tick in enumerate(ticks):
                kwh = Fraction(tick * TICKS, UNIT)
                left[i] -= kwh
                if kwh:
                    out.append((sums[i][0], tier, kwh))
        for _, _ in slices[-1:]:
            out += [(sums[i][0], slices[-1][0], kwh)
                    for i, kwh in enumerate(left) if kwh]
        return out
