"""Clearing in pairs, and as orders arrive: each trade has its own price.

SPDX-License-Identifier: Apache-2.0
"""
from collections import namedtuple

from auction_model import level, match, tie_key
from settle_num import round_to

# buy, sell: orders, or None for the need.
Trade = namedtuple("Trade", "buy sell quantity price")


def ladder(orders, side, market):
    """Best first; of those that ties leave equal, by id."""
    sign = 1 if side == "sell" else -1
    return sorted((o for o in orders if o.side == side), key=lambda o: (
        o.price is not None, sign * (level(o, market) or 0),
        tie_key(o, market), o.id.encode()))


def earlier(buy, sell):
    """The one submitted earlier; at one time that of the lower id."""
    return min((buy, sell), key=lambda o: (
        o.submitted is None, o.submitted or 0, o.id.encode()))


class Pricer:
    def __init__(self, market, opening):
        self.market, self.previous = market, opening

    def price(self, buy, sell):
        bid = buy.price if buy else None
        ask = sell.price if sell else None
        exact = self.exact(buy, sell, bid, ask)
        if exact is None:
            return None
        self.previous = round_to(exact, self.market.scale, self.market.mode)
        return self.previous

    def exact(self, buy, sell, bid, ask):
        rule = self.market.price
        if bid is None and ask is None:
            return None
        if rule == "median" and self.previous is not None:
            price = self.previous
            if bid is not None:
                price = min(price, bid)
            if ask is not None:
                price = max(price, ask)
            return price
        if bid is None or ask is None:
            return ask if bid is None else bid
        if rule == "pair-earlier":
            return earlier(buy, sell).price
        if rule == "pay-as-bid":
            return ask
        return (bid + ask) / 2


def in_pairs(orders, need, opening, market):
    """(match, trades): best with best, of what clears all at once."""
    found = match(orders, need, market)
    queues = []
    for side, fixed in (("buy", max(need, 0)), ("sell", max(-need, 0))):
        queue = [[None, min(fixed, found.volume)]]
        queue += [[o, found.accepted[o.id]]
                  for o in ladder(orders, side, market)]
        queues.append([entry for entry in queue if entry[1]])
    buys, sells = queues
    pricer, trades = Pricer(market, opening), []
    while buys and sells:
        quantity = min(buys[0][1], sells[0][1])
        trades.append(Trade(buys[0][0], sells[0][0], quantity,
                            pricer.price(buys[0][0], sells[0][0])))
        for queue in (buys, sells):
            queue[0][1] -= quantity
            if not queue[0][1]:
                queue.pop(0)
    assert not buys and not sells
    return found, trades


def rolling(orders, need, opening, market):
    """(accepted, trades): each order as it arrives meets what waits."""
    left = {o.id: o.quantity for o in orders}
    fixed = {"buy": max(need, 0), "sell": max(-need, 0)}
    pricer, trades, waiting = Pricer(market, opening), [], []
    for order in sorted(orders, key=lambda o: (
            o.submitted is None, o.submitted or 0, o.id.encode())):
        other = "buy" if order.side == "sell" else "sell"
        rest = [None] + ladder(waiting, other, market)
        for best in rest:
            room = fixed[other] if best is None else left[best.id]
            quantity = min(left[order.id], room)
            if not quantity or not meets(order, best):
                continue
            pair = (best, order) if order.side == "sell" else (order, best)
            trades.append(Trade(*pair, quantity, pricer.price(*pair)))
            left[order.id] -= quantity
            if best is None:
                fixed[other] -= quantity
            else:
                left[best.id] -= quantity
        waiting.append(order)
    return {o.id: o.quantity - left[o.id] for o in orders}, trades, \
        fixed["buy"]


def meets(order, best):
    if best is None or order.price is None or best.price is None:
        return True
    buy, sell = (best, order) if order.side == "sell" else (order, best)
    return buy.price >= sell.price


def trade_prices(trades, order):
    """The price of all trades of an order, or None where they differ."""
    prices = {t.price for t in trades if order in (t.buy, t.sell)}
    return prices.pop() if len(prices) == 1 else None
