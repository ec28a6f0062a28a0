"""Bands and prices, from the words of tariff.xsd and domain rules 1.3 and 1.4.

SPDX-License-Identifier: Apache-2.0
"""
from fractions import Fraction

from settle_num import date_of, round_to

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday",
            "saturday", "sunday")
KINDS = ("workday", "rest", "holiday")


class Hold(Exception):
    """Why something cannot be settled; the argument is the stable code."""

    @property
    def reason(self):
        return self.args[0]


def version_of(tariff, day):
    """The version that holds on a day: the next one ends it, or its `to`."""
    best = None
    for version in sorted(tariff["versions"], key=lambda v: v["from"]):
        if version["from"] <= day:
            best = version
    if best and best["to"] is not None and day >= best["to"]:
        return None
    return best


def band_order(version):
    """Bands in the order of the document, and none."""
    out = []
    for rule in version["bands"] + version["overlays"]:
        if rule["band"] not in out:
            out.append(rule["band"])
    return out + [None]


class Bands:
    """Which band every minute of a local day is in."""

    def __init__(self, world):
        self.world = world
        self.known = {}

    def day_kind(self, calendar, day):
        days = self.world.calendars.get(calendar, {})
        if not any(date_of(d).year == date_of(day).year for d in days):
            raise Hold("no-calendar")
        if day in days:
            return days[day]
        weekday = date_of(day).weekday()
        return ("rest" if weekday >= 5 else "workday"), ""

    def condition(self, when, day):
        for back in range(when["in_row"]):
            key = (when["station"], when["quantity"], day - back)
            value = self.world.conditions.get(key)
            if value is None:
                raise Hold("missing-condition")
            if Fraction(value) < Fraction(when["at_least"]):
                return False
        return True

    def applies(self, version, when, day):
        local = date_of(day)
        days = when.get("days") or []
        weekdays = [WEEKDAYS.index(d) for d in days if d in WEEKDAYS]
        kinds = [d for d in days if d in KINDS]
        if weekdays and local.weekday() not in weekdays:
            return False
        if kinds or when.get("holidays"):
            kind, name = self.day_kind(version["calendar"], day)
            if kinds and kind not in kinds:
                return False
            if when.get("holidays") and not (
                    kind == "holiday" and name in when["holidays"]):
                return False
        months = when.get("months")
        in_months = not months or local.month in months
        if not when.get("station"):
            return in_months
        if when.get("either"):
            return (bool(months) and in_months) or self.condition(when, day)
        return in_months and self.condition(when, day)

    def minutes(self, version, day):
        """1440 bands."""
        out = [None] * 1440
        for rule in version["bands"]:
            if self.applies(version, rule, day):
                for minute in minutes_of(rule["hours"]):
                    out[minute] = rule["band"]
        overlays = sorted(version["overlays"], key=lambda o: o["priority"])
        for rule in overlays:
            if not self.applies(version, rule, day):
                continue
            for minute in minutes_of(rule["hours"]):
                if rule["over"] is None or out[minute] == rule["over"]:
                    out[minute] = rule["band"]
        return out

    def of_day(self, version, day):
        """[(from_utc, to_utc, band)] of a local day."""
        key = id(version), day
        if key not in self.known:
            self.known[key] = self.lay(version, day)
        return self.known[key]

    def lay(self, version, day):
        zone = self.world.zone
        start, end = zone.day_start(day), zone.day_start(day + 1)
        if not version["bands"]:
            return [(start, end, None)]
        bands = self.minutes(version, day)
        out = []
        for utc in range(start, end, 900):
            offset = zone.offset(utc)
            for at in range(utc, utc + 900, 60):
                band = bands[(at + offset) % 86400 // 60]
                if out and out[-1][2] == band:
                    out[-1][1] = at + 60
                else:
                    out.append([at, at + 60, band])
        return [tuple(stretch) for stretch in out]


def minutes_of(hours):
    if not hours:
        yield from range(1440)
        return
    for begin, end in hours:
        if begin < end:
            yield from range(begin, end)
        else:
            yield from range(begin, 1440)
            yield from range(0, end)


class Prices:
    """The price of a band under a charge."""

    def __init__(self, world):
        self.world = world
        self.known = {}

    def row(self, charge, contract, month, item):
        """A row of the price table, per kWh or piece."""
        found = []
        for row in self.world.prices:
            if (row["price_table"], row["month"], row["item"]) != (
                    charge["table"], month, item):
                continue
            ours = [charge[key] or contract[there] for key, there in
                    (("class", "user_class"), ("type", "type"),
                     ("voltage", "voltage"))]
            theirs = [row[key] for key in ("user_class", "type", "voltage")]
            if all(t in ("", o) for t, o in zip(theirs, ours)):
                found.append((sum(t != "" for t in theirs), row))
        if not found:
            raise Hold("no-price")
        row = max(found, key=lambda pair: pair[0])[1]
        return Fraction(row["price"]) / (1000 if row["unit"] == "mwh" else 1)

    def ratios(self, version, charge):
        if charge["ratios_of"]:
            return charge_named(version, charge["ratios_of"])["ratios"]
        return charge["ratios"]

    def pair(self, version, charge, contract, month, band):
        """Fixed and floating part of a price."""
        for ratio in self.ratios(version, charge):
            if ratio["band"] != band:
                continue
            fixed, floating = self.pair(version, charge, contract, month,
                                        ratio["of"])
            factor = ratio_factor(ratio)
            return (fixed * factor if ratio["on"] == "whole" else fixed,
                    floating * factor)
        if charge["form"] == "benchmark":
            return Fraction(0), Fraction(charge["benchmark"])
        parts = [Fraction(0), Fraction(0)]
        for component in charge["components"]:
            parts[component["floats"]] += self.row(charge, contract, month,
                                                   component["id"])
        return tuple(parts)

    def printed(self, charge, contract, month, band):
        try:
            return self.row(charge, contract, month, charge["item"] or band)
        except Hold:
            for ratio in charge["ratios"]:
                if ratio["band"] == band:
                    return ratio_factor(ratio) * self.printed(
                        charge, contract, month, ratio["of"])
            raise

    def base(self, version, charge, contract, month, band, utc):
        form = charge["form"]
        if form == "fixed":
            return number_of(charge["prices"], band)
        if form == "printed":
            return self.printed(charge, contract, month, band)
        if form in ("composed", "benchmark"):
            return sum(self.pair(version, charge, contract, month, band))
        factor = Fraction(charge["factor"] or 1)
        if form == "same-as":
            other = charge_named(version, charge["same_as"])
            return factor * self.of(version, other, contract, month, band,
                                    utc)
        assert form == "series"
        for start, end, price, unit in self.world.series[charge["series"]]:
            if start <= utc < end:
                return factor * Fraction(price) / (
                    1000 if unit == "mwh" else 1)
        raise Hold("no-price")

    def series_of(self, version, charge):
        """The series that the price comes from, or None."""
        while charge["form"] == "same-as":
            charge = charge_named(version, charge["same_as"])
        return charge["series"] if charge["form"] == "series" else None

    def of_unrounded(self, version, charge, contract, month, band=None,
                     utc=None):
        price = self.base(version, charge, contract, month, band, utc)
        for adder, value in charge["adders"]:
            if adder in (None, band):
                price += Fraction(value)
        return price

    def of(self, version, charge, contract, month, band, utc):
        """The price, or Hold no-price."""
        price = self.of_unrounded(version, charge, contract, month, band, utc)
        rule = charge["round"] or version["price"]
        return round_to(price, *rule) if rule else price

    def at(self, version, charge, contract, month, band, utc):
        """The same, remembered where it does not change with time; None
        where there is none and the tariff does not mind."""
        key = (id(charge), contract["id"], month, band)
        if self.series_of(version, charge):
            key += (utc,)
        if key not in self.known:
            try:
                self.known[key] = self.of(version, charge, contract, month,
                                          band, utc)
            except Hold:
                self.known[key] = None
        price = self.known[key]
        if price is None and charge["missing"] != "unpriced":
            raise Hold("no-price")
        return price


def charge_named(version, name):
    """By its id, or as import, export or service."""
    return next(c for c in version["charges"] if name in (c["id"], c["tag"]))


def ratio_factor(ratio):
    if ratio["percent"] is not None:
        return 1 + Fraction(ratio["percent"]) / 100
    return Fraction(ratio["factor"])


def number_of(numbers, band):
    """That of the band, else the one for all."""
    for wanted in (band, None):
        for of_band, value in numbers:
            if of_band == wanted:
                return Fraction(value)
    raise Hold("no-price")

