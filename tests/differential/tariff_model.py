"""What a load comes to under a tariff: a model in exact fractions.

Written from tariff.xsd and qf-tariff(5) alone.  A sheet is one tariff, one
contract and the facts beside them; many loads are rated under it, so what
does not depend on the load is worked out once.

SPDX-License-Identifier: Apache-2.0
"""
from collections import defaultdict
from fractions import Fraction

from settle_num import date_of, first_of, month_of_day, round_to
from settle_price import Bands, Hold, band_order, version_of
from tariff_month import Month
from tariff_price import TariffPrices, is_for
from tariff_tiers import TICKS, Tiered

OTHER = {"import": "export", "export": "import"}


class Segment:
    """A stretch of constant validity."""

    def __init__(self, leg, version, month, from_utc, to_utc, first_day):
        self.leg, self.version, self.month = leg, version, month
        self.from_utc, self.to_utc = from_utc, to_utc
        self.first_day = first_day
        self.order = band_order(version)


class Plan:
    """What is the same of a charge in a stretch for every load.

    pieces are [(interval, minutes, at, span, label, band, day)] in order
    of time; lines are the (span, label) in the order of lines; cells are
    [(line, price, intervals, cut intervals with their parts)]."""

    def __init__(self, model, segment, charge):
        self.pieces = list(model.pieces(segment, charge))
        order = segment.order.index
        self.lines = sorted({(piece[3], order(piece[4]))
                             for piece in self.pieces})
        self.lines = [(span, segment.order[label])
                      for span, label in self.lines]
        self.model, self.segment, self.charge = model, segment, charge
        self.cells = None

    def priced(self):
        if self.cells is None:
            cells, number = {}, {l: n for n, l in enumerate(self.lines)}
            model = self.model
            for i, part, at, span, label, band, _ in self.pieces:
                price = model.prices.find(
                    self.segment.version, self.charge, self.segment.month,
                    band, at)
                cell = cells.setdefault((number[span, label], price),
                                        ([], []))
                if part == model.load.minutes:
                    cell[0].append(i)
                else:
                    cell[1].append((i, part))
            self.cells = [(line, price, whole, cut) for (line, price),
                          (whole, cut) in cells.items()]
        return self.cells


class Entry:
    """kWh of one price: what lines are summed from."""

    __slots__ = ("at", "span", "label", "band", "kwh", "day")

    def __init__(self, at, span, label, band, kwh, day):
        self.at, self.span, self.label = at, span, label
        self.band, self.kwh, self.day = band, kwh, day


class Model:
    def __init__(self, sheet):
        self.sheet = sheet
        self.zone = sheet.zone
        self.contract = sheet.contract
        self.bands = Bands(sheet)
        self.prices = TariffPrices(sheet, sheet.contract)
        self.plans, self.stretches = {}, {}

    def rate(self, load):
        """The lines of a load; held: legs that have none, and why."""
        self.load, self.held = load, {}
        self.out = []
        for leg in sorted({c["leg"] for version
                           in self.sheet.tariff["versions"]
                           for c in version["charges"]}):
            first = len(self.out)
            try:
                self.leg(leg)
            except Hold as hold:
                if hold.reason == "energy-rounding":
                    raise
                self.held[leg] = hold.reason
                del self.out[first:]
        return self.out

    def leg(self, leg):
        self.rests, first = {}, len(self.out)
        segments = self.segments(leg, self.load.from_utc, self.load.to_utc)
        self.month = Month(self, segments)
        for number, segment in enumerate(segments):
            for charge in self.charges(segment):
                if charge["per"] == "kwh":
                    self.energy(segments, number, charge)
                elif charge["per"] in ("kw", "kva"):
                    self.month.capacity(number, charge)
                elif charge["per"] not in ("power-factor", "limit"):
                    self.month.fee(number, charge)
        self.month.adjust(first)

    def charges(self, segment):
        return [c for c in segment.version["charges"]
                if c["leg"] == segment.leg and
                is_for(c.get("whom"), self.contract)]

    # Stretches.

    def segments(self, leg, from_utc, to_utc):
        key = leg, from_utc, to_utc
        if key not in self.stretches:
            self.stretches[key] = list(self.cut(leg, from_utc, to_utc))
        return self.stretches[key]

    def cut(self, leg, from_utc, to_utc):
        """Where versions, months and exemptions change."""
        zone, tariff = self.zone, self.sheet.tariff
        while from_utc < to_utc:
            day = first = zone.day_of(from_utc)
            version = version_of(tariff, day)
            if version is None:
                raise Hold("no-tariff")
            edges = {edge for charge in version["charges"]
                     for rule in charge.get("exempt", ())
                     if is_for(rule["whom"], self.contract)
                     for edge in (rule["from"], rule["to"])}
            day += 1
            while (zone.day_start(day) < to_utc and
                   version_of(tariff, day) is version and
                   month_of_day(day) == month_of_day(first) and
                   day not in edges):
                day += 1
            end = min(zone.day_start(day), to_utc)
            if any(c["leg"] == leg and
                   is_for(c.get("whom"), self.contract)
                   for c in version["charges"]):
                yield Segment(leg, version, month_of_day(first), from_utc,
                              end, first)
            from_utc = end

    def by_version(self, segment, version):
        """An earlier stretch by the hours of the version that counts."""
        if segment.version is version:
            return segment
        key = segment, id(version)
        if key not in self.stretches:
            self.stretches[key] = Segment(
                segment.leg, version, segment.month, segment.from_utc,
                segment.to_utc, segment.first_day)
        return self.stretches[key]

    # Energy.

    def plan(self, segment, charge):
        load = self.load
        key = (segment, id(charge), load.from_utc, load.minutes)
        if key not in self.plans:
            self.plans[key] = Plan(self, segment, charge)
        return self.plans[key]

    def pieces(self, segment, charge):
        load, step = self.load, self.load.minutes * 60
        even = segment.version["split"] == "even"
        moves = self.prices.moves(segment.version, charge)
        band_at, spans = None, {}
        first = (segment.from_utc - load.from_utc) // step
        for i in range(first, load.count):
            start = load.from_utc + i * step
            if start >= segment.to_utc:
                return
            at, end = max(start, segment.from_utc), start + step
            stop = min(end, segment.to_utc)
            while at < stop:
                day = self.zone.day_of(at)
                if band_at is None or not band_at[0] <= at < band_at[1]:
                    band_at = next(b for b in self.bands.of_day(
                        segment.version, day) if at < b[1])
                to = min(stop, band_at[1])
                for name in moves:
                    to = self.next_edge(name, at, to)
                if to - at != step and not even:
                    raise Hold("edge-in-interval")
                reach = self.span(segment, charge, start, at)
                part = (to - at) // 60
                label = band_at[2] if charge["by_band"] else None
                yield (i, part, at, spans.setdefault(reach, reach), label,
                       band_at[2], day)
                at = to

    def next_edge(self, name, at, to):
        for start, end, _, _ in self.sheet.series[name]:
            for edge in (start, end):
                if at < edge < to:
                    to = edge
        return to

    def span(self, segment, charge, start, at):
        if charge["lines"] in ("stretch", "month"):
            return segment.from_utc, segment.to_utc
        if charge["lines"] == "day":
            day = self.zone.day_of(at)
            reach = self.zone.day_start(day), self.zone.day_start(day + 1)
        elif charge["lines"] == "hour":
            reach = at - at % 3600, at - at % 3600 + 3600
        else:
            reach = start, start + self.load.minutes * 60
        return (max(reach[0], segment.from_utc),
                min(reach[1], segment.to_utc))

    def entries(self, segment, charge):
        """kWh of a charge in a stretch, in ticks, in order of time; also
        those of 0 kWh."""
        quantity = charge.get("quantity") or "channel"
        mine = self.load.values[charge["channel"]]
        plan, whole = self.plan(segment, charge).pieces, self.load.minutes
        if quantity == "channel":
            return [Entry(at, span, label, band, mine[i] * part // whole,
                          day)
                    for i, part, at, span, label, band, day in plan]
        other = self.load.values[OTHER[charge["channel"]]]
        over = charge.get("over") or "interval"
        if over == "interval":
            return [Entry(at, span, label, band,
                          set_against(quantity, mine[i], other[i]) * part
                          // whole, day)
                    for i, part, at, span, label, band, day in plan]
        groups = {}
        for i, part, at, span, label, band, day in plan:
            key = (day if over == "day" else 0,
                   segment.order.index(label))
            group = groups.setdefault(key, [at, span, label, band, 0, 0,
                                            day])
            group[4] += mine[i] * part // whole
            group[5] += other[i] * part // whole
        return [Entry(at, span, label, band, set_against(quantity, one, two),
                      day)
                for _, (at, span, label, band, one, two, day)
                in sorted(groups.items())]

    def energy(self, segments, number, charge):
        segment = segments[number]
        self.prices.day = segment.first_day
        if not charge.get("tiers") and not charge.get("loss") and \
                not charge.get("part") and \
                charge.get("over") not in ("day", "month"):
            self.plain_energy(segment, charge)
            return
        if charge.get("loss"):
            found = self.month.loss(segments, number, charge)
        else:
            found = self.entries(segment, charge)
            if charge.get("part"):
                found = self.month.part(segments, number, charge, found)
        if charge.get("tiers"):
            parts = Tiered(self, segments, number, charge).split(found)
        else:
            parts = [(entry, None, entry.kwh) for entry in found]
        lines, moves = {}, self.prices.moves(segment.version, charge)
        known, of_key = {}, None
        for entry, tier, kwh in parts:
            number = tier["number"] if tier else -1
            key = entry.band, number, entry.at if moves else None
            if key not in known:
                known[key] = self.prices.find(
                    segment.version, charge, segment.month, entry.band,
                    entry.at, tier)
            price = known[key]
            key = entry.span, number, entry.label
            of_key = lines.get(key)
            if of_key is None:
                of_key = lines[key] = (tier, {})
            sums = of_key[1]
            if id(price) in sums:
                sums[id(price)][1] += kwh
            else:
                sums[id(price)] = [price, kwh]
        order = segment.order.index
        for key in sorted(lines, key=lambda k: (k[0], k[1], order(k[2]))):
            tier, sums = lines[key]
            self.line_of_parts(segment, charge, key[0], key[2], tier,
                               sums.values())

    def plain_energy(self, segment, charge):
        """What has neither tiers nor parts: by the cells of the plan."""
        mine = self.load.values[charge["channel"]]
        quantity = charge.get("quantity") or "channel"
        if quantity != "channel":
            other = self.load.values[OTHER[charge["channel"]]]
            mine = [set_against(quantity, a, b) for a, b in zip(mine, other)]
        plan = self.plan(segment, charge)
        sums = [[] for _ in plan.lines]
        for line, price, whole, cut in plan.priced():
            kwh = sum([mine[i] for i in whole])
            for i, part in cut:
                kwh += mine[i] * part // self.load.minutes
            sums[line].append((price, kwh))
        for (span, label), parts in zip(plan.lines, sums):
            self.line_of_parts(segment, charge, span, label, None, parts)

    # Lines.

    def line_of_parts(self, segment, charge, reach, label, tier, parts):
        """One line of kWh; parts: [(price, ticks)]."""
        kwh = Fraction(sum([part for _, part in parts]), TICKS)
        rule = segment.version["energy"]
        if rule:
            kwh = self.round_energy(charge, kwh, rule)
        price = exact = None
        prices = [price for price, _ in parts]
        if None not in prices:
            if all(price == prices[0] for price in prices):
                price = prices[0]
                exact = price * kwh
            elif rule:
                raise Hold("energy-rounding")
            else:
                exact = sum(price * part for price, part in parts) / TICKS
        self.put(segment, charge, reach, {
            "quantity": kwh, "unit": "kwh", "price": price, "exact": exact,
            "band": label, "channel": charge["channel"]},
            tier and tier["id"])

    def round_energy(self, charge, kwh, rule):
        scale, mode, carry = rule
        if not carry:
            return round_to(kwh, scale, mode)
        key = charge["channel"], charge["counts"] or charge["id"]
        kwh += self.rests.get(key, 0)
        rounded = round_to(kwh, scale, "down")
        self.rests[key] = kwh - rounded
        return rounded

    def put(self, segment, charge, reach, line, component=None):
        line.update(
            leg=charge["leg"], from_utc=reach[0], to_utc=reach[1],
            month=segment.month, subject=charge["subject"] or charge["id"],
            component=component or charge["id"], charge=charge["id"],
            money=segment.version["money"],
            taxed=(charge["tax"], bool(charge["tax"] and
                                       charge["tax_included"])))
        line["net"] = line["tax"] = line["gross"] = None
        if line["exact"] is not None:
            line["net"], line["tax"], line["gross"] = money(
                line["money"], line["exact"], line["taxed"])
        self.out.append(line)


def rounded_totals(lines):
    """Where money is rounded on the total, what the lines have lost."""
    groups, out = defaultdict(list), []
    for line in lines:
        if line["money"][2] == "total" and line["exact"] is not None:
            groups[line["leg"], line["month"], line["taxed"]].append(line)
    for (leg, month, taxed), some in groups.items():
        total = money(some[0]["money"], sum(line["exact"] for line in some),
                      taxed)
        lost = [total[i] - sum(line[part] for line in some)
                for i, part in enumerate(("net", "tax", "gross"))]
        if any(lost):
            out.append({"component": "rounding", "leg": leg, "month": month,
                        "net": lost[0], "tax": lost[1], "gross": lost[2]})
    return out


def set_against(quantity, mine, other):
    if quantity == "smaller":
        return min(mine, other)
    if quantity == "net":
        return max(mine - other, 0)
    return mine - other


def money(rule, exact, taxed):
    """Net, tax and gross."""
    scale, mode, _ = rule
    rate, included = Fraction(taxed[0] or 0), taxed[1]
    first = round_to(exact, scale, mode)
    if not taxed[0]:
        return first, Fraction(0), first
    if included:
        net = round_to(first / (1 + rate), scale, mode)
        return net, first - net, first
    tax = round_to(first * rate, scale, mode)
    return first, tax, first + tax


def days_of(month):
    """Days of a calendar month."""
    year, number = divmod(month, 100)
    after = month + 1 if number < 12 else (year + 1) * 100 + 1
    return first_of(after) - first_of(month)


def date_text(day):
    return str(date_of(day))
