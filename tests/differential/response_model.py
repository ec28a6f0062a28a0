"""What events come to, worked out by the words of a programme document.

Written from programme.xsd and its manual page, in fractions.

SPDX-License-Identifier: Apache-2.0
"""
from fractions import Fraction

from response_baseline import Baseline, Loads, round_sum, seconds_of
from settle_num import month_of_day, round_to

HOUR = 3600
ZERO = Fraction(0)
MEGA = {"mwh": "kwh", "mw": "kw"}


class NoPrice(Exception):
    """Why a step has no price."""


class Model:
    def __init__(self, world):
        self.world, self.zone = world, world.zone
        self.loads = {name: Loads(world.zone, point)
                      for name, point in world.points.items()}
        self.lines, self.steps, self.resources = [], {}, {}
        self.days, self.held = {}, {}
        self.settled = set()
        newest = {}
        for event in world.events:
            old = newest.get(event["event"])
            if old is None or event["modification"] > old["modification"]:
                newest[event["event"]] = event
        self.live = [e for e in newest.values()
                     if e["status"] == "called" and e["test"] == "no"]
        for event in self.live:
            event["points"] = {
                target for name, modification, _, target in world.targets
                if name == event["event"] and
                modification == event["modification"]}

    # Who takes part.

    def resources_of(self, contract, event):
        if contract["programme"] != event["programme"]:
            return []
        return [p for p in self.world.points_of(contract)
                if not event["points"] or p in event["points"]]

    def uses(self, point):
        """Contracts and events that ask the point."""
        for contract in self.world.contracts:
            for event in self.live:
                if point in self.resources_of(contract, event):
                    yield contract, event

    def was_asked(self, point, start, end):
        return any(event["start"] < end and start < event["end"]
                   for _, event in self.uses(point))

    def settle(self):
        first, end = (self.zone.day_start(d) for d in self.world.period)
        for contract in self.world.contracts:
            for event in self.live:
                points = self.resources_of(contract, event)
                if points and first < event["end"] <= end:
                    Case(self, contract, event, points).settle()
        return self


class Case:
    """A contract's part in an event."""

    def __init__(self, model, contract, event, points):
        self.model, self.world = model, model.world
        self.contract, self.event, self.points = contract, event, points
        self.programme = model.world.programmes[contract["programme"]]
        self.key = contract["contract"], event["event"]
        self.reasons = set()
        self.seconds = (self.programme.seconds or
                        event["end"] - event["start"])
        self.pay = self.programme.pay or {}

    def settle(self):
        model, event = self.model, self.event
        model.settled.add(self.key)
        self.check_notice()
        if (event["end"] - event["start"]) % self.seconds:
            self.reasons.add("event-steps")
        else:
            self.starts = range(event["start"], event["end"], self.seconds)
            self.work()
        if self.reasons:
            model.held[self.key] = self.reasons

    def work(self):
        self.check_twice()
        baselines = [self.baseline(point) for point in self.points]
        actual = [self.actual(point) for point in self.points]
        awards = [self.award(utc) for utc in self.starts]
        prices = self.all_prices(awards)
        if len({b.slot for b in baselines}) > 1 and self.wants_highest():
            self.reasons.add("relation-resolution")
        if self.reasons:
            return
        scale, mode = self.programme.baseline["round"].split()
        wholes, parts = round_sum(baselines, int(scale), mode)
        steps = []
        for i, start in enumerate(self.starts):
            step = Step(self, start, wholes[i], sum(a[i] for a in actual),
                        awards[i], prices[i])
            step.highest = self.highest(baselines, i)
            step.elsewhere_most = sum(
                self.elsewhere(b, i, int(scale), mode) for b in baselines)
            step.work()
            steps.append(step)
        if self.reasons:
            return
        for i, step in enumerate(steps):
            self.model.steps[self.key + (step.start,)] = step
            for n, point in enumerate(self.points):
                if self.contract["portfolio"]:
                    self.model.resources[self.key + (step.start, point)] = (
                        parts[i][n], actual[n][i],
                        step.toward(parts[i][n], actual[n][i]))
        self.lines(steps)

    def check_notice(self):
        if self.programme.notice:
            told = self.event["notified"]
            due = seconds_of(self.programme.notice)
            if told is None or self.event["start"] - told < due:
                self.reasons.add("late-notice")

    def check_twice(self):
        for point in self.points:
            for contract, event in self.model.uses(point):
                if (contract["contract"], event["event"]) != self.key and \
                        event["start"] < self.event["end"] and \
                        self.event["start"] < event["end"]:
                    self.reasons.add("earns-twice")

    def baseline(self, point):
        name = self.contract["options"].get("baseline", self.event["event"])
        given = [(a, b, kw) for n, p, a, b, kw in self.world.given
                 if n == name and p == point]
        baseline = Baseline(self.model, self.programme, self.event, point,
                            given)
        if baseline.held:
            self.reasons.add(baseline.held)
        self.model.days[self.key + (point,)] = baseline.days
        return baseline

    def actual(self, point):
        loads = self.model.loads[point]
        found = [loads.net(utc, utc + self.seconds) for utc in self.starts]
        if None in found:
            self.reasons |= {"missing-read", "edge-in-interval"}
        return found

    def award(self, start):
        """kW and price of a step, or None."""
        end, found = start + self.seconds, []
        for event, contract, a, _, b, kw, price in self.world.awards:
            if (contract, event) == self.key and a < end and start < b:
                found.append((Fraction(kw), price))
                if a > start or b < end:
                    self.reasons.add("award-steps")
        if len({price for _, price in found}) > 1:
            self.reasons.add("award-steps")
        if not found:
            if self.programme.award:
                self.reasons.add("no-award")
            return None
        return sum(kw for kw, _ in found), found[0][1]

    # Prices.

    def all_prices(self, awards):
        programme = self.programme
        charges = list(programme.penalties)
        if programme.deviation:
            charges.append(programme.deviation)
        out = []
        for start, award in zip(self.starts, awards):
            try:
                own = self.price(programme.price, start, award)
                out.append([own] + [
                    self.price(c["price"], start, award)
                    if c["price"] else own for c in charges])
            except NoPrice:
                self.reasons.add("no-price")
                out.append(None)
        return out

    def price(self, price, start, award):
        """Of a kWh or kW, and which of them."""
        per, values = price["per"], []
        mega = 1000 if per in MEGA else 1
        for term in price["terms"]:
            of = term["of"]
            if of == "fixed":
                value = Fraction(term["value"])
            elif of == "award":
                if award is None or award[1] == "":
                    raise NoPrice
                value = mega * Fraction(award[1])
                value /= 1000 if term["per"] in MEGA else 1
            elif of == "cleared":
                if not self.event["auction"]:
                    raise NoPrice
                value = mega * self.over(self.world.published, start)
                value /= 1000 if term["per"] in MEGA else 1
            elif of == "series":
                value = mega * self.over(
                    self.world.series.get(term["name"], {}), start)
            else:
                value = Fraction(self.world.table[term["item"]])
                value *= 1000 if per == "mw" else 1
            values.append(value * Fraction(term["factor"] or 1))
        take = {"lowest": min, "highest": max}.get(price["take"], sum)
        total = take(values)
        if price["floor"] is not None:
            total = max(total, Fraction(price["floor"]))
        if price["cap"] is not None:
            total = min(total, Fraction(price["cap"]))
        return total / mega, MEGA.get(per, per)

    def over(self, prices, start):
        """The one price all through a step."""
        end, at, found = start + self.seconds, start, set()
        for a, (b, value) in sorted(prices.items()):
            if a < end and start < b:
                if a > at:
                    raise NoPrice
                at = b
                found.add(Fraction(value))
        if at < end or len(found) != 1:
            raise NoPrice
        return found.pop()

    # Of the points together.

    def wants_highest(self):
        load = (self.programme.valid or {}).get("load") or ""
        return "max" in load or self.programme.direction == "limit"

    def highest(self, baselines, i):
        """Highest mean kW of a slot: of the baseline, of what was."""
        if not self.wants_highest():
            return None
        count, seconds = baselines[0].per_step, baselines[0].slot
        first = self.event["start"] + i * self.seconds
        usual = [sum(b.slots[n] for b in baselines)
                 for n in range(i * count, (i + 1) * count)]
        was = [sum(self.model.loads[p].net(utc, utc + seconds)
                   for p in self.points)
               for utc in range(first, first + self.seconds, seconds)]
        return max(usual) * HOUR / seconds, max(was) * HOUR / seconds

    def elsewhere(self, baseline, i, scale, mode):
        """Export above the baseline's, where another contract pays it."""
        point, loads = baseline.point, baseline.loads
        if self.pay.get("export") == "both" or \
                self.programme.direction == "fill" or \
                not self.world.points[point]["export_contract"]:
            return ZERO
        start = self.event["start"] + i * self.seconds
        end = start + self.seconds
        usual = []
        for day in baseline.used:
            at = self.model.zone.shift(start, day - baseline.day)
            kwh = loads.of("export", at, at + self.seconds)
            if kwh is not None:
                usual.append(kwh)
        usual = (sum(usual) / len(usual) if usual
                 else max(-baseline.steps[i], ZERO))
        more = loads.of("export", start, end) - usual
        return max(round_to(more, scale, mode), ZERO)

    # Money.

    def lines(self, steps):
        programme = self.programme
        scale, mode, by = programme.money
        names = ["response"] + [p["component"] for p in programme.penalties]
        if programme.deviation:
            names.append("deviation")
        for number, name in enumerate(names):
            parts = [step.parts[number] for step in steps]
            exact = sum(round_to(p["amount"], scale, mode) if by == "step"
                        else p["amount"] for p in parts)
            prices = {p["price"] for p in parts}
            plain = all(p["amount"] == p["quantity"] * p["price"]
                        for p in parts)
            sign = -1 if number else 1
            money = round_to(exact, scale, mode) * 100
            self.model.lines.append({
                "contract": self.key[0], "event": self.key[1],
                "component": name, "unit": parts[0]["unit"],
                "month": month_of_day(self.model.zone.day_of(
                    self.event["end"] - 1)),
                "quantity": sum(p["quantity"] for p in parts),
                "price": (sign * prices.pop() if plain and len(prices) == 1
                          else None),
                "exact": sign * exact, "net": sign * money})


class Step:
    """One step of a case: response, what counts, money."""

    def __init__(self, case, start, baseline, actual, award, prices):
        self.case, self.programme = case, case.programme
        self.start, self.seconds = start, case.seconds
        self.baseline, self.actual = baseline, actual
        self.prices = prices
        self.limit = self.programme.direction == "limit"
        self.award = None
        if award is not None:
            self.award = award[0] * self.seconds / HOUR
        self.parts = []

    def toward(self, baseline, actual):
        if self.programme.direction == "fill":
            return actual - baseline
        return baseline - actual

    def work(self):
        self.response = self.toward(self.baseline, self.actual)
        self.elsewhere = max(min(self.response, self.elsewhere_most), ZERO)
        # Of a limit the award asks for what the baseline has above it.
        self.target = self.award
        if self.limit:
            self.target = self.baseline - self.award
        self.asked = None if self.award is None else max(self.target, ZERO)
        self.effective = self.counts() if self.is_valid() else ZERO
        self.deficiency = ZERO
        factor = Fraction(self.case.pay.get("factor") or 1)
        self.money(self.effective, factor, 0, not self.keeps())
        for number, penalty in enumerate(self.programme.penalties):
            self.lacks(self.shortfall(penalty), penalty, number + 1)
        if self.programme.deviation:
            self.lacks(self.deviation(self.programme.deviation),
                       self.programme.deviation, len(self.prices) - 1)
        self.charge = sum((p["amount"] for p in self.parts[1:]), ZERO)

    def keeps(self):
        return self.case.pay.get("negative") == "keep"

    def is_valid(self):
        valid = self.programme.valid or {}
        load = valid.get("load") or ""
        if self.limit and self.highest[1] * self.seconds / HOUR > self.award:
            return False
        if valid.get("rate") and \
                self.response < Fraction(valid["rate"]) * self.asked:
            return False
        if "mean" in load and self.toward(self.baseline, self.actual) <= 0:
            return False
        return not ("max" in load and self.toward(*self.highest) <= 0)

    def counts(self):
        counted = self.response - self.elsewhere
        if counted < 0:
            return counted if self.keeps() else ZERO
        bands = [(Fraction(b["from"]) * self.asked,
                  None if b["to"] is None else Fraction(b["to"]) * self.asked,
                  Fraction(b["factor"]), b["whole"] == "yes")
                 for b in self.programme.bands]
        if bands:
            counted = self.by_bands(counted, bands)
        if self.case.pay.get("most"):
            counted = min(counted,
                          Fraction(self.case.pay["most"]) * self.asked)
        return counted

    @staticmethod
    def by_bands(counted, bands):
        top = bands[-1][1]
        if top is not None:
            counted = min(counted, top)
        inside = [b for b in bands if b[0] <= counted and
                  (b[1] is None or counted < b[1])]
        _, _, factor, whole = (inside or bands)[-1]
        if whole:
            return counted * factor
        return sum((((counted if b is None else min(counted, b)) - a) * factor
                    for a, b, factor, _ in bands if counted > a), ZERO)

    def money(self, kwh, factor, number, floored):
        price, unit = self.prices[number]
        quantity = kwh if unit == "kwh" else kwh * HOUR / self.seconds
        amount = quantity * price * factor
        if floored:
            amount = max(amount, ZERO)
        self.parts.append({"quantity": quantity, "unit": unit,
                           "price": price * factor, "amount": amount})

    def lacks(self, kwh, charge, number):
        self.deficiency += kwh
        self.money(kwh, Fraction(charge["factor"] or 1), number, True)

    def shortfall(self, penalty):
        delivered = (self.effective if penalty["of"] == "effective"
                     else self.response)
        kwh = max(Fraction(penalty["below"]) * self.target - delivered, ZERO)
        if penalty["cap"]:
            kwh = min(kwh, Fraction(penalty["cap"]) * self.asked)
        return kwh

    def deviation(self, rule):
        if rule["opposite"] and self.response < 0:
            capability = self.case.contract["options"].get("capability")
            if capability is None:
                self.case.reasons.add("no-capability")
                return ZERO
            return (Fraction(capability) * self.seconds / HOUR +
                    abs(self.response))
        off = self.response - self.target
        if (off > 0 and rule["side"] == "under") or \
                (off < 0 and rule["side"] == "over"):
            return ZERO
        return max(abs(off) - Fraction(rule["tolerance"]) * self.asked, ZERO)
