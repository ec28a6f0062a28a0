"""What a kWh costs: forms, exemptions, ratios for some, tiers, conditions.

Written from tariff.xsd, in the order in which it says that a price is made.

SPDX-License-Identifier: Apache-2.0
"""
from fractions import Fraction

from settle_num import round_to
from settle_price import Hold, Prices, charge_named, ratio_factor


def is_for(whom, contract):
    """Whether a rule is for a contract: each list that is given must hold
    the contract's word, and the option must be one of its options."""
    if not whom:
        return True
    for key, word in (("classes", "user_class"), ("types", "type"),
                      ("voltages", "voltage")):
        if whom.get(key) and contract[word] not in whom[key]:
            return False
    option = whom.get("option")
    if not option:
        return True
    name, equal, value = option.partition("=")
    options = contract["options"]
    return name in options and (not equal or options[name] == value)


def is_exempt(charge, contract, day, item=None):
    """From a component, or, without one, from the whole charge."""
    for rule in charge.get("exempt", ()):
        if rule["component"] == item and is_for(rule["whom"], contract) and \
                (rule["from"] is None or rule["from"] <= day) and \
                (rule["to"] is None or day < rule["to"]):
            return True
    return False


class TariffPrices(Prices):
    """Prices of one contract under a tariff."""

    def __init__(self, world, contract):
        super().__init__(world)
        self.contract = contract
        self.spot = {}
        self.day = 0

    def ratio_of(self, version, charge, band):
        """The first ratio of the band that is for the contract."""
        for ratio in self.ratios(version, charge):
            if ratio["band"] == band and is_for(ratio.get("whom"),
                                                self.contract):
                return ratio
        return None

    def pair(self, version, charge, contract, month, band):
        ratio = self.ratio_of(version, charge, band)
        if ratio:
            fixed, floating = self.pair(version, charge, contract, month,
                                        ratio["of"])
            factor = ratio_factor(ratio)
            return (fixed * factor if ratio["on"] == "whole" else fixed,
                    floating * factor)
        if any(r["band"] == band for r in self.ratios(version, charge)):
            raise Hold("no-ratio")
        if charge["form"] == "benchmark":
            return Fraction(0), Fraction(charge["benchmark"])
        parts = [Fraction(0), Fraction(0)]
        for component in charge["components"]:
            if not is_exempt(charge, contract, self.day, component["id"]):
                parts[component["floats"]] += self.row(
                    charge, contract, month, component["id"])
        return tuple(parts)

    def printed(self, charge, contract, month, band):
        try:
            return self.row(charge, contract, month, charge["item"] or band)
        except Hold:
            ratio = self.ratio_of(None, charge, band)
            if ratio is None:
                raise
            return ratio_factor(ratio) * self.printed(
                charge, contract, month, ratio["of"])

    def ratios(self, version, charge):
        if charge["ratios_of"]:
            return charge_named(version, charge["ratios_of"])["ratios"]
        return charge["ratios"]

    def series_at(self, name, utc):
        """The price per kWh that a series has at a time."""
        key = name, utc
        if key not in self.spot:
            self.spot[key] = None
            for start, end, price, unit in self.world.series[name]:
                if start <= utc < end:
                    self.spot[key] = Fraction(price) / (
                        1000 if unit == "mwh" else 1)
        if self.spot[key] is None:
            raise Hold("no-price")
        return self.spot[key]

    def base(self, version, charge, contract, month, band, utc):
        if charge["form"] == "same-as":
            other = charge_named(version, charge["same_as"])
            # Neither its tiers nor its conditions are followed.
            return Fraction(charge["factor"] or 1) * self.of(
                version, dict(other, when=()), contract, month, band, utc)
        if charge["form"] == "series":
            return Fraction(charge["factor"] or 1) * self.series_at(
                charge["series"], utc)
        return super().base(version, charge, contract, month, band, utc)

    def of_unrounded(self, version, charge, contract, month, band=None,
                     utc=None, tier=None):
        price = numbered(tier["prices"], band) if tier else None
        if price is None:
            price = self.base(version, charge, contract, month, band, utc)
        price += summed(charge["adders"], band)
        if tier:
            price += summed(tier["adders"], band)
        for rule in charge.get("when", ()):
            value = self.series_at(rule["series"], utc)
            limit = Fraction(rule["limit"])
            if value < limit if rule["below"] else value >= limit:
                price = Fraction(rule["price"])
                break
        if is_exempt(charge, contract, self.day):
            price = Fraction(0)
        return price

    def of(self, version, charge, contract, month, band, utc, tier=None):
        price = self.of_unrounded(version, charge, contract, month, band,
                                  utc, tier)
        rule = charge["round"] or version["price"]
        return round_to(price, *rule) if rule else price

    def moves(self, version, charge):
        """The series whose edges part the price."""
        out = [rule["series"] for rule in charge.get("when", ())]
        if charge["form"] == "series":
            out.append(charge["series"])
        if charge["form"] == "same-as":
            out += self.moves(version, dict(
                charge_named(version, charge["same_as"]), when=()))
        return out

    def find(self, version, charge, month, band, utc, tier=None):
        """The price, None where the tariff does not mind its absence."""
        key = (id(charge), month, band, self.day, tier and tier["id"],
               utc if self.moves(version, charge) else None)
        if key not in self.known:
            try:
                self.known[key] = self.of(version, charge, self.contract,
                                          month, band, utc, tier)
            except Hold:
                self.known[key] = None
        if self.known[key] is None and charge["missing"] != "unpriced":
            raise Hold("no-price")
        return self.known[key]


def numbered(numbers, band):
    """That of the band, else that for all, else None."""
    for wanted in (band, None):
        for of_band, value in numbers:
            if of_band == wanted:
                return Fraction(value)
    return None


def summed(numbers, band):
    return sum((Fraction(value) for of_band, value in numbers
                if of_band in (None, band)), Fraction(0))
