"""Random small auctions and the market documents that clear them.

Few prices and few sizes, so that ties and exact steps are common.

SPDX-License-Identifier: Apache-2.0
"""
from fractions import Fraction
from random import Random

from auction_model import Market

UNIFORM = ("last-accepted-offer first-rejected-offer last-accepted-bid "
           "first-rejected-bid first-price second-price split "
           "mean-of-last-pair max-volume-mean lowest highest middle "
           "ranking-price pay-as-bid").split()
OF_PAIRS = "pair-mean pair-earlier median pay-as-bid".split()
CLASSES = ["new", "old", None]
PARTIES = ["p1", "p2", "p3", None]
DAY = "2025-07-01"


def text_of(value):
    """A decimal as a document or file writes it."""
    if value is None:
        return ""
    value, scale = Fraction(value), 0
    while (value * 10 ** scale).denominator > 1:
        scale += 1
    digits = str(abs(int(value * 10 ** scale))).rjust(scale + 1, "0")
    sign = "-" if value < 0 else ""
    if not scale:
        return sign + digits
    return "%s%s.%s" % (sign, digits[:-scale], digits[-scale:])


class Auction:
    """A seed's market document, bids, needs and opening price."""

    def __init__(self, seed):
        self.seed, self.random = seed, Random(seed)
        self.name = "a%d" % seed
        self.kind = self.random.choice(
            ["uniform"] * 4 + ["ranked", "pairs", "rolling"] + ["blocks"] * 3)
        self.market = self.make_market()
        self.hour_count = self.random.choice([1, 1, 2, 3])
        self.opening = self.pick_price() \
            if self.market.price == "median" and self.chance(1, 2) else None
        self.bids, self.needs = [], []
        self.make_prices()
        for hour in range(self.hour_count):
            self.make_hour(hour)
        if self.kind == "blocks":
            self.make_blocks()
        self.random.shuffle(self.bids)

    def chance(self, one, of):
        return self.random.randrange(of) < one

    def pick(self, values):
        return self.random.choice(values)

    def make_market(self):
        scale = self.pick([0, 1, 2])
        tick = self.pick([Fraction(1), Fraction(1, 10), Fraction(5, 100)])
        words = {
            "quantity_tick": self.pick([Fraction(1), Fraction(1, 10),
                                        Fraction(1, 1000), Fraction(5)]),
            "price_tick": tick, "scale": scale,
            "mode": self.pick(["half-up", "half-even", "down", "up",
                               "ceiling", "floor"]),
            "floor": self.pick([None, None, tick * -5, Fraction(0)]),
            "cap": self.pick([None, tick * 30, tick * 20]),
            "method": self.kind if self.kind in ("pairs", "rolling")
            else "uniform",
            "ties": self.make_ties()}
        words["least"] = words["quantity_tick"] * self.pick([0, 0, 0, 2])
        words["price"] = self.pick(
            OF_PAIRS if self.kind in ("pairs", "rolling") else
            UNIFORM if self.kind == "ranked" else UNIFORM[:-2] + UNIFORM[-1:])
        if words["method"] == "uniform":
            self.make_ends(words)
        if self.kind == "ranked":
            words["by_performance"] = True
            words["performance_least"] = self.pick([None, Fraction(6, 10)])
        if self.kind in ("ranked", "uniform", "pairs") and self.chance(1, 3):
            words["limits"] = self.make_limits()
        if self.kind in ("ranked", "uniform") and self.chance(1, 3):
            words["below"] = "raise"
        return Market(**words)

    def make_ties(self):
        ties = self.random.sample(["performance", "larger", "time"],
                                  self.pick([0, 0, 1, 1, 2, 3]))
        if self.kind != "rolling" and (not ties or self.chance(1, 2)):
            ties.append("pro-rata")
        return ties or ["time"]

    def make_ends(self, words):
        words["shortage"] = self.pick(
            ["none", "last-offer"] + (["cap"] if words["cap"] else []))
        if words["price"] != "pay-as-bid":
            words["surplus_floor"] = words["floor"] is not None and \
                self.chance(1, 2)
            words["margin"] = self.pick([None, None, Fraction(5, 100)])

    def make_limits(self):
        limits = []
        if self.chance(1, 2):
            limits.append((self.pick([20, 25, 50]), None))
        for name in self.random.sample(["new", "old"], self.pick([0, 1, 2])):
            limits.append((self.pick([30, 40, 60]), name))
        return limits

    def make_prices(self):
        """The few prices of this auction."""
        low = -4 if self.market.floor is None or self.market.floor < 0 else 0
        self.prices = [self.market.price_tick * n for n in
                       self.random.sample(range(low, 20), self.pick(
                           [2, 3, 4, 6]))]
        self.sizes = [self.market.quantity_tick * n for n in
                      self.random.sample(range(2, 12), 3)]

    def pick_price(self):
        return self.market.price_tick * self.random.randrange(20)

    def make_hour(self, hour):
        side_prices = sorted(self.prices)
        for side in ("sell", "buy"):
            most = 4 if self.kind == "blocks" else 8
            for _ in range(self.random.randint(0, most)):
                self.add(hour, side, price=self.pick(side_prices))
        for _ in range(self.pick([0, 0, 1, 1, 2])):
            amount = self.market.quantity_tick * self.pick(
                [5, 10, 20, 20, -6, -15])
            self.needs.append({"hour": hour, "quantity": amount,
                               "name": "n%d" % len(self.needs)})

    def add(self, hour, side, **words):
        bid = {"hour": hour, "side": side, "party": self.pick(PARTIES),
               "class": self.pick(CLASSES), "price": None,
               "quantity": self.pick(self.sizes), "submitted": self.pick(
                   [None, 1, 2, 2, 3]), "minimum": None, "block": None,
               "performance": self.pick([Fraction(5, 10), Fraction(8, 10),
                                         Fraction(1), Fraction(125, 100),
                                         Fraction(2), None])}
        if self.kind == "ranked" and side == "sell" and \
                self.chance(9, 10):
            bid["performance"] = bid["performance"] or Fraction(1)
        bid.update(words)
        if self.chance(1, 15):
            bid["price"] = None
        if self.chance(1, 25):
            self.spoil(bid)
        if self.market.below == "raise" and side == "sell" and \
                self.chance(1, 2):
            bid["minimum"] = min(self.market.quantity_tick * 2,
                                 bid["quantity"])
        bid["id"] = self.new_id()
        self.bids.append(bid)
        return bid

    def new_id(self):
        """Not in the order in which bids are made, and of any case."""
        used = {bid["id"] for bid in self.bids}
        while True:
            name = self.pick("abAB") + str(self.random.randrange(200))
            if name not in used:
                return name

    def spoil(self, bid):
        """Something that a market may refuse."""
        what = self.pick(["quantity", "price", "high", "low", "small"])
        if what == "quantity":
            bid["quantity"] += self.market.quantity_tick / 2
        elif what == "small":
            bid["quantity"] = self.market.quantity_tick
            if bid["minimum"]:
                bid["minimum"] = bid["quantity"]
        elif bid["price"] is not None:
            bid["price"] = {
                "price": bid["price"] + self.market.price_tick / 2,
                "high": self.market.price_tick * 40,
                "low": self.market.price_tick * -40}[what]

    def make_blocks(self):
        """Some, of few ratios: the model tries them all."""
        tick, room = self.market.quantity_tick, 400
        for number in range(self.random.randint(1, 4)):
            hours = self.random.sample(
                range(self.hour_count), self.random.randint(
                    1, self.hour_count))
            if self.chance(1, 12):
                hours.append(hours[0])
            own = len(hours) == 1 and self.chance(1, 2)
            units = self.pick([1, 2, 4, 6])
            least = units if own and self.chance(1, 2) else \
                self.pick([0, units, units, self.random.randint(0, units)])
            ratios = 2 if len(hours) == 1 else units - max(least, 1) + 2
            if ratios > room:
                continue
            room //= ratios
            side = self.pick(["sell", "sell", "buy"])
            for hour in hours:
                scale = self.pick([1, 1, 2]) if len(hours) > 1 else 2
                # One in thirty has rows of another ratio.
                odd = 1 if least < units and self.chance(1, 30) else 0
                self.add(
                    hour, self.pick(["sell", "buy"])
                    if self.chance(1, 8) else side,
                    price=self.pick(self.prices),
                    quantity=tick * units * scale,
                    minimum=tick * (least * scale + odd)
                    if least or odd else None,
                    block=None if own else "k%d" % number)

    def xml(self):
        market = self.market
        clearing = {"method": market.method, "price": market.price,
                    "ties": " ".join(market.ties)}
        if market.by_performance:
            clearing["rank"] = "performance"
            if market.performance_least is not None:
                clearing["performance-least"] = text_of(
                    market.performance_least)
        if market.method == "uniform":
            if market.price != "pay-as-bid":
                clearing["shortage"] = market.shortage
            if market.surplus_floor:
                clearing["surplus"] = "floor"
            if market.margin is not None:
                clearing["margin"] = text_of(market.margin)
            clearing["below"] = market.below
        price = {"unit": "mwh", "tick": text_of(market.price_tick)}
        for name in ("floor", "cap"):
            if getattr(market, name) is not None:
                price[name] = text_of(getattr(market, name))
        price["round"] = "%d %s" % (market.scale, market.mode)
        quantity = {"unit": "mwh", "tick": text_of(market.quantity_tick)}
        if market.least:
            quantity["least"] = text_of(market.least)
        limits = [dict({"percent": str(percent)},
                       **({"class": cls} if cls else {"each": "party"}))
                  for percent, cls in market.limits]
        return """<market xmlns="urn:qingfen:market:1" id="%s">
<version from="2025-01-01" source="random">
%s
</version>
</market>
""" % (self.name, "\n".join(
            "<%s %s/>" % (name, " ".join(
                '%s="%s"' % pair for pair in attributes.items()))
            for name, attributes in [
                ("quantity", quantity), ("price", price),
                ("clearing", clearing)] + [("limit", x) for x in limits]))

    @staticmethod
    def time(hour):
        return "%sT%02d:00" % (DAY, hour)

    def bid_rows(self):
        return [[self.name, self.time(bid["hour"]), bid["id"],
                 self.time(bid["hour"] + 1), bid["party"] or "", bid["side"],
                 text_of(bid["price"]), text_of(bid["quantity"]),
                 "2025-06-30T10:%02d:00" % bid["submitted"]
                 if bid["submitted"] else "", text_of(bid["minimum"]),
                 bid["block"] or "", text_of(bid["performance"]),
                 bid["class"] or ""] for bid in self.bids]

    def need_rows(self):
        return [[self.name, self.time(need["hour"]), need["name"],
                 self.time(need["hour"] + 1), text_of(need["quantity"])]
                for need in self.needs]
