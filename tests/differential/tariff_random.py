"""Random sheets: a tariff of any structure, a contract, facts, and loads.

SPDX-License-Identifier: Apache-2.0
"""
import random

from settle_num import MODES, Zone, day_number, month_of_day
from settle_tariff import (blank_charge, decimal, price, random_bands,
                           random_charge)
from tariff_tiers import TICKS

STARTS = {
    "Asia/Shanghai": ((2025, 1, 27), (2025, 2, 26), (2025, 4, 28),
                      (2025, 7, 30), (2024, 12, 29), (2024, 2, 27)),
    "Europe/Berlin": ((2025, 3, 28), (2025, 10, 24), (2025, 12, 29)),
}
CLASSES = ("ci", "home")
TYPES = ("single", "two-part")
VOLTAGES = ("1-10kV", "35kV")
CHANNELS = ("import", "export", "import-reactive", "export-reactive")
HOLIDAYS = ("spring-festival", "labour-day")


class Load:
    """What one point used: ticks of a kWh an interval."""

    def __init__(self, point, from_utc, minutes, count, values):
        self.point, self.from_utc, self.minutes = point, from_utc, minutes
        self.count, self.values = count, values
        self.to_utc = from_utc + count * minutes * 60


class Sheet:
    def __init__(self, seed, loads):
        self.seed = seed
        rng = self.rng = random.Random(seed)
        self.zone = Zone(rng.choice(("Asia/Shanghai", "Asia/Shanghai",
                                     "Europe/Berlin")))
        self.choose_days()
        self.contract = {
            "user_class": rng.choice(CLASSES + ("",)),
            "type": rng.choice(TYPES + ("",)),
            "voltage": rng.choice(VOLTAGES + ("",)),
            "options": {"kva": decimal(rng, 1, 40, rng.choice((0, 0, 1))),
                        "agreed": decimal(rng, 1, 20, rng.choice((0, 1))),
                        "edge": decimal(rng, 1, 60, rng.choice((0, 2))),
                        "green": rng.choice(("yes", "no"))}}
        if rng.random() < 0.2:
            self.contract["options"]["quantity"] = rng.choice(("2", "1.5"))
        self.whole = rng.random() < 0.3     # kWh without decimals
        self.mean = rng.choice((1, 3, 20))  # kWh an interval, about
        self.make_calendar()
        self.make_prices()
        self.tariff = {"id": "t", "versions": self.versions()}
        loads = loads if self.count < 200 else max(1, loads // 4)
        self.loads = [self.load("p%03d" % n) for n in range(loads)]

    def choose_days(self):
        rng = self.rng
        start = day_number(*rng.choice(STARTS[self.zone.name]))
        self.minutes = rng.choice((15, 30, 60, 60))
        kind = rng.random()
        if kind < 0.7:
            days = rng.randint(1, {15: 2, 30: 3, 60: 4}[self.minutes])
            self.first_day = start + rng.randint(0, 2)
        elif kind < 0.95:
            days, self.minutes = rng.randint(5, 12), 60
            self.first_day = start - rng.randint(0, 5)
        else:
            days, self.minutes = rng.randint(30, 100), 60
            self.first_day = start - rng.randint(0, 60)
        self.from_utc = self.zone.day_start(self.first_day)
        self.to_utc = self.zone.day_start(self.first_day + days)
        if rng.random() < 0.2 and days > 1:
            self.from_utc += 3600 * rng.randint(1, 20)
        if rng.random() < 0.2 and days > 1:
            self.to_utc -= 3600 * rng.randint(1, 20)
        self.end_day = self.zone.day_of(self.to_utc - 1) + 1
        self.days = range(self.first_day - 40, self.end_day + 2)
        self.count = (self.to_utc - self.from_utc) // (self.minutes * 60)

    # Facts.

    def make_calendar(self):
        rng = self.rng
        self.calendars, self.conditions = {"cn": {}}, {}
        for year in (2023, 2024, 2025, 2026):
            self.calendars["cn"][day_number(year, 1, 1)] = (
                "holiday", "new-year")
        for day in self.days:
            if rng.random() < 0.3:
                kind = rng.choice(("holiday", "holiday", "rest", "workday"))
                name = rng.choice(HOLIDAYS) if kind == "holiday" else ""
                self.calendars["cn"][day] = kind, name
            self.conditions["guangzhou", "temperature-max", day] = \
                decimal(rng, 33, 37, 1)

    def make_prices(self):
        rng = self.rng
        self.prices, self.series = [], {}
        months = sorted({month_of_day(day) for day in self.days})
        for table, tax in (("agency", "included"), ("net", "excluded")):
            for month in months:
                self.make_table(table, tax, month)
        lasting = rng.choice((3600, 3600, 86400, self.minutes * 60))
        if self.count > 400:
            lasting = 86400
        begin = self.zone.day_start(self.first_day - 1)
        end = self.zone.day_start(self.end_day + 1)
        unit, rows = rng.choice(("kwh", "mwh")), []
        while begin < end:
            to = min(begin + lasting, end)
            if lasting == 86400:
                to = self.zone.day_start(self.zone.day_of(begin) + 1)
            text = decimal(rng, -1, 2, rng.choice((2, 4))) \
                if unit == "kwh" else decimal(rng, -99, 999, 2)
            rows.append((begin, to, text, unit))
            begin = to
        self.series["spot"] = rows

    def make_table(self, table, tax, month):
        rng = self.rng
        unit = rng.choice(("kwh", "kwh", "mwh"))
        for item in ("list", "agency", "grid", "fund", "peak", "flat",
                     "valley", "deep", "sharp"):
            for words in rng.choice((
                    (("", "", ""),), (("", "", ""), ("ci", "", "")),
                    (("", "", ""), ("ci", "two-part", ""), ("ci", "", ""),
                     ("ci", "two-part", "1-10kV")),
                    (("ci", "", ""), ("home", "", ""), ("", "", "")))):
                text = price(rng) if unit == "kwh" else \
                    decimal(rng, -50, 999, rng.choice((0, 3)))
                self.prices.append({
                    "price_table": table, "month": month,
                    "user_class": words[0], "type": words[1],
                    "voltage": words[2], "item": item, "price": text,
                    "unit": unit, "tax": tax})

    # Loads.

    def load(self, point):
        rng = self.rng
        values = {}
        for channel in CHANNELS:
            scale = 0 if self.whole else rng.choice((0, 1, 2, 3, 3))
            quiet = rng.choice((0, 0.1, 0.5, 0.9, 1))
            if channel == "import":
                quiet = rng.choice((0, 0, 0.1, 0.5))
            top = max(1, int(2 * self.mean * 10 ** scale *
                             rng.choice((0.2, 1, 1))))
            unit = TICKS // 10 ** scale
            values[channel] = [
                0 if quiet and rng.random() < quiet
                else rng.randint(0, top) * unit for _ in range(self.count)]
        return Load(point, self.from_utc, self.minutes, self.count, values)

    def about(self, days):
        """A number of kWh that a load may reach in so many days."""
        rng = self.rng
        expected = self.mean * 24 * 60 // self.minutes * days
        scale = 0 if self.whole else rng.choice((0, 0, 1, 3))
        return decimal(rng, 0, max(1, expected), scale)

    # The tariff.

    def versions(self):
        rng = self.rng
        out = [self.version(self.first_day - 200)]
        if rng.random() < 0.25 and self.end_day - self.first_day > 1:
            later = self.version(rng.randint(self.first_day + 1,
                                             self.end_day - 1))
            later["money"] = out[0]["money"]
            for charge in out[0]["charges"]:
                charge["exempt"] = [
                    rule for rule in charge.get("exempt", ())
                    if rule["from"] is None or rule["from"] < later["from"]]
            out.append(later)
        return out

    def version(self, from_day):
        rng = self.rng
        self.from_day, self.charges = from_day, []
        rules, overlays, bands = [], [], []
        if rng.random() < 0.85:
            rules, overlays, bands = random_bands(rng)
        self.bands = bands
        charges = [random_charge(rng, "import", bands, [], "agency",
                                 "spot")]
        charges.append(random_charge(rng, "export", bands, charges[:1],
                                     "agency", "spot"))
        charges.append(random_charge(rng, "service", bands, charges[:1],
                                     "agency", "spot"))
        if rng.random() < 0.4:
            charges.append(random_charge(
                rng, "charge", bands, charges[:2], "agency", "spot",
                id="extra", leg=rng.choice(("supply", "other")),
                channel=rng.choice(("import", "export")), counts=False))
        self.charges = charges
        for charge in charges:
            self.decorate(charge)
        if rng.random() < 0.2:
            charges += self.parts()
        if rng.random() < 0.2:
            charges.append(self.loss())
        if rng.random() < 0.25:
            charges.append(self.demand())
        if rng.random() < 0.15:
            charges.append(self.fixed("capacity", "kva"))
        for per in ("day", "month", "once"):
            if rng.random() < 0.1:
                charges.append(self.fixed("fee-" + per, per))
        for chance, make in ((0.15, self.power_factor), (0.2, self.limit)):
            charge = make(charges)
            if charge["of"] and rng.random() < chance:
                charges.append(charge)
        energy = None
        if rng.random() < 0.25:
            energy = (rng.choice((0, 0, 1)), rng.choice(MODES),
                      rng.random() < 0.5)
        return {
            "from": from_day, "to": None, "calendar": "cn",
            "template": False, "split": "even", "sessions": None,
            "bands": rules, "overlays": overlays, "charges": charges,
            "money": (rng.choice((2, 2, 2, 1, 0)), rng.choice(MODES),
                      "total" if rng.random() < 0.25 else "line"),
            "energy": energy,
            "price": (rng.choice((4, 6)), rng.choice(MODES))
            if rng.random() < 0.25 else None}

    def whom(self):
        """One or two selectors; most of them fit."""
        rng, whom = self.rng, {}
        for key, word, words in (("classes", "user_class", CLASSES),
                                 ("types", "type", TYPES),
                                 ("voltages", "voltage", VOLTAGES)):
            if rng.random() < 0.4:
                mine = self.contract[word]
                whom[key] = sorted({mine or words[0], rng.choice(words)}) \
                    if rng.random() < 0.7 else [rng.choice(words)]
        if not whom or rng.random() < 0.2:
            whom["option"] = rng.choice(("green", "green=yes", "green=no",
                                         "kva", "absent"))
        return whom

    def decorate(self, charge):
        """What a charge may have beside its price."""
        rng = self.rng
        if charge["lines"] in ("hour", "interval") and (
                self.count > 100 or rng.random() < 0.4):
            charge["lines"] = "stretch"
        if rng.random() < 0.1:
            charge["whom"] = self.whom()
        if charge["ratios"] and rng.random() < 0.3:
            ratio = dict(rng.choice(charge["ratios"]))
            ratio.update(percent=None, factor=decimal(rng, 0, 3, 3),
                         whom=self.whom())
            if charge["form"] != "printed":
                charge["ratios"].insert(0, ratio)
        if rng.random() < 0.15:
            charge["exempt"] = [self.exemption(charge)]
        if rng.random() < 0.12:
            charge["when"] = self.conditions_on_price()
        if rng.random() < 0.25:
            charge["quantity"] = rng.choice(("net", "net", "net-signed",
                                             "smaller"))
            charge["over"] = rng.choice((None, "interval", "day", "month"))
            charge["counts"] = False
            charge.pop("when", None)
            if self.moves(charge):
                charge["over"] = None
            if charge["over"] in ("day", "month"):
                self.lump(charge)
        if rng.random() < 0.4 and charge.get("quantity") != "net-signed":
            tiers = charge["tiers"] = self.tiers(charge)
            if self.all_priced and not tiers["bands"]:
                charge["prices"] = []
            if self.bands:
                charge["by_band_said"] = True
                charge["by_band"] |= bool(tiers["bands"]) or tiers["each"]

    def lump(self, charge):
        """No time within it, so one price a band."""
        charge["lines"] = "stretch"
        if charge["over"] == "day" and self.rng.random() < 0.5:
            charge["lines"] = "day"

    def exemption(self, charge):
        rng = self.rng
        item = None
        if charge["components"] and rng.random() < 0.8:
            item = rng.choice(charge["components"])["id"]
        begin = rng.choice((None, rng.randint(self.first_day - 1,
                                              self.end_day)))
        end = rng.choice((None, self.end_day + 3, self.end_day - 1))
        if end is not None and end <= max(begin or 0, self.from_day):
            end = None
        return {"component": item, "whom": self.whom(), "from": begin,
                "to": end}

    def moves(self, charge):
        """Whether a series says the price."""
        if charge.get("when") or charge["form"] == "series":
            return True
        return charge["form"] == "same-as" and self.moves(next(
            c for c in self.charges if c["id"] == charge["same_as"]))

    def conditions_on_price(self):
        rng = self.rng
        low, high = sorted(rng.sample(("0", "0.1", "0.35", "0.5"), 2))
        out = [{"series": "spot", "below": below, "limit": limit,
                "price": rng.choice(("0", "-0.05", "0.123456"))}
               for below, limit in ((True, low), (False, high))]
        rng.shuffle(out)
        return out[:rng.randint(1, 2)]

    def tiers(self, charge):
        rng = self.rng
        per = rng.choice(("day", "month", "month", None, "year"))
        if charge.get("over") == "month" and per == "day":
            per = "month"
        lumped = charge.get("over") in ("day", "month")
        split = rng.choice((None, "time", "share", "share", "order"))
        if split in ("share", "order"):
            if not self.bands:
                split = None
            elif self.moves(charge):
                split = None
            elif charge["lines"] not in ("stretch", "month"):
                charge["lines"] = "day" if per == "day" else "stretch"
        some = None
        if self.bands and rng.random() < 0.25 and (
                charge["by_band"] or not lumped):
            some = rng.sample(self.bands, rng.randint(1, len(self.bands)))
            some = [b for b in self.bands if b in some]
        days = {"day": 1, "year": self.end_day - self.first_day}.get(
            per, min(self.end_day - self.first_day, 20))
        order = None
        if split == "order":
            order = list(some or self.bands)
            rng.shuffle(order)
        return {
            "per": per, "split": split, "order": order, "bands": some,
            "year_from": rng.choice((None, 1, 2, 7, 12))
            if per == "year" else None,
            "each": bool(self.bands) and not split and rng.random() < 0.4,
            "list": self.tier_list(charge, days, per, lumped)}

    def plain_demand(self):
        demand = dict.fromkeys((
            "bands", "ratchet", "ratchet_months", "ratchet_of", "agreed",
            "least", "over", "times", "round", "discount",
            "discount_from"))
        demand["window"] = self.rng.choice([w for w in (15, 30, 60, 60)
                                            if w >= self.minutes])
        demand["sliding"] = self.rng.random() < 0.4
        return demand

    def tier_list(self, charge, days, per, lumped):
        rng = self.rng
        # Nothing follows these.
        self.all_priced = charge["id"] in ("service", "extra") and \
            charge["form"] == "fixed" and rng.random() < 0.15
        edges = sorted({decimal_short(self.about(days))
                        for _ in range(rng.randint(1, 3))},
                       key=float)
        edges = [e for e in edges if float(e) > 0] or ["1"]
        unit = None
        if rng.random() < 0.2 and per != "day":
            unit = rng.choice(("day", "kva", "kw"))
            if unit == "kw" and (per == "year" or lumped):
                unit = "day"
            if unit == "kw":
                charge["demand"] = self.plain_demand()
            edges = [decimal(rng, 2 * n, 2 * n + 1, 1) for n in
                     range(1, len(edges) + 1)]
        out = []
        for number, edge in enumerate(edges + [None]):
            said = rng.random() < 0.4
            option = None
            if len(edges) == 1 and edge and unit is None and \
                    rng.random() < 0.2:
                edge, option = None, "edge"
            tier = {"number": number,
                    "id": "%s-tier-%d" % (charge["id"], number + 1),
                    "said": said, "to": edge, "option": option,
                    "unit": unit if edge else None, "prices": [],
                    "adders": []}
            if said:
                tier["id"] = "%s-step%d" % (charge["id"], number)
            kind = rng.random()
            if self.all_priced:
                tier["prices"] = [(None, decimal(rng, -1, 2, 2))]
            elif kind < 0.4:
                tier["prices"] = self.numbers(charge)
            elif kind < 0.9:
                tier["adders"] = self.numbers(charge)
            out.append(tier)
        return out

    def numbers(self, charge):
        rng = self.rng
        if charge["by_band"] and rng.random() < 0.4:
            some = rng.sample(self.bands, rng.randint(1, len(self.bands)))
            return [(b, decimal(rng, -1, 2, 4)) for b in self.bands
                    if b in some]
        return [(None, decimal(rng, -1, 2, rng.choice((2, 4))))]

    def plain(self, name, leg="supply", **values):
        """A charge of one price."""
        rng = self.rng
        charge = blank_charge(
            "charge", id=name, leg=leg, counts=False, form="fixed",
            by_band=False, tax=rng.choice((None, "0.13")), **values)
        charge["tax_included"] = rng.random() < 0.5
        charge["prices"] = [(None, decimal(rng, 0, 40, rng.choice((0, 2))))]
        return charge

    def parts(self):
        rng, out = self.rng, []
        kinds = rng.choice((("percent", "rest"), ("kwh", "rest"),
                            ("percent", "kwh", "rest"),
                            ("percent", "percent", "rest")))
        for number, kind in enumerate(kinds):
            charge = self.plain("part-%d" % number, "shares",
                                channel="import")
            charge["by_band"] = charge["by_band_said"] = \
                bool(self.bands) and rng.random() < 0.7
            value = decimal(rng, 0, 49, rng.choice((0, 1, 2))) \
                if kind == "percent" else self.about(20)
            charge["part"] = {
                "of": kind, "option": None,
                "percent": value if kind == "percent" else None,
                "kwh": value if kind == "kwh" else None}
            out.append(charge)
        return out

    def loss(self):
        rng = self.rng
        charge = self.plain("loss", channel="import")
        charge["by_band"] = charge["by_band_said"] = \
            bool(self.bands) and rng.random() < 0.7
        charge["loss"] = {
            "kwh": rng.choice((None, decimal(rng, 1, 300, 1))),
            "option": None, "days": rng.choice((None, 30, 31)),
            "percent": rng.choice(("1.5", "0.3", "2")),
            "round": (rng.choice((0, 0, 2)), rng.choice(MODES)),
            "band": rng.choice((None, None, rng.choice(self.bands)))
            if self.bands and charge["by_band"] else None}
        if charge["loss"]["kwh"] is None:
            charge["loss"]["days"] = None
        return charge

    def fixed(self, name, per):
        rng = self.rng
        charge = self.plain(name, per=per)
        charge["channel"] = None
        if per in ("month", "kva"):
            charge["share"] = rng.choice((None, "whole", "days",
                                          "thirtieths"))
        if per == "day":
            charge["lines"] = rng.choice(("stretch", "day"))
        if rng.random() < 0.15:
            charge["whom"] = self.whom()
        return charge

    def demand(self):
        rng = self.rng
        charge = self.plain("demand", per="kw", channel="import")
        charge["share"] = rng.choice((None, "days", "thirtieths"))
        charge["quantity"] = rng.choice((None, None, "net", "smaller"))
        demand = self.plain_demand()
        if self.bands and rng.random() < 0.4:
            demand["bands"] = rng.sample(self.bands, 1)
        if rng.random() < 0.4:
            demand.update(ratchet=rng.choice(("0.4", "0.8", "1")),
                          ratchet_months=rng.choice((1, 2, 11, 12)))
            if rng.random() < 0.4:
                demand["ratchet_of"] = sorted(rng.sample(range(1, 13), 4))
        if rng.random() < 0.5:
            demand["agreed"] = "agreed"
            if rng.random() < 0.6:
                demand["least"] = rng.choice(("0.4", "1"))
            if rng.random() < 0.7 or not demand["least"]:
                demand.update(over=rng.choice(("1", "1.05")),
                              times=rng.choice(("2", "3")))
        if rng.random() < 0.6:
            demand["round"] = (rng.choice((0, 1, 3)), rng.choice(MODES))
        if rng.random() < 0.3:
            demand.update(discount="0.9",
                          discount_from=decimal(rng, 1, 40, 0))
        charge["demand"] = demand
        if rng.random() < 0.3:
            charge["tiers"] = {
                "per": None, "split": None, "order": None, "bands": None,
                "year_from": None, "each": False, "list": [
                    {"id": "demand-tier-%d" % (n + 1), "said": False,
                     "number": n,
                     "to": to, "option": None, "unit": None,
                     "prices": [(None, decimal(rng, 1, 40, 1))],
                     "adders": []}
                    for n, to in enumerate((decimal(rng, 1, 9, 1), None))]}
        return charge

    def on_top(self, tag, charges, **values):
        """Of some charges of the leg that have amounts."""
        rng = self.rng
        mine = [c["id"] for c in charges
                if c["leg"] == "supply" and not c.get("part") and
                c["missing"] != "unpriced" and "of" not in c]
        taxes = {c["id"]: (c["tax"], c["tax"] and c["tax_included"])
                 for c in charges if c["id"] in mine}
        some = rng.sample(mine, rng.randint(1, len(mine))) if mine else []
        some = [name for name in some if taxes[name] == taxes[some[0]]]
        return dict(blank_charge(
            "charge", id=tag, leg="supply", per=tag, counts=False,
            by_band=False), tag=tag, of=some, whom=None, **values)

    def power_factor(self, charges):
        rng = self.rng
        charge = self.on_top(
            "power-factor", charges, standard="0.90",
            without=rng.choice((None, ["fund"], ["grid", "fund"])),
            export=rng.choice((None, "yes", "no")), ranges=[
                {"from": "0", "to": "0.64", "percent": "15", "at": "0.65",
                 "each": "2"},
                {"from": "0.65", "to": "0.69", "percent": "10",
                 "at": "0.7", "each": "1"},
                {"from": "0.70", "to": "0.89", "percent": "0", "at": "0.9",
                 "each": "0.5"},
                {"from": "0.90", "to": "0.94", "percent": "0", "at": "0.9",
                 "each": "-0.15"},
                {"from": "0.95", "to": "1", "percent": "-0.75", "at": None,
                 "each": None}])
        mine = [c for c in charges if c["id"] in charge["of"]]
        if not any(c["components"] for c in mine) or any(
                c.get("tiers") or c.get("when") for c in mine):
            charge["without"] = None
        return charge

    def limit(self, charges):
        rng = self.rng
        least = decimal(rng, 0, 200, rng.choice((0, 2)))
        most = decimal(rng, 200, 900, 0)
        charge = self.on_top(
            "limit", charges, limit_per=rng.choice((None, "month")),
            **rng.choice(({"least": least, "most": None},
                          {"least": None, "most": most},
                          {"least": least, "most": most})))
        return charge


def decimal_short(text):
    """Without zeros at its end, so that equal ones are one."""
    return text.rstrip("0").rstrip(".") if "." in text else text
