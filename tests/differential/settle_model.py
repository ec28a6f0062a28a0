"""What contracts owe: a model of settlement in exact fractions.

It knows nothing of the program: only the words of the documents.

SPDX-License-Identifier: Apache-2.0
"""
from collections import defaultdict
from fractions import Fraction

from settle_energy import Energy, meter_at, difference
from settle_num import first_of, is_decimal, round_to
from settle_price import Bands, Hold, Prices, band_order, version_of
from settle_session import Sessions

FOREVER = 1 << 60


class Segment:
    """A stretch of constant validity: of a contract, a version, a month."""

    def __init__(self, contract, version, month, from_utc, to_utc):
        self.contract, self.version, self.month = contract, version, month
        self.from_utc, self.to_utc = from_utc, to_utc
        self.leg_charges = [c for c in version["charges"]
                            if c["leg"] == contract["leg"]]


class Model:
    def __init__(self, world, carried=None):
        self.world = world
        self.carried = carried or {}    # from the period before
        self.carries = {}               # to the next one
        self.zone = world.zone
        self.bands = Bands(world)
        self.prices = Prices(world)
        self.energy = Energy(world)
        self.lines, self.energies, self.roundings = [], {}, []
        self.holds = {}         # (contract, leg, session): reasons

    def rate(self):
        units = defaultdict(list)
        for contract in self.world.contracts:
            units[contract["contract"], contract["leg"]].append(contract)
        for key in sorted(units):
            self.unit(key, sorted(units[key], key=lambda c: c["from"]))
        return self

    def segments(self, stretches):
        """Contract stretches in the period, cut where versions and months
        change."""
        world, out = self.world, []
        for contract in stretches:
            from_utc = max(contract["from"], world.from_utc)
            to_utc = min(contract["to"] or FOREVER, world.to_utc)
            if from_utc >= to_utc:
                continue
            if contract["basis"] != "sessions" and "@session" in (
                    contract["payer"], contract["payee"]):
                raise Hold("no-party")
            tariff = world.tariffs.get(contract["tariff"])
            if tariff is None:
                raise Hold("no-tariff")
            day = self.zone.day_of(from_utc)
            while from_utc < to_utc:
                version = version_of(tariff, day)
                if version is None:
                    raise Hold("no-tariff")
                if version["template"]:
                    raise Hold("tariff-template")
                if not any(c["leg"] == contract["leg"]
                           for c in version["charges"]):
                    raise Hold("no-charge")
                month = self.zone.month_of(from_utc)
                day += 1
                while (self.zone.day_start(day) < to_utc and
                       version_of(tariff, day) is version and
                       self.zone.month_of(self.zone.day_start(day)) == month):
                    day += 1
                end = min(self.zone.day_start(day), to_utc)
                out.append(Segment(contract, version, month, from_utc, end))
                from_utc = end
        return out

    def unit(self, key, stretches):
        self.out = []
        self.stretches = stretches
        if not any(max(c["from"], self.world.from_utc) <
                   min(c["to"] or FOREVER, self.world.to_utc)
                   for c in stretches):
            return
        basis = stretches[0]["basis"]
        self.carry = {channel: self.carried.get(key + (channel,), Fraction(0))
                      for channel in ("import", "export")}
        self.rests = {}
        held = False
        try:
            for segment in self.segments(stretches):
                self.segment(segment, basis)
            if basis == "sessions":
                Sessions(self, key, stretches).rate()
            self.round_totals()
            self.lines += self.out
            for (channel, counts), rest in self.rests.items():
                if counts is True:
                    self.carry[channel] = rest
        except Hold as hold:
            held = True
            self.holds[key + (None,)] = set(hold.args)
        for channel, rest in self.carry.items():
            if rest and (held or (channel, True) in self.rests):
                self.carries[key + (channel,)] = rest
        self.balance(key, held)

    # Intervals and registers.

    def segment(self, segment, basis):
        """Makes the lines, or raises the first reason not to."""
        for charge in segment.leg_charges:
            if charge["per"] != "kwh":
                self.pieces(segment, charge)
            elif basis == "intervals":
                self.by_interval(segment, charge)
            elif basis == "registers":
                self.by_register(segment, charge)

    def pieces(self, segment, charge):
        """A fee: per day, month or once."""
        zone, world = self.zone, self.world
        words = dict(w.split("=") for w in
                     segment.contract["options"].split())
        count = Fraction(words.get("quantity", "1"))
        begin = min(c["from"] for c in self.stretches)
        days = [day for day in range(zone.day_of(segment.from_utc),
                                     zone.day_of(segment.to_utc - 1) + 1)
                if segment.from_utc <= max(begin, world.from_utc,
                                           zone.day_start(day))]
        price = self.prices.at(segment.version, charge, segment.contract,
                               segment.month, None, segment.from_utc)
        if charge["per"] in ("day", "month-by-day"):
            each = charge["lines"] == "day" or charge["per"] != "day"
            for group in ([[d] for d in days] if each else [days]):
                if charge["per"] == "month-by-day":
                    month = self.prices.of_unrounded(
                        segment.version, charge, segment.contract,
                        segment.month)
                    price = round_to(month / (world.end_day -
                                              world.first_day),
                                     *charge["round"])
                if group:
                    self.piece(segment, charge, "day", len(group) * count,
                               price, group if each else None)
            return
        if charge["per"] == "month":
            first = max(begin, zone.day_start(first_of(segment.month)))
        else:
            first = begin
        if segment.from_utc <= first < segment.to_utc:
            unit = "month" if charge["per"] == "month" else "each"
            self.piece(segment, charge, unit, count, price)

    def piece(self, segment, charge, unit, quantity, price, days=None):
        line = {"quantity": quantity, "unit": unit, "price": price,
                "exact": None if price is None else quantity * price,
                "band": None, "channel": None, "loose": False}
        reach = segment.from_utc, segment.to_utc
        if days:
            reach = (max(reach[0], self.zone.day_start(days[0])),
                     min(reach[1], self.zone.day_start(days[-1] + 1)))
        self.put(segment, charge, *reach, line)

    def cut(self, segment, charge):
        """[(interval start, from, to, band, kWh)]: at the edges of bands."""
        version, contract = segment.version, segment.contract
        even = version["split"] == "even"
        out, band_at = [], None
        for start, end, kwh in self.energy.intervals(
                contract["point"], charge["channel"], segment.from_utc,
                segment.to_utc):
            at, stop = max(start, segment.from_utc), min(end, segment.to_utc)
            while at < stop:
                if band_at is None or not band_at[0] <= at < band_at[1]:
                    band_at = next(
                        b for b in self.bands.of_day(
                            version, self.zone.day_of(at)) if at < b[1])
                to = min(stop, band_at[1])
                if to - at != end - start and not even:
                    raise Hold("edge-in-interval")
                part = kwh if to - at == end - start else \
                    kwh * Fraction(to - at, end - start)
                out.append((start, at, to, band_at[2], part))
                at = to
        return out

    def priced(self, segment, charge, series, piece):
        """[(kWh, price)] of a piece, which a series may cut again."""
        start, at, stop, band, kwh = piece
        whole = stop - at
        while at < stop:
            to = self.same_price(series, at, stop) if series else stop
            price = self.prices.at(segment.version, charge, segment.contract,
                                   segment.month, band, at)
            if to < stop and segment.version["split"] != "even":
                raise Hold("edge-in-interval")
            yield kwh * Fraction(to - at, whole), price
            at = to

    def same_price(self, series, at, to):
        """The end of the stretch in which the series has one price."""
        for start, end, _, _ in self.world.series[series]:
            for edge in (start, end):
                if at < edge < to:
                    to = edge
        return to

    def span(self, segment, charge, start, at):
        """How far the line that holds this instant reaches."""
        if charge["lines"] in ("stretch", "month"):
            return segment.from_utc, segment.to_utc
        if charge["lines"] == "day":
            day = self.zone.day_of(at)
            reach = self.zone.day_start(day), self.zone.day_start(day + 1)
        elif charge["lines"] == "hour":
            reach = at - at % 3600, at - at % 3600 + 3600
        else:
            minutes, _ = self.energy.residual(
                segment.contract["point"], charge["channel"], start,
                start + 1)
            reach = start, start + minutes * 60
        return (max(reach[0], segment.from_utc),
                min(reach[1], segment.to_utc))

    def by_interval(self, segment, charge):
        series = self.prices.series_of(segment.version, charge)
        pieces = self.cut(segment, charge)
        spans = []
        for piece in pieces:
            reach = self.span(segment, charge, piece[0], piece[1])
            if not spans or spans[-1][0] != reach:
                spans.append((reach, []))
            spans[-1][1].append(piece)
        if not series:
            for band in {piece[3] for piece in pieces}:
                self.prices.at(segment.version, charge, segment.contract,
                               segment.month, band, segment.from_utc)
        order = band_order(segment.version)
        for reach, pieces in spans:
            sums = defaultdict(list)
            for piece in pieces:
                label = piece[3] if charge["by_band"] else None
                sums[label] += self.priced(segment, charge, series, piece)
            for label in sorted(sums, key=order.index):
                self.line_of_parts(segment, charge, *reach, label,
                                   sums[label])

    def by_register(self, segment, charge):
        contract, version = segment.contract, segment.version
        total = self.register(contract["point"], charge["channel"], "",
                              segment)
        day_bands = {b[2] for day in range(
            self.zone.day_of(segment.from_utc),
            self.zone.day_of(segment.to_utc - 1) + 1)
            for b in self.bands.of_day(version, day)
            if b[0] < segment.to_utc and b[1] > segment.from_utc}
        alone = len({self.prices.at(version, charge, contract, segment.month,
                                    band, segment.from_utc)
                     for band in day_bands}) == 1 and not charge["by_band"]
        if alone or day_bands == {None}:
            price = self.prices.at(version, charge, contract, segment.month,
                                   min(day_bands, key=str), segment.from_utc)
            self.line_of_parts(segment, charge, segment.from_utc,
                               segment.to_utc, None, [(total, price)])
            return
        parts = defaultdict(list)
        for band in sorted(day_bands):
            kwh = self.register(contract["point"], charge["channel"], band,
                                segment)
            price = self.prices.at(version, charge, contract, segment.month,
                                   band, segment.from_utc)
            parts[band if charge["by_band"] else None].append((kwh, price))
        if sum(k for p in parts.values() for k, _ in p) != total:
            raise Hold("register-bands")
        order = band_order(version)
        for band in sorted(parts, key=order.index):
            self.line_of_parts(segment, charge, segment.from_utc,
                               segment.to_utc, band, parts[band])

    def register(self, point, channel, band, segment):
        """kWh of a register, over every meter of the segment."""
        total, at = Fraction(0), segment.from_utc
        while at < segment.to_utc:
            meter = meter_at(self.world, point, at)
            end = min(segment.to_utc, meter["to"] or FOREVER)
            shown = self.world.registers.get(
                (point, meter["meter"], channel, band), {})
            readings = [shown.get(utc) for utc in (at, end)]
            if None in readings:
                raise Hold("missing-register")
            total += Fraction(meter["multiplier"]) * difference(
                Fraction(readings[0]), Fraction(readings[1]),
                meter["digits"])
            at = end
        return total

    # Lines.

    def line_of_parts(self, segment, charge, from_utc, to_utc, band, parts,
                      session=None, month=None):
        """One line of kWh; parts: (kWh, price or None)."""
        kwh = sum((part for part, _ in parts), Fraction(0))
        prices = {price for _, price in parts}
        rule = segment.version["energy"]
        if rule:
            rounded = self.round_energy(segment, charge, kwh, rule)
        else:
            rounded = kwh
        line = {"quantity": rounded, "unit": "kwh", "price": None,
                "exact": None, "band": band, "channel": charge["channel"],
                "loose": not is_decimal(rounded)}
        if None not in prices:
            if len(prices) == 1:
                line["price"] = prices.pop()
                line["exact"] = line["price"] * rounded
            elif rule:
                raise Hold("energy-rounding")
            else:
                line["exact"] = sum(part * price for part, price in parts)
        self.put(segment, charge, from_utc, to_utc, line, session, month)

    def round_energy(self, segment, charge, kwh, rule):
        scale, mode, carry = rule
        if not carry:
            return round_to(kwh, scale, mode)
        key = charge["channel"], charge["counts"] or charge["id"]
        kwh += self.rests.get(key, self.carry[charge["channel"]])
        rounded = round_to(kwh, scale, "floor")
        self.rests[key] = kwh - rounded
        return rounded

    def round_totals(self):
        """Where money is rounded on the total, what the lines have lost."""
        groups = defaultdict(list)
        for line in self.out:
            if line["money"][2] == "total" and line["exact"] is not None:
                groups[line["month"], line["payer"], line["payee"],
                       line["account"], line["total_of"]].append(line)
        for (month, payer, payee, account, session), lines in groups.items():
            by_tax = defaultdict(list)
            for line in lines:
                by_tax[line["taxed"]].append(line)
            lost = [0, 0, 0]
            for taxed, some in by_tax.items():
                total = self.money(some[0]["money"],
                                   sum(line["exact"] for line in some), taxed)
                for i, part in enumerate(("net", "tax", "gross")):
                    lost[i] += total[i] - sum(line[part] for line in some)
            self.roundings.append({
                "contract": lines[0]["contract"], "leg": lines[0]["leg"],
                "month": month, "payer": payer, "payee": payee,
                "account": account, "session": session, "lost": lost,
                "loose": any(line["loose"] for line in lines)})

    def balance(self, key, held):
        """Energy of the unit, by channel."""
        rated = defaultdict(Fraction)
        for line in self.out:
            if line["counts"] and not held:
                rated[line["channel"]] += line["quantity"]
        metered = None
        if self.stretches[0]["basis"] == "intervals":
            metered = {}
            for channel in ("import", "export"):
                metered[channel] = sum(
                    (self.energy.metered(
                        c["point"], channel,
                        max(c["from"], self.world.from_utc),
                        min(c["to"] or FOREVER, self.world.to_utc))
                     for c in self.stretches), Fraction(0))
        self.energies[key] = held, rated, metered

    def put(self, segment, charge, from_utc, to_utc, line, session=None,
            month=None):
        contract, version = segment.contract, segment.version
        payer, payee = (
            session["party"] if session and who == "@session" else who
            for who in (contract["payer"], contract["payee"]))
        line.update(
            contract=contract["contract"], leg=contract["leg"],
            point=contract["point"], payer=payer, payee=payee,
            account=contract["account"] or contract["contract"],
            from_utc=from_utc, to_utc=to_utc, month=month or segment.month,
            subject=charge["subject"] or charge["id"],
            component=charge["id"],
            session=session["session"] if session else None,
            counts=charge["counts"] and line["unit"] == "kwh",
            tax_rate=charge["tax"])
        line["net"] = line["tax"] = line["gross"] = None
        line["money"] = version["money"]
        line["taxed"] = charge["tax"], bool(charge["tax"] and
                                            charge["tax_included"])
        if line["exact"] is not None:
            line["net"], line["tax"], line["gross"] = self.money(
                line["money"], line["exact"], line["taxed"])
        of_session = "@session" in (contract["payer"], contract["payee"])
        line["total_of"] = line["session"] if of_session else None
        self.out.append(line)

    def money(self, rule, exact, taxed):
        """Net, tax and gross, in minor units."""
        scale, mode, _ = rule
        if scale > self.world.money_scale:
            raise Hold("money-scale")
        rate, included = Fraction(taxed[0] or 0), taxed[1]
        first = round_to(exact, scale, mode)
        if taxed[0] and included:
            net = round_to(first / (1 + rate), scale, mode)
            parts = net, first - net, first
        else:
            tax = round_to(first * rate, scale, mode)
            parts = first, tax, first + tax
        return [int(part * 10 ** self.world.money_scale) for part in parts]
