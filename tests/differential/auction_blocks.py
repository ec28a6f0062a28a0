"""Block bids by trying every selection.

A selection says of each block to which ratio it is accepted; every one is
cleared and priced, and the best of those with prices is taken.  The worth of
a selection is summed from what each order is accepted to, so nothing here is
a bound or a search.

SPDX-License-Identifier: Apache-2.0
"""
from fractions import Fraction
from itertools import product
from math import gcd

from auction_model import Prices, match, rounded
from settle_num import round_to


class Block:
    """Rows of one block: (hour, order)."""

    def __init__(self, name, rows):
        self.name, self.rows = name, rows
        self.unit = 0
        for _, order in rows:
            self.unit = gcd(self.unit, order.quantity)
        self.single = len(rows) == 1
        first = rows[0][1]
        self.least = (first.minimum or 0) * self.unit // first.quantity \
            if first.quantity else 0

    def even(self):
        first = self.rows[0][1]
        return all((o.minimum or 0) * first.quantity ==
                   (first.minimum or 0) * o.quantity and
                   (o.quantity == 0) == (first.quantity == 0)
                   for _, o in self.rows)

    def ratios(self):
        """Every ratio, the largest first, counted in units."""
        if self.unit == 0:
            return [0]
        if self.single:
            # Above its minimum it is an order like others.
            return [self.least, 0] if self.least else [0]
        return [k for k in range(self.unit, -1, -1)
                if k == 0 or k >= self.least]

    def always(self):
        """Nothing of it must be accepted, so it is an order like others."""
        return self.single and self.least == 0

    def part(self, order, ratio):
        return order.quantity * ratio // self.unit if self.unit else 0


class Hour:
    """An hour's plain orders and need, with rows of blocks taken out."""

    def __init__(self, orders, need, market):
        self.plain, self.need, self.market = orders, need, market
        self.kept = {}

    def cleared(self, rows):
        """rows: (order, must, single) of accepted blocks.  None where the
        hour cannot take them; else (match, price, accepted, worth)."""
        key = tuple((order.id, must) for order, must, _ in rows)
        if key not in self.kept:
            self.kept[key] = self.clear(rows)
        return self.kept[key]

    def clear(self, rows):
        market = self.market
        rest = [order._replace(quantity=order.quantity - must, minimum=None)
                for order, must, single in rows if single]
        outside = sum(must if order.side == "sell" else -must
                      for order, must, _ in rows)
        book = self.plain + rest
        eligible = {o.id: o.quantity for o in book}
        found = match(book, self.need - outside, market, eligible)
        # What must be traded and cannot be: the need comes first.
        if outside - self.need - found.volume > max(-self.need, 0) or \
                self.need - outside - found.volume > max(self.need, 0):
            return None
        accepted = dict(found.accepted)
        for order, must, _ in rows:
            accepted[order.id] = accepted.get(order.id, 0) + must
        orders = self.plain + [order for order, _, _ in rows]
        volume = sum(accepted[o.id] for o in orders if o.side == "sell")
        if self.need < 0:
            # What the need's supply was taken, once blocks are placed.
            inside = outside - self.need
            volume += min(inside, found.volume) - outside \
                if inside > 0 else -self.need
        state = found.state
        if state == "no-cross" and volume:
            state = "cleared"
        found = found._replace(accepted=accepted, volume=volume, state=state)
        return self.priced(found, orders, rows), accepted, \
            self.worth(found, orders)

    def priced(self, found, orders, rows):
        """(match, price) or None where no price suits a block of one row."""
        market = self.market
        musts = [(order, single) for order, must, single in rows if must]
        low, high = found.low, found.high
        if musts and found.state == "cleared" and \
                market.price != "pay-as-bid":
            for order, single in musts:
                if single and order.price is not None:
                    if order.side == "sell" and (low is None or
                                                 order.price > low):
                        low = order.price
                    if order.side == "buy" and (high is None or
                                                order.price < high):
                        high = order.price
            if low is not None and high is not None and low > high:
                return None
            found = found._replace(low=low, high=high)
        eligible = {o.id: o.quantity for o in orders}
        prices = Prices(orders, found, eligible, market)
        # Where an order is marginal is told by the book without blocks.
        plain = {o.id for o in self.plain} | {
            o.id for o, must, single in rows if single}
        musts_of = {o.id: must for o, must, _ in rows}
        prices.marginal = lambda side: marginal(
            prices, side, plain, musts_of)
        price = rounded(prices.exact(), market)
        if musts and market.price != "pay-as-bid":
            if price is None:
                return None
            if found.state == "cleared":
                low, high = prices.ends()
                if low is not None and price < low:
                    price = round_to(low, market.scale, "ceiling")
                if high is not None and price > high:
                    price = round_to(high, market.scale, "floor")
        return found, price, prices.ends()

    def worth(self, found, orders):
        """(at any price, money, volume): compared in this order."""
        sign = {"buy": 1, "sell": -1}
        traded = {side: sum(found.accepted[o.id] for o in orders
                            if o.side == side) for side in sign}
        # What is traded and no order's is the need's.
        fixed = abs(traded["sell"] - traded["buy"])
        assert found.volume == max(traded.values())
        any_price = fixed + sum(found.accepted[o.id] for o in orders
                                if o.price is None)
        money = sum(sign[o.side] * o.price * found.accepted[o.id]
                    for o in orders if o.price is not None)
        return any_price, money, found.volume


def marginal(prices, side, plain, musts):
    """As the book without what must be accepted has it."""
    found = prices.found
    rest = {o.id: found.accepted[o.id] - musts.get(o.id, 0)
            for o in prices.orders if o.id in plain}
    room = {o.id: o.quantity - musts.get(o.id, 0)
            for o in prices.orders if o.id in plain}
    sign = 1 if side == "sell" else -1

    def place(order):
        return (order.price is not None, sign * (order.price or 0))
    orders = [o for o in prices.orders if o.id in plain and o.side == side]
    reached = [place(o) for o in orders if rest[o.id] > 0]
    return bool(reached) and any(
        rest[o.id] < room[o.id] for o in orders if place(o) == max(reached))


class Selection:
    """Every hour cleared with the blocks accepted to some ratios."""

    def __init__(self, book, ratios):
        self.book, self.ratios = book, ratios
        self.hours = []
        for h, hour in enumerate(book.hours):
            rows = [(order, block.part(order, ratio), block.single)
                    for block, ratio in zip(book.blocks, ratios)
                    for where, order in block.rows
                    if where == h and (ratio > 0 or block.always())]
            self.hours.append(hour.cleared(rows))
        self.feasible = all(hour is not None for hour in self.hours)
        if self.feasible:
            self.worth = tuple(sum(hour[2][i] for hour in self.hours)
                               for i in range(3))

    def priced(self):
        """Whether there are prices at which no accepted block loses."""
        if any(hour[0] is None for hour in self.hours):
            return False
        self.prices = [hour[0][1] for hour in self.hours]
        if self.book.market.price == "pay-as-bid":
            return True
        losing = [b for b in range(len(self.ratios)) if self.loses(b)]
        return not losing or self.moved(losing)

    def gain(self, b, prices, whole=False):
        """None: gains whatever the price is."""
        total = Fraction(0)
        for where, order in self.book.blocks[b].rows:
            if order.price is None:
                return None
            quantity = order.quantity if whole else \
                self.hours[where][1].get(order.id, 0)
            sign = 1 if order.side == "sell" else -1
            total += sign * (prices[where] - order.price) * quantity
        return total

    def loses(self, b):
        if self.ratios[b] == 0:
            return False
        gain = self.gain(b, self.prices)
        return gain is not None and gain < 0

    def moved(self, losing):
        """Moves hours that losing blocks want moved by one part of the way to
        the end of what clears."""
        ways, market = {}, self.book.market
        for b in losing:
            for where, order in self.book.blocks[b].rows:
                if self.hours[where][1].get(order.id, 0):
                    ways.setdefault(where, set()).add(order.side)
        ends = {where: self.end(where, sides) for where, sides in ways.items()
                if len(sides) == 1}
        part = Fraction(0)
        for b in losing:
            more = Fraction(0)
            for where, order in self.book.blocks[b].rows:
                if where in ends:
                    sign = 1 if order.side == "sell" else -1
                    more += sign * (ends[where] - self.prices[where]) * \
                        self.hours[where][1].get(order.id, 0)
            loss = -self.gain(b, self.prices)
            if more < loss:
                return False
            part = max(part, loss / more)
        for where, end in ends.items():
            before, up = self.prices[where], "sell" in ways[where]
            if end == before:
                continue
            price = round_to(before + part * (end - before), market.scale,
                             "ceiling" if up else "floor")
            if up and price > end:
                price = round_to(end, market.scale, "floor")
            elif not up and price < end:
                price = round_to(end, market.scale, "ceiling")
            self.prices[where] = price
        return not any(self.loses(b) for b in range(len(self.ratios)))

    def end(self, where, sides):
        found, price, ends = self.hours[where][0]
        if found.state != "cleared":
            return price
        up = "sell" in sides
        end = ends[1] if up else ends[0]
        limits = [order.price for block in self.book.blocks
                  for _, order in block.rows if order.price is not None]
        if end is None and limits:
            end = max(limits) if up else min(limits)
        if end is None:
            return price
        return max(end, price) if up else min(end, price)

    def tie(self):
        """Larger comes first."""
        return (tuple(ratio > 0 for ratio in self.ratios), self.ratios)


class BlockBook:
    """Hours with blocks; select() is the answer."""

    def __init__(self, hours, blocks, market):
        """hours: [(plain orders, need)]; blocks: {name: [(hour, order)]}."""
        self.market = market
        self.hours = [Hour(list(orders), need, market)
                      for orders, need in hours]
        self.blocks = [Block(name, blocks[name]) for name in
                       sorted(blocks)]

    def count(self):
        count = 1
        for block in self.blocks:
            count *= len(block.ratios())
        return count

    def select(self):
        best = None
        for ratios in product(*(block.ratios() for block in self.blocks)):
            selection = Selection(self, ratios)
            if selection.feasible and (best is None or (
                    selection.worth, selection.tie()) >
                    (best.worth, best.tie())) and selection.priced():
                best = selection
        return best

    def states(self, best):
        """{name: accepted, rejected or paradoxical}."""
        states = {}
        for b, block in enumerate(self.blocks):
            taken = any(best.hours[where][1].get(order.id, 0)
                        for where, order in block.rows)
            paid = False
            if not taken and self.market.price != "pay-as-bid" and all(
                    best.prices[where] is not None
                    for where, _ in block.rows):
                gain = best.gain(b, best.prices, whole=True)
                paid = gain is None or gain > 0
            states[block.name] = "accepted" if taken else \
                "paradoxical" if paid else "rejected"
        return states
