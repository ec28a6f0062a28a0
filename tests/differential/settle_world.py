"""Small random worlds: a registry, tariffs, reads and sessions.

SPDX-License-Identifier: Apache-2.0
"""
import copy
import random
from fractions import Fraction

from settle_num import Zone, day_number, month_of_day
from settle_price import Bands, version_of
from settle_tariff import HOLIDAYS, decimal, price, random_version

STARTS = {
    "Europe/Berlin": ((2025, 3, 28), (2025, 10, 24), (2025, 6, 29)),
    "Asia/Shanghai": ((2025, 1, 27), (2025, 2, 1), (2025, 4, 28),
                      (2025, 7, 30)),
}
CHANNELS = ("import", "export")


class World:
    """What goes into the ledger, as texts where the file has texts."""

    def __init__(self, seed):
        self.seed = seed
        rng = self.rng = random.Random(seed)
        self.zone = Zone(rng.choice(sorted(STARTS)))
        start = day_number(*rng.choice(STARTS[self.zone.name]))
        self.first_day = start + rng.randint(0, 2)
        self.end_day = self.first_day + rng.randint(1, 6)
        self.from_utc = self.zone.day_start(self.first_day)
        self.to_utc = self.zone.day_start(self.end_day)
        self.money_scale = rng.choice((2, 2, 2, 3))
        self.parties = ["grid", "op-1", "op-2", "user-1", "user-2", "user-3"]
        self.points, self.meters, self.relations = [], [], []
        self.virtual = set()
        self.contracts, self.sessions = [], {}
        self.reads, self.registers = {}, {}
        self.conditions, self.calendars = {}, {"cn": {}}
        self.prices, self.series, self.tariffs = [], {}, {}
        self.days = range(self.first_day - 4, self.end_day + 2)
        self.make_calendar()
        self.make_prices()
        self.make_tariffs()
        for number in range(rng.randint(6, 14)):
            self.make_point("p%02d" % number)

    def make_calendar(self):
        rng = self.rng
        self.calendars["cn"][day_number(2025, 1, 1)] = ("holiday", "new-year")
        for day in self.days:
            if rng.random() < 0.35:
                kind = rng.choice(("holiday", "holiday", "rest", "workday"))
                name = rng.choice(HOLIDAYS) if kind == "holiday" else ""
                self.calendars["cn"][day] = kind, name
            self.conditions["guangzhou", "temperature-max", day] = \
                decimal(rng, 33, 37, 1)

    def make_prices(self):
        rng = self.rng
        months = sorted({month_of_day(day) for day in self.days})
        for table, tax in (("agency", "included"), ("net", "excluded")):
            for month in months:
                self.make_table(table, tax, month)
        lasting = rng.choice((900, 1800, 3600, 86400))
        begin = self.zone.day_start(self.first_day - 4)
        end = self.zone.day_start(self.end_day + 2)
        unit = rng.choice(("kwh", "mwh"))
        rows = []
        while begin < end:
            text = price(rng) if unit == "kwh" else decimal(rng, -99, 999, 2)
            rows.append((begin, min(begin + lasting, end), text, unit))
            begin += lasting
        if rng.random() < 0.1:
            del rows[rng.randrange(len(rows))]
        self.series["spot"] = rows

    def make_table(self, table, tax, month):
        rng = self.rng
        unit = rng.choice(("kwh", "kwh", "mwh"))
        items = ["list", "agency", "grid", "fund", "peak", "flat", "valley",
                 "deep", "sharp"]
        if rng.random() < 0.25:
            items.remove(rng.choice(items))
        for item in items:
            for user_class, kind in rng.choice((
                    (("", ""),), (("", ""), ("ci", "")),
                    (("ci", ""), ("home", ""), ("", "")),
                    (("", ""), ("ci", "two-part"), ("ci", "")))):
                text = price(rng) if unit == "kwh" else \
                    decimal(rng, 1, 999, rng.choice((0, 3)))
                self.prices.append({
                    "price_table": table, "month": month,
                    "user_class": user_class, "type": kind, "voltage": "",
                    "item": item, "price": text, "unit": unit, "tax": tax})

    def make_tariffs(self):
        rng = self.rng
        for number in range(rng.randint(2, 4)):
            versions = [random_version(rng, self.first_day - 50, "agency",
                                       "spot")]
            if rng.random() < 0.3:
                later = random_version(
                    rng, rng.randint(self.first_day - 1, self.end_day - 1),
                    "agency", "spot")
                later["money"] = versions[0]["money"]
                versions.append(later)
            if rng.random() < 0.04:
                versions[-1]["to"] = self.end_day - 1
                if versions[-1]["from"] >= self.end_day - 1:
                    versions[-1]["to"] = None
            if rng.random() < 0.05:
                make_template(rng.choice(versions))
            name = "t%d" % number
            self.tariffs[name] = {"id": name, "versions": versions}
        self.tariffs["sessions"] = {"id": "sessions", "versions": [
            self.plain_version(self.first_day - 50, True)]}
        self.tariffs["registers"] = {"id": "registers", "versions": [
            self.plain_version(self.first_day - 50, False)]}

    def plain_version(self, day, sessions):
        """One whose charges differ in every band, or have one price."""
        rng = self.rng
        while True:
            version = random_version(rng, day, "agency", "spot")
            kept = [c for c in version["charges"] if c["per"] == "kwh"]
            if not all(c["form"] in ("fixed", "composed") for c in kept):
                continue
            for charge in kept:
                charge["lines"] = "stretch"
                charge["missing"] = None
                if charge["form"] == "fixed" and not (
                        charge["prices"][0][0] or charge["adders"]):
                    charge["by_band"] = charge["by_band_said"] = False
                if sessions:
                    charge["sessions"] = rng.choice((None, None, "even"))
            if all(self.tells_bands_apart(version, c) for c in kept):
                version["charges"] = kept
                return version

    def tells_bands_apart(self, version, charge):
        if not charge["by_band"]:
            return True
        if charge["form"] == "fixed":
            prices = [v for b, v in charge["prices"] if b]
            return not charge["adders"] and not charge["round"] and \
                not version["price"] and prices and \
                len(prices) == len({Fraction(v) for v in prices})
        return False

    # Points, and what is metered there.

    def make_point(self, name):
        rng = self.rng
        self.points.append(name)
        kind = rng.choice(("plain", "plain", "plain", "plain", "registers",
                           "sessions", "sessions", "deduct", "sum",
                           "virtual"))
        multiplier = rng.choice(("1", "1", "80", "2000", "1.5"))
        digits = rng.choice((4, 6))
        self.meters.append({"point": name, "meter": "m-" + name,
                            "multiplier": multiplier, "digits": digits,
                            "from": self.zone.day_start(self.first_day - 99),
                            "to": None})
        if kind == "plain":
            self.make_reads(name)
            self.make_contracts(name, "intervals", self.any_tariff)
            if rng.random() < 0.3:
                self.change_meter(name)
        elif kind == "registers":
            self.make_contracts(name, "registers", lambda: "registers")
            self.make_registers(name, digits)
        elif kind == "sessions":
            self.make_contracts(name, "sessions", lambda: "sessions")
            for number in range(rng.randint(1, 12)):
                self.make_session("%s-%d" % (name, number), name)
        else:
            self.make_tree(name, kind, 0)
            self.make_contracts(name, "intervals", self.any_tariff)

    def make_tree(self, name, kind, depth):
        """What stands behind a point."""
        rng = self.rng
        if kind == "deduct":
            self.make_tree_reads(name)
        elif kind == "virtual":
            self.virtual.add(name)
        roles = [kind] * rng.randint(1, 3)
        if kind == "sum" and rng.random() < 0.3:
            roles.append("deduct")
        for number, role in enumerate(roles):
            child = "%s-c%d" % (name, number)
            self.points.append(child)
            self.relations.append({
                "parent": name, "child": child,
                "role": "deduct" if role == "virtual" else role,
                "from": self.zone.day_start(self.first_day - 99),
                "to": None})
            if depth < 2 and rng.random() < 0.3:
                self.make_tree(child, rng.choice(("sum", "deduct")),
                               depth + 1)
            else:
                self.make_tree_reads(child)

    def make_tree_reads(self, name):
        rng = self.rng
        self.make_reads(name, "primary", rng.choice(("kwh", "kwh", "kw")))
        if rng.random() < 0.2:
            del self.reads[name, rng.choice(CHANNELS)]

    def any_tariff(self):
        return self.rng.choice([t for t in sorted(self.tariffs)
                                if t.startswith("t")])

    def change_meter(self, name):
        """At an hour, of a meter whose reads are no registers."""
        if any(self.reads[name, c]["quantity"] == "register"
               for c in CHANNELS):
            return
        at = self.from_utc + 3600 * self.rng.randint(
            1, (self.to_utc - self.from_utc) // 3600)
        self.meters[-1]["to"] = at
        self.meters.append({"point": name, "meter": "n-" + name,
                            "multiplier": "40", "digits": 6, "from": at,
                            "to": None})

    def make_reads(self, name, side=None, quantity=None):
        rng = self.rng
        side = side or rng.choice(("primary", "secondary"))
        quantity = quantity or rng.choice(("kwh", "kwh", "kwh", "kw",
                                           "register"))
        minutes = rng.choice((15, 15, 15, 15, 30, 60, 60, 5))
        digits = self.meters[-1]["digits"]
        for channel in CHANNELS:
            scale = rng.choice((0, 2, 3))
            quiet = 0.2 if channel == "import" else 0.7
            values, shown = {}, rng.randrange(10 ** (digits + scale))
            for utc in range(self.from_utc, self.to_utc + 1, minutes * 60):
                if utc == self.to_utc and quantity != "register":
                    break
                amount = 0 if rng.random() < quiet else \
                    rng.randint(0, 30 * 10 ** scale)
                if quantity == "register":
                    values[utc] = fixed(shown, scale)
                    shown = (shown + amount // 30) % 10 ** (digits + scale)
                else:
                    values[utc] = fixed(amount, scale)
            if rng.random() < 0.04:
                del values[rng.choice(sorted(values))]
            self.reads[name, channel] = {
                "side": side, "quantity": quantity, "minutes": minutes,
                "values": values, "estimated":
                quantity != "register" and rng.random() < 0.15}

    def make_contracts(self, name, basis, tariff):
        rng = self.rng
        for leg in rng.sample(("supply", "export", "service"),
                              rng.randint(1, 3)):
            begin = self.zone.day_start(self.first_day -
                                        rng.choice((0, 0, 30, -1)))
            if rng.random() < 0.2 and basis == "intervals":
                begin += 3600 * rng.randint(0, 30)
            changes = set()
            if rng.random() < 0.3 and begin <= self.from_utc:
                for _ in range(rng.choice((1, 1, 2))):
                    change = self.zone.day_start(rng.randint(
                        self.first_day + 1, self.end_day))
                    if rng.random() < 0.3 and basis == "intervals":
                        change -= rng.choice((3600, 5400, 900))
                    changes.add(change)
            payer = rng.choice(self.parties[3:])
            if basis == "sessions" and rng.random() < 0.5:
                payer = "@session"
            row = {"contract": "c-" + name, "leg": leg, "point": name,
                   "payer": payer, "payee": rng.choice(self.parties[:3]),
                   "account": rng.choice(("", "acc-" + name)),
                   "tariff": tariff(), "basis": basis, "voltage": "",
                   "user_class": rng.choice(("", "ci", "home")),
                   "type": rng.choice(("", "two-part")),
                   "options": rng.choice(("", "", "quantity=3")),
                   "from": begin, "to": None, "id": (name, leg, 0)}
            self.contracts.append(row)
            for number, change in enumerate(sorted(changes)):
                row["to"] = change
                others = [p for p in self.parties[3:] if p != row["payer"]]
                if number == 1 and rng.random() < 0.5:
                    others = [payer]    # who comes back
                row = dict(row, payer=rng.choice(others), to=None,
                           id=(name, leg, number + 1), **{"from": change})
                if rng.random() < 0.6:
                    row["tariff"] = tariff()
                self.contracts.append(row)

    def make_registers(self, name, digits):
        """Readings at every end of a segment, in total and by band."""
        rng = self.rng
        version = self.tariffs["registers"]["versions"][0]
        edges = {self.from_utc, self.to_utc}
        for day in range(self.first_day, self.end_day):
            if month_of_day(day) != month_of_day(day - 1):
                edges.add(self.zone.day_start(day))
        for row in self.contracts:
            if row["point"] == name:
                edges |= {row[k] for k in ("from", "to")
                          if row[k] is not None and
                          self.from_utc <= row[k] <= self.to_utc}
        change = None
        if rng.random() < 0.4:
            change = self.from_utc + 900 * rng.randint(
                1, (self.to_utc - self.from_utc) // 900 - 1)
            edges.add(change)
            self.meters[-1]["to"] = change
            self.meters.append({"point": name, "meter": "n-" + name,
                                "multiplier": "40", "digits": digits,
                                "from": change, "to": None})
        edges = sorted(edges)
        bands = sorted({r["band"] for r in version["bands"] +
                        version["overlays"]})
        for channel in CHANNELS:
            shown = {band: rng.randrange(10 ** (digits + 2))
                     for band in bands + [""]}
            meter = "m-" + name
            for edge, begin in zip(edges, [None] + edges):
                used = 0
                for band in self.bands_between(version, begin, edge):
                    amount = rng.randint(0, 40000)
                    used += amount
                    if band is not None:
                        shown[band] += amount
                shown[""] += used
                self.show(name, meter, channel, digits, shown, edge)
                if edge == change:
                    meter = "n-" + name
                    shown = {band: rng.randrange(10 ** (digits + 2))
                             for band in shown}
                    self.show(name, meter, channel, digits, shown, edge)
        if rng.random() < 0.1:
            of_key = self.registers[name, "m-" + name, "import", ""]
            del of_key[rng.choice(sorted(of_key))]

    def show(self, name, meter, channel, digits, shown, edge):
        for band, value in shown.items():
            self.registers.setdefault((name, meter, channel, band), {})[
                edge] = fixed(value % 10 ** (digits + 2), 2)

    def bands_between(self, version, begin, end):
        if begin is None:
            return []
        bands = Bands(self)
        return sorted({b[2] for day in range(self.zone.day_of(begin),
                                             self.zone.day_of(end - 1) + 1)
                       for b in bands.of_day(version, day)
                       if b[0] < end and b[1] > begin}, key=str)

    def make_session(self, name, point):
        rng = self.rng
        start = rng.randrange(self.from_utc - 7200, self.to_utc - 600, 60)
        end = start + 60 * rng.randint(5, 400)
        session = {"session": name, "point": point, "start": start,
                   "end": end, "party": rng.choice(self.parties[3:]),
                   "bands": {}, "intervals": {}}
        for channel in CHANNELS:
            scale = rng.choice((0, 2, 3))
            none = rng.random() < (0.1 if channel == "import" else 0.7)
            total = rng.randint(10 ** scale, 90 * 10 ** scale)
            session[channel + "_kwh"] = None if none else fixed(total, scale)
            if none:
                continue
            how = rng.choice(("total", "intervals", "bands"))
            if how == "intervals":
                self.cut_in_time(session, channel, total, scale)
            elif how == "bands":
                self.cut_in_bands(session, channel, total, scale)
        if session["import_kwh"] is None and session["export_kwh"] is None:
            session["import_kwh"] = "7.5"
        self.sessions[name] = session

    def cut_in_time(self, session, channel, total, scale):
        step = self.rng.choice((300, 900, 1800))
        begin = session["start"]
        while begin < session["end"]:
            end = min(begin - begin % step + step, session["end"])
            part = total if end == session["end"] else \
                self.rng.randint(0, total)
            session["intervals"][channel, begin, end] = fixed(part, scale)
            total -= part
            begin = end

    def cut_in_bands(self, session, channel, total, scale):
        version = version_of(self.tariffs["sessions"],
                             self.zone.day_of(session["start"]))
        bands = self.bands_between(version, session["start"], session["end"])
        if None in bands:
            return
        for band in bands:
            part = total if band == bands[-1] else self.rng.randint(0, total)
            session["bands"][channel, band] = fixed(part, scale)
            total -= part

    # A second round.

    def corrected(self):
        """Changes the world; returns what is to be sent: reads, sessions and
        contracts."""
        rng = self.rng
        reads, sessions, contracts = {}, [], []
        for row in self.contracts:
            if rng.random() < 0.1 and row["payer"] != "@session":
                row["payer"] = rng.choice([p for p in self.parties[3:]
                                           if p != row["payer"]])
                contracts.append(row)
        for key in sorted(self.reads):
            of_key = self.reads[key]
            if of_key["quantity"] == "register" or rng.random() < 0.6:
                continue
            for utc in rng.sample(sorted(of_key["values"]), 3):
                new = None if rng.random() < 0.05 else fixed(
                    rng.randint(0, 99), 1)
                of_key["values"][utc] = new
                reads.setdefault(key, {})[utc] = new
        for name in sorted(self.sessions):
            session = self.sessions[name]
            if rng.random() < 0.2 and not session["bands"] and \
                    not session["intervals"] and session["import_kwh"]:
                session["import_kwh"] = decimal(rng, 1, 50, 3)
                sessions.append(session)
        return reads, sessions, contracts

    def measured(self):
        """Measured values in the place of estimated ones: {key: {start:
        value}}; changes the world."""
        rng, out = self.rng, {}
        for key in sorted(self.reads):
            values = self.reads[key]["values"]
            if not self.reads[key]["estimated"]:
                continue
            for utc in rng.sample(sorted(values), len(values) // 2):
                values[utc] = fixed(rng.randint(0, 99), 1)
                out.setdefault(key, {})[utc] = values[utc]
        return out

    def part(self, first_day, end_day):
        """The same world over some of its days."""
        out = copy.copy(self)
        out.first_day, out.end_day = first_day, end_day
        out.from_utc = self.zone.day_start(first_day)
        out.to_utc = self.zone.day_start(end_day)
        return out


def make_template(version):
    """Leaves a number open, where there is one to be said."""
    for charge in version["charges"]:
        if charge["form"] == "fixed":
            charge["prices"][0] = charge["prices"][0][0], ""
            version["template"] = True
            return


def fixed(value, scale):
    """value / 10 ** scale, with all its decimals."""
    if scale == 0:
        return str(value)
    digits = str(value).rjust(scale + 1, "0")
    return digits[:-scale] + "." + digits[-scale:]
