"""Clearing by trying: every price, in fractions.

Written from the rules (the market document's words, merit order by the two
conditions on supply and demand, largest remainder) and not from the code that
it is compared with.  Slow on purpose: supply and demand are counted anew at
every price that could matter.

SPDX-License-Identifier: Apache-2.0
"""
from collections import namedtuple
from fractions import Fraction

from settle_num import round_to

# price, performance and minimum: None where there is none; quantity, minimum
# in ticks.  must: so much is accepted whatever the price is.
Order = namedtuple("Order", "id party cls side price quantity minimum "
                   "performance submitted block")
Match = namedtuple("Match", "state low high volume unserved unsold accepted")

# What stands for no bound where prices are compared.
FAR = Fraction(10) ** 30


class Market:
    """A version of a market document, in numbers."""

    def __init__(self, **words):
        self.quantity_tick = words.get("quantity_tick", Fraction(1))
        self.least = words.get("least", Fraction(0))
        self.price_tick = words.get("price_tick", Fraction(1))
        self.floor = words.get("floor")
        self.cap = words.get("cap")
        self.scale = words.get("scale", 2)
        self.mode = words.get("mode", "half-up")
        self.method = words.get("method", "uniform")
        self.price = words.get("price", "last-accepted-offer")
        self.by_performance = words.get("by_performance", False)
        self.performance_least = words.get("performance_least")
        self.ties = words.get("ties", ["pro-rata"])
        self.shortage = words.get("shortage", "none")
        self.surplus_floor = words.get("surplus_floor", False)
        self.margin = words.get("margin")
        self.below = words.get("below", "reject")
        # (percent, class) or (percent, None): of each party.
        self.limits = words.get("limits", [])


def is_multiple(value, tick):
    return (value / tick).denominator == 1


def reasons(bid, market):
    """Why a bid, in units and money, breaks the market's rule: all that
    apply."""
    found = set()
    if not is_multiple(bid["quantity"], market.quantity_tick):
        found.add("bid-quantity-tick")
    if bid["minimum"] is not None:
        if not is_multiple(bid["minimum"], market.quantity_tick):
            found.add("bid-quantity-tick")
        if bid["minimum"] > bid["quantity"]:
            found.add("bid-minimum")
    if bid["quantity"] < market.least:
        found.add("bid-below-least")
    if bid["price"] is not None:
        if not is_multiple(bid["price"], market.price_tick):
            found.add("bid-price-tick")
        if market.floor is not None and bid["price"] < market.floor:
            found.add("bid-below-floor")
        if market.cap is not None and bid["price"] > market.cap:
            found.add("bid-above-cap")
    if market.by_performance and bid["side"] == "sell":
        if not bid["performance"]:
            found.add("bid-no-performance")
        elif market.performance_least is not None and \
                bid["performance"] < market.performance_least:
            found.add("bid-performance")
    return found


def level(order, market):
    """Where an order stands; None: at any price."""
    if order.price is None:
        return None
    if market.by_performance and order.side == "sell":
        return order.price / order.performance
    return order.price


def tie_key(order, market):
    """Smaller comes first; without what is shared at last."""
    keys = []
    for tie in market.ties:
        if tie == "performance":
            keys.append(-(order.performance or 0))
        elif tie == "larger":
            keys.append(-order.quantity)
        elif tie == "time":
            keys.append((order.submitted is None, order.submitted or 0))
    return tuple(keys)


def shares(market):
    return market.ties[-1:] == ["pro-rata"]


def largest_remainder(total, weights):
    """{id: ticks} of {id: weight}."""
    whole = sum(weights.values())
    if whole == 0:
        return {name: 0 for name in weights}
    quota = {name: Fraction(total * weight, whole)
             for name, weight in weights.items()}
    parts = {name: quota[name] // 1 for name in weights}
    rest = total - sum(parts.values())
    for name in sorted(weights, key=lambda n: (
            parts[n] - quota[n], -weights[n], n.encode()))[:rest]:
        parts[name] += 1
    return {name: int(part) for name, part in parts.items()}


def groups_of(orders, market):
    """Orders of one side, best first, in groups that share what there is; an
    order alone where ties are not shared."""
    sign = 1 if orders and orders[0].side == "sell" else -1

    def place(order):
        stands = level(order, market)
        return ((stands is not None, sign * (stands or 0)),
                tie_key(order, market))
    groups = {}
    for order in orders:
        last = () if shares(market) else order.id.encode()
        groups.setdefault(place(order) + (last,), []).append(order)
    return [groups[key] for key in sorted(groups)]


def fill(orders, ticks, eligible, market):
    """{id: accepted} where so many ticks go to the best."""
    accepted = {}
    for group in groups_of(orders, market):
        weights = {order.id: eligible[order.id] for order in group}
        total = min(ticks, sum(weights.values()))
        accepted.update(largest_remainder(total, weights))
        ticks -= total
    return accepted


def eligible_of(orders, need, market):
    """{id: ticks} that percent limits leave."""
    left = {order.id: order.quantity for order in orders}
    base = need if need > 0 else sum(
        order.quantity for order in orders if order.side == "buy")
    sells = [order for order in orders if order.side == "sell"]
    # (room, whose it is): of each party first.
    rooms = []
    for percent, cls in sorted(market.limits, key=lambda x: x[1] is not None):
        room = int(base * Fraction(percent) / 100 // 1)
        if cls is not None:
            rooms.append([room, [o for o in sells if o.cls == cls]])
            continue
        for party in {order.party or ("", order.id) for order in sells}:
            rooms.append([room, [o for o in sells if
                                 (o.party or ("", o.id)) == party]])
    for here in groups_of(sells, market):
        for room, some in rooms:
            left.update(fill([o for o in here if o in some], room, left,
                             market))
        # What one limit cuts uses no room of another.
        for entry in rooms:
            entry[0] -= sum(left[o.id] for o in here if o in entry[1])
    return left


class Book:
    """Supply and demand of one hour, counted at any price."""

    def __init__(self, orders, need, eligible, market):
        self.orders, self.need = orders, need
        self.eligible, self.market = eligible, market

    def sum(self, side, holds):
        return sum(self.eligible[o.id] for o in self.orders
                   if o.side == side and holds(level(o, self.market)))

    def supply(self, price, strictly=False):
        return max(-self.need, 0) + self.sum("sell", lambda limit: (
            limit is None or limit < price or
            limit == price and not strictly))

    def demand(self, price, strictly=False):
        return max(self.need, 0) + self.sum("buy", lambda limit: (
            limit is None or limit > price or
            limit == price and not strictly))

    def clears(self, price):
        return self.supply(price, True) <= self.demand(price) and \
            self.supply(price) >= self.demand(price, True)

    def prices(self):
        """Every price at which something may change, and one between any two
        and beyond all: ends of what clears are among the first."""
        limits = sorted({level(o, self.market) for o in self.orders
                         if o.price is not None and self.eligible[o.id] > 0})
        between = [(a + b) / 2 for a, b in zip(limits, limits[1:])]
        return limits, between


def match(orders, need, market, eligible=None):
    """Clears an hour at every price that could matter."""
    if eligible is None:
        eligible = eligible_of(orders, need, market)
    book = Book(orders, need, eligible, market)
    sells = [o for o in orders if o.side == "sell"]
    buys = [o for o in orders if o.side == "buy"]
    supply, demand = book.supply(FAR), book.demand(-FAR)
    fixed_demand, fixed_supply = book.demand(FAR), book.supply(-FAR)
    low = high = None
    if fixed_demand > supply:
        state, volume = "shortage", supply
    elif fixed_supply > demand:
        state, volume = "surplus", demand
    else:
        limits, between = book.prices()
        tried = [-FAR, *limits, *between, FAR]
        good = [price for price in tried if book.clears(price)]
        assert good
        low, high = (None if end in (-FAR, FAR) else end
                     for end in (min(good), max(good)))
        assert {low, high} <= {None, *limits}
        volume = max(min(book.supply(p), book.demand(p)) for p in good)
        state = "cleared" if volume else "no-cross"
    served = min(max(need, 0), volume)
    taken = min(max(-need, 0), volume)
    accepted = fill(sells, volume - taken, eligible, market)
    accepted.update(fill(buys, volume - served, eligible, market))
    return Match(state, low, high, volume, max(fixed_demand - volume, 0)
                 if state == "shortage" else 0,
                 fixed_supply - volume if state == "surplus" else 0, accepted)


def raise_awards(found, orders, market):
    """Awards below the bid's minimum become that."""
    if market.below != "raise":
        return found
    accepted, more = dict(found.accepted), 0
    for order in orders:
        if 0 < accepted[order.id] < (order.minimum or 0):
            if order.side == "sell":
                more += order.minimum - accepted[order.id]
            accepted[order.id] = order.minimum
    return found._replace(accepted=accepted, volume=found.volume + more)


class Prices:
    """The prices that rules speak of."""

    def __init__(self, orders, found, eligible, market):
        def of(side, rejected):
            return [o.price for o in orders if o.side == side and
                    o.price is not None and
                    (found.accepted[o.id] == 0) == rejected and
                    # What a limit shuts out was not there to be rejected.
                    (not rejected or eligible[o.id] > 0)]
        self.orders, self.found, self.market = orders, found, market
        self.eligible = eligible
        self.lao = max(of("sell", False), default=None)
        self.lab = min(of("buy", False), default=None)
        self.fro = min(of("sell", True), default=None)
        self.frb = max(of("buy", True), default=None)
        self.top = max((level(o, market) for o in orders if o.side == "sell"
                        and o.price is not None and found.accepted[o.id] > 0),
                       default=None)

    def marginal(self, side):
        """Whether an order at the last level reached is not all accepted."""
        reached = [o for o in self.orders
                   if o.side == side and self.found.accepted[o.id] > 0]
        if not reached:
            return False
        sign = 1 if side == "sell" else -1
        last = max((level(o, self.market) is not None,
                    sign * (level(o, self.market) or 0)) for o in reached)
        return any(self.found.accepted[o.id] < self.eligible[o.id]
                   for o in self.orders if o.side == side and
                   (level(o, self.market) is not None,
                    sign * (level(o, self.market) or 0)) == last)

    def ends(self):
        low = self.found.low if self.found.low is not None \
            else self.market.floor
        high = self.found.high if self.found.high is not None \
            else self.market.cap
        if self.found.state == "surplus":
            # No price is low enough; the floor is what comes next.
            low = high = self.market.floor
        return low, high

    def end(self, which):
        low, high = self.ends()
        order = {"lowest": (low, high), "highest": (high, low)}[which]
        return first_of(*order, self.lao, self.lab)

    def rule(self):
        name = self.market.price
        if name == "last-accepted-offer":
            return first_of(self.lao, self.lab)
        if name == "last-accepted-bid":
            return first_of(self.lab, self.lao)
        if name == "first-rejected-offer":
            return first_of(self.fro, self.end("highest"))
        if name == "first-rejected-bid":
            return first_of(self.frb, self.end("lowest"))
        if name == "first-price":
            return self.first_price()
        if name == "second-price":
            pair = [self.frb, self.lao] if self.marginal("buy") \
                else [self.fro, self.lab]
            there = [price for price in pair if price is not None]
            if not there:
                return self.first_price()
            return max(there) if self.marginal("buy") else min(there)
        if name in ("split", "mean-of-last-pair"):
            return mean_of(self.lao, self.lab)
        if name in ("middle", "max-volume-mean"):
            return first_of(mean_of(*self.ends()), self.lao, self.lab)
        if name == "ranking-price":
            return first_of(self.top, self.lab)
        return self.end(name)

    def first_price(self):
        if self.marginal("buy"):
            return first_of(self.lab, self.lao)
        return first_of(self.lao, self.lab)

    def exact(self):
        """The price before it is rounded."""
        market, state = self.market, self.found.state
        if market.price == "pay-as-bid" or self.found.volume == 0:
            # A shortage in which nothing is traded has its price all the same.
            if market.price == "pay-as-bid" or state != "shortage":
                return None
        # A ranking price is one of levels, and so is what bounds it.
        offer = self.top if market.price == "ranking-price" else self.lao
        floor = None if market.price == "ranking-price" else market.floor
        if state == "shortage":
            price = {"none": None, "cap": market.cap,
                     "last-offer": offer}[market.shortage]
        elif state == "surplus" and market.surplus_floor:
            price = market.floor
        else:
            price = self.rule()
            if None not in (price, market.margin, offer):
                price = min(price, offer + abs(offer) * market.margin)
        return between(price, floor, market.cap)


def between(price, floor, cap):
    if price is not None and cap is not None:
        price = min(price, cap)
    if price is not None and floor is not None:
        price = max(price, floor)
    return price


def first_of(*values):
    return next((value for value in values if value is not None), None)


def mean_of(*values):
    there = [value for value in values if value is not None]
    return sum(there) / len(there) if there else None


def price_of(orders, found, eligible, market):
    return rounded(Prices(orders, found, eligible, market).exact(), market)


def rounded(price, market):
    """Once, and then between floor and cap too."""
    if price is None:
        return None
    return between(
        round_to(price, market.scale, market.mode),
        None if market.price == "ranking-price" else market.floor, market.cap)


def award_price(order, accepted, price, market):
    if not accepted:
        return None
    return order.price if market.price == "pay-as-bid" else price
