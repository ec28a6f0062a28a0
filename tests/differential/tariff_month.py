"""What is owed by the month: demand, capacity, fees, losses, fixed shares,
power factor and limits.

SPDX-License-Identifier: Apache-2.0
"""
from collections import defaultdict
from copy import copy
from fractions import Fraction
from math import isqrt

from settle_num import first_of, is_decimal, month_of_day, round_to
from settle_price import Hold, version_of
from tariff_price import is_exempt, is_for
from tariff_tiers import TICKS, UNIT, largest_remainder, month_days

REACTIVE = {"import": "import-reactive", "export": "export-reactive"}


def step_back(month, count):
    number = month // 100 * 12 + month % 100 - 1 - count
    return number // 12 * 100 + number % 12 + 1


class Month:
    def __init__(self, model, segments):
        self.model, self.segments = model, segments
        self.load, self.zone = model.load, model.zone
        self.known = {}
        # The contract's part of the load.
        self.span = (segments[0].from_utc, segments[-1].to_utc) \
            if segments else (0, 0)

    def intervals(self):
        """[(number, month)] of the contract's part of the load."""
        if "intervals" not in self.known:
            self.known["intervals"] = [
                (i, month_of_day(self.zone.day_of(start)))
                for i, start in enumerate(range(
                    self.load.from_utc, self.load.to_utc,
                    self.load.minutes * 60))
                if self.span[0] <= start < self.span[1]]
        return self.known["intervals"]

    def day_count(self, number):
        """Days of the calendar that a stretch touches first."""
        segment = self.segments[number]
        first = self.zone.day_of(segment.from_utc)
        if number and self.zone.day_of(
                self.segments[number - 1].to_utc - 1) == first:
            first += 1
        return self.zone.day_of(segment.to_utc - 1) + 1 - first

    def is_first(self, number):
        return not number or self.segments[number - 1].month != \
            self.segments[number].month

    # Demand and capacity.

    def quantities(self, charge):
        """By interval, set against the other channel if at all."""
        quantity = charge.get("quantity") or "channel"
        mine = self.load.values[charge["channel"]]
        if quantity == "channel":
            return mine
        other = self.load.values[
            "export" if charge["channel"] == "import" else "import"]
        if quantity == "smaller":
            return [min(a, b) for a, b in zip(mine, other)]
        return [max(a - b, 0) if quantity == "net" else a - b
                for a, b in zip(mine, other)]

    def windows(self, charge):
        """{month: the highest mean in kW}."""
        demand = charge["demand"]
        version = next(v for v in self.model.sheet.tariff["versions"]
                       if charge in v["charges"])
        key = "windows", id(charge)
        if key in self.known:
            return self.known[key]
        load, values = self.load, self.quantities(charge)
        each = load.minutes
        count = demand["window"] // each
        if count * each != demand["window"]:
            raise Hold("demand-window")
        out = {}
        for i in range(load.count - count + 1):
            start = load.from_utc + i * each * 60
            if not self.span[0] <= start < self.span[1]:
                continue
            day = self.zone.day_of(start)
            since = (start - self.zone.day_start(day)) // 60
            if not demand["sliding"] and since % demand["window"]:
                continue
            end = start + demand["window"] * 60
            if month_of_day(self.zone.day_of(end - 1)) != month_of_day(day):
                continue
            if demand["bands"] and not self.lies_in(
                    version, demand["bands"], start, end):
                continue
            month = month_of_day(day)
            mean = Fraction(sum(values[i:i + count]) * 60,
                            demand["window"] * TICKS)
            out[month] = max(out.get(month, mean), mean)
        self.known[key] = out
        return out

    def lies_in(self, version, bands, start, end):
        """By the hours of the version that bills, whichever held then."""
        for day in {self.zone.day_of(start), self.zone.day_of(end - 1)}:
            for at, to, band in self.model.bands.of_day(version, day):
                if at < end and to > start and band not in bands:
                    return False
        return True

    def metered(self, charge, month):
        return self.windows(charge).get(month, Fraction(0))

    def billed(self, charge, month):
        """The kW that are billed; None where no window says any."""
        demand, options = charge["demand"], self.model.contract["options"]
        kw = self.metered(charge, month)
        if demand["ratchet"]:
            past = [step_back(month, n + 1)
                    for n in range(demand["ratchet_months"])]
            known = self.windows(charge)
            highest = [known[m] for m in past if m in known and (
                not demand["ratchet_of"] or
                m % 100 in demand["ratchet_of"])]
            if highest:
                kw = max(kw, Fraction(demand["ratchet"]) * max(highest))
        if demand["agreed"]:
            agreed = Fraction(options[demand["agreed"]])
            if demand["least"]:
                kw = max(kw, Fraction(demand["least"]) * agreed)
            if demand["over"]:
                edge = Fraction(demand["over"]) * agreed
                if kw > edge:
                    kw = edge + (kw - edge) * Fraction(demand["times"])
        if not kw and month not in self.windows(charge):
            return None
        return round_to(kw, *demand["round"]) if demand["round"] else kw

    def month_kwh(self, charge, month):
        values = self.quantities(charge)
        return Fraction(sum(values[i] for i, m in self.intervals()
                            if m == month), TICKS)

    def share(self, number, charge):
        """What part of a month's price a stretch has; 0 is no line."""
        segment = self.segments[number]
        how = charge.get("share") or "whole"
        if how == "whole":
            return Fraction(1 if self.is_first(number) else 0)
        days, whole = self.day_count(number), month_days(segment.month)
        of_contract = sum(self.day_count(n) for n, s
                          in enumerate(self.segments)
                          if s.month == segment.month)
        if how == "days" or of_contract == whole:
            return Fraction(days, whole)
        return Fraction(days, 30)

    def capacity(self, number, charge):
        segment, model = self.segments[number], self.model
        share = self.share(number, charge)
        if not share:
            return
        model.prices.day = segment.first_day
        options, factor = model.contract["options"], Fraction(1)
        if charge["per"] == "kva":
            count = Fraction(options["kva"])
        else:
            count = self.billed(charge, segment.month)
            if count is None:
                return
            demand = charge["demand"]
            if demand["discount"] and self.month_kwh(
                    charge, segment.month) >= Fraction(
                        demand["discount_from"]) * Fraction(options["kva"]):
                factor = Fraction(demand["discount"])
        rule = charge["round"] or segment.version["price"]
        for tier, part in self.in_tiers(charge, count):
            price = model.prices.of_unrounded(
                segment.version, charge, model.contract, segment.month,
                None, segment.from_utc, tier) * factor
            if rule:
                price = round_to(price, *rule)
            self.put_share(number, charge, part, price, share, tier)

    def in_tiers(self, charge, count):
        if not charge.get("tiers"):
            return [(None, count)]
        out, done = [], Fraction(0)
        for tier in charge["tiers"]["list"]:
            to = None
            if tier["to"] is not None:
                to = Fraction(tier["to"])
                if tier["unit"] == "kva":
                    to *= Fraction(self.model.contract["options"]["kva"])
            if to is not None and done >= to:
                continue
            part = count - done if to is None else min(count, to) - done
            if part > 0:
                out.append((tier, part))
                done += part
        return out or [(charge["tiers"]["list"][0], Fraction(0))]

    def put_share(self, number, charge, count, price, share, tier):
        """A month's price for a stretch."""
        segment = self.segments[number]
        self.model.put(segment, charge, (segment.from_utc, segment.to_utc), {
            "quantity": count * share, "unit": charge["per"], "price": price,
            "exact": count * price * share, "band": None,
            "channel": None}, tier and tier["id"])

    # Fees.

    def fee(self, number, charge):
        segment, model = self.segments[number], self.model
        model.prices.day = segment.first_day
        count = Fraction(model.contract["options"].get("quantity", "1"))
        price = model.prices.find(segment.version, charge, segment.month,
                                  None, segment.from_utc)
        reach = segment.from_utc, segment.to_utc
        if charge["per"] == "day":
            days = self.day_count(number)
            if charge["lines"] != "day":
                self.put_fee(segment, charge, reach, "day", days * count,
                             price)
                return
            last = self.zone.day_of(segment.to_utc - 1)
            for day in range(last - days + 1, last + 1):
                self.put_fee(segment, charge, (
                    max(reach[0], self.zone.day_start(day)),
                    min(reach[1], self.zone.day_start(day + 1))), "day",
                    count, price)
        elif charge["per"] == "month":
            share = self.share(number, charge)
            if share:
                self.put_fee(segment, charge, reach, "month", count, price,
                             share)
        elif number == 0:
            self.put_fee(segment, charge, reach, "each", count, price)

    def put_fee(self, segment, charge, reach, unit, count, price, share=1):
        self.model.put(segment, charge, reach, {
            "quantity": count * share, "unit": unit, "price": price,
            "exact": None if price is None else count * price * share,
            "band": None, "channel": None})

    # Losses and fixed shares.

    def loss(self, segments, number, charge):
        """Entries of the kWh lost, a band each."""
        model, segment, rule = self.model, segments[number], charge["loss"]
        options = model.contract["options"]
        found = model.entries(segment, charge)
        sums = {}
        for entry in found:
            sums.setdefault(entry.band, [entry, 0])[1] += entry.kwh
        order = segment.order
        sums = sorted(sums.values(), key=lambda p: order.index(p[0].band))
        fixed = Fraction(options[rule["option"]] if rule["option"]
                         else rule["kwh"] or 0)
        fixed *= Fraction(self.day_count(number),
                          rule["days"] or month_days(segment.month))
        lost = fixed + Fraction(rule["percent"] or 0) / 100 * Fraction(
            sum(kwh for _, kwh in sums), TICKS)
        if not rule["round"]:
            raise Hold("the model wants a rounding here")
        lost = round_to(lost, *rule["round"])
        ticks = int(lost * 10 ** rule["round"][0])
        if rule["band"]:
            # Also where the stretch has none of its hours.
            sums = [[copy(found[0]), 0]]
            sums[0][0].band = rule["band"]
            sums[0][0].label = rule["band"] if charge["by_band"] else None
            parts = [ticks]
        elif any(kwh for _, kwh in sums):
            parts = largest_remainder(ticks, [kwh for _, kwh in sums])
        elif not ticks or not charge["by_band"]:
            parts = [ticks] + [0 for _ in sums[1:]]
        else:
            raise Hold("no-bands")
        for (entry, _), part in zip(sums, parts):
            entry.kwh = Fraction(part * TICKS, 10 ** rule["round"][0])
        return [entry for entry, _ in sums if entry.kwh]

    def part_of(self, segments, number, charge, found):
        """kWh of a charge's part, by band."""
        sums = defaultdict(int)
        for entry in found:
            sums[entry.band] += entry.kwh
        bands = sorted(sums, key=segments[number].order.index)
        rule, options = charge["part"], self.model.contract["options"]
        said = options[rule["option"]] if rule["option"] else \
            rule["percent"] or rule["kwh"]
        if rule["of"] == "percent":
            return {b: Fraction(said) / 100 * sums[b] for b in bands}
        total = sum(sums.values())
        percents = sum(
            Fraction(options[c["part"]["option"]] if c["part"]["option"]
                     else c["part"]["percent"])
            for c in self.siblings(segments[number], charge)
            if c["part"]["of"] == "percent")
        whole = month_days(segments[number].month)
        until = self.zone.day_of(segments[number].to_utc - 1) + 1 - \
            first_of(segments[number].month)
        until = [Fraction(said) * Fraction(days, whole)
                 for days in (until, until - self.day_count(number))]
        want = round_to(until[0], 9, "half-up") - \
            round_to(until[1], 9, "half-up")
        want = min(want,
                   Fraction(total * (100 - percents)) / 100 / TICKS)
        if not total:
            return {b: Fraction(0) for b in bands}
        parts = largest_remainder(int(want * UNIT),
                                  [sums[b] for b in bands])
        return {b: Fraction(p * TICKS, UNIT) for b, p in zip(bands, parts)}

    def siblings(self, segment, charge):
        return [c for c in self.model.charges(segment)
                if c.get("part") and c["channel"] == charge["channel"]]

    def part(self, segments, number, charge, found):
        """The entries with the part that the charge has of each."""
        sums, entries = defaultdict(int), {}
        for entry in found:
            sums[entry.band] += entry.kwh
            entries.setdefault(entry.band, entry)
        if charge["part"]["of"] == "rest":
            out = dict(sums)
            for other in self.siblings(segments[number], charge):
                if other["part"]["of"] != "rest":
                    taken = self.part_of(segments, number, other, found)
                    for band in out:
                        out[band] -= taken[band]
        else:
            out = self.part_of(segments, number, charge, found)
        for band, entry in entries.items():
            entry.kwh = out[band]
        return list(entries.values())

    # On top of the others.

    def adjust(self, first):
        """Power factor, by the stretch, then limits, by the month."""
        for number, segment in enumerate(self.segments):
            for charge in self.model.charges(segment):
                if charge["per"] == "power-factor":
                    self.power_factor(segment, charge, first)
        for number, segment in enumerate(self.segments):
            last = number + 1 == len(self.segments) or \
                self.is_first(number + 1)
            for charge in self.model.charges(segment) if last else ():
                if charge["per"] == "limit":
                    self.limit(segment, charge, first)

    def lines_of(self, charge, segment, first):
        return [line for line in self.model.out[first:]
                if line.get("charge") in charge["of"] and
                line["month"] == segment.month]

    def in_month(self, channel, month):
        values = self.load.values[channel]
        return sum(values[i] for i, m in self.intervals() if m == month)

    def factor(self, charge, month):
        """The month's power factor, or None."""
        active = reactive = 0
        for channel in ("import", "export") if charge["export"] == "yes" \
                else ("import",):
            active += self.in_month(channel, month)
            reactive += self.in_month(REACTIVE[channel], month)
        if not active and not reactive:
            return None
        scale, mode = charge["round"] or (2, "half-up")
        return root_rounded(Fraction(active ** 2,
                                     active ** 2 + reactive ** 2),
                            scale, mode)

    def power_factor(self, segment, charge, first):
        factor = self.factor(charge, segment.month)
        if factor is None:
            return
        lines = [line for line in self.lines_of(charge, segment, first)
                 if segment.from_utc <= line["from_utc"] < segment.to_utc]
        percent = None
        for rule in charge["ranges"]:
            if Fraction(rule["from"]) <= factor <= Fraction(rule["to"]):
                percent = Fraction(rule["percent"])
                if rule["each"]:
                    percent += Fraction(rule["each"]) * 100 * abs(
                        factor - Fraction(rule["at"] or rule["from"]))
                break
        if percent is None:
            raise Hold("power-factor")
        base = sum((line["exact"] - self.items_of(segment, charge, line)
                    for line in lines), Fraction(0))
        tax, included = self.tax_of(segment, charge)
        self.model.put(segment, dict(charge, tax=tax, tax_included=included),
                       (segment.from_utc, segment.to_utc), {
            "quantity": base, "unit": "amount", "price": percent / 100,
            "exact": base * percent / 100, "band": None, "channel": None,
            "loose": is_loose(lines)})

    def items_of(self, segment, charge, line):
        """What the items that are left out have of a line."""
        of = next((c for c in segment.version["charges"]
                   if c["id"] == line["charge"]), None)
        if not charge["without"] or not of:
            return 0
        self.model.prices.day = segment.first_day
        return line["quantity"] * self.price_of_items(
            segment, charge["without"], of, line["band"])

    def price_of_items(self, segment, items, of, band):
        version, contract = segment.version, self.model.contract
        if is_exempt(of, contract, segment.first_day):
            return 0
        if of["form"] == "same-as":
            other = next(c for c in version["charges"]
                         if of["same_as"] in (c["id"], c["tag"]))
            return Fraction(of["factor"] or 1) * self.price_of_items(
                segment, items, other, band)
        if of["form"] != "composed":
            return 0
        return sum(self.model.prices.pair(
            version, dict(of, components=[
                c for c in of["components"] if c["id"] in items]),
            contract, segment.month, band))

    def reach(self, month):
        mine = [s for s in self.segments if s.month == month]
        return mine[0].from_utc, mine[-1].to_utc

    def limit(self, segment, charge, first):
        """What lacks to the least, or is over the most, net of tax."""
        lines = [line for line in self.lines_of(charge, segment, first)
                 if line["net"] is not None]
        if segment.version["money"][2] == "total":
            total = sum(without_tax(line["exact"], line["taxed"])
                        for line in lines)
        else:
            total = sum(line["net"] for line in lines)
        lack = Fraction(0)
        if charge["least"] is not None:
            lack = max(lack, Fraction(charge["least"]) - total)
        if charge["most"] is not None and not lack:
            lack = min(lack, Fraction(charge["most"]) - total)
        if lack:
            tax, included = self.tax_of(segment, charge)
            if included:
                lack *= 1 + Fraction(tax)
            self.model.put(segment, dict(
                charge, tax=tax, tax_included=included),
                self.reach(segment.month),
                {"quantity": Fraction(1), "unit": "each", "price": None,
                 "exact": lack, "band": None, "channel": None,
                 "loose": is_loose(lines)})

    def tax_of(self, segment, charge):
        of = next(c for c in segment.version["charges"]
                  if c["id"] in charge["of"])
        if "of" in of:
            return self.tax_of(segment, of)
        return of["tax"], bool(of["tax"] and of["tax_included"])


def is_loose(lines):
    """Whether an amount that is summed is no finite decimal."""
    return any(line.get("loose") or not is_decimal(line["exact"])
               for line in lines)


def without_tax(amount, taxed):
    rate, included = taxed
    return amount / (1 + Fraction(rate)) if included else amount


def root_rounded(square, scale, mode):
    """The root of a fraction from 0 to 1, rounded."""
    ticks = 10 ** scale
    scaled = square * ticks * ticks
    low = isqrt(scaled.numerator // scaled.denominator)
    if low * low == scaled:
        return Fraction(low, ticks)
    if mode in ("half-up", "half-even"):
        # Twice the root against an odd number: equal only where rational.
        twice, odd = 4 * scaled, (2 * low + 1) ** 2
        if twice > odd or twice == odd and (mode == "half-up" or low % 2):
            low += 1
    elif mode in ("up", "ceiling"):
        low += 1
    return Fraction(low, ticks)


def first_day(month):
    return first_of(month)


def fits(charge, contract):
    return is_for(charge.get("whom"), contract)
