"""What the model of clearing comes to where others have printed the result.

Only a model that does is asked about random auctions.

SPDX-License-Identifier: Apache-2.0
"""
from fractions import Fraction

from auction_blocks import BlockBook
from auction_model import Market, Order, eligible_of, match, price_of
from auction_trades import in_pairs


def orders_of(text):
    """"S 10@40, B 5@*": in order, named a, b, c."""
    orders = []
    for number, words in enumerate(text.split(", ")):
        side, rest = words.split()
        quantity, _, price = rest.partition("@")
        orders.append(Order(
            "%c" % (97 + number), None, None,
            {"S": "sell", "B": "buy"}[side],
            None if price == "*" else Fraction(price), int(quantity), None,
            None, None, None))
    return orders


# What it is, rule, need, book, accepted, price, more of the market.
BOOKS = [
    ("nempy: the stack", "lowest", 115, "S 20@50, S 20@60, S 5@100, S 50@50, "
     "S 30@55, S 10@80", "20 15 0 50 30 0", 60, {}),
    ("nempy: at a step", "lowest", 120, "S 20@50, S 20@60, S 5@100, S 50@50, "
     "S 30@55, S 10@80", "20 20 0 50 30 0", 60, {}),
    ("ASSUME: pay as clear", "last-accepted-offer", 0,
     "B 400@3000, B 100@3000, S 300@100, S 200@50", "400 100 300 200", 100,
     {}),
    ("ASSUME: short", "last-accepted-offer", 0,
     "B 700@3000, S 300@100, S 200@50", "500 300 200", 100, {}),
    ("ASSUME: cheaper", "last-accepted-offer", 0,
     "B 400@3000, S 300@100, S 200@50, S 230@60", "400 0 200 200", 60, {}),
    ("Power TAC: one pair", "split", 0, "S 1@20, B 1@22", "1 1", 21, {}),
    ("Power TAC: its margin", "split", 0, "S 1@20, B 1@32", "1 1", 21,
     {"margin": Fraction(5, 100)}),
    ("Power TAC: no cross", "split", 0, "S 1@23, B 1@22", "0 0", None, {}),
    ("OpenEUPHEMIA: pro rata", "last-accepted-offer", 0,
     "S 100@10, S 100@10, B 40@4000, B 60@4000", "50 50 40 60", 10, {}),
    ("question 316", "mean-of-last-pair", 0,
     "S 200@20, S 100@10, S 100@10, B 150@30, B 150@30, B 100@25",
     "200 100 100 150 150 100", Fraction(45, 2), {}),
    ("demand response of the examination", "last-accepted-offer", 110,
     "S 40@500, S 30@580, S 60@650", "40 30 40", 650, {}),
]

# Need, book, {bid: minimum, of what is a block}, accepted, price.
BLOCKS = [
    ("Bichler et al.: no minimum", 0,
     "B 10@300, B 14@10, S 1@40, S 11@40, S 13@100", {"d": None},
     "10 0 1 9 0", 40),
    ("Bichler et al.: a minimum", 0,
     "B 10@300, B 14@10, S 1@40, S 12@40, S 13@100", {"d": 11},
     "10 0 1 0 9", 100),
    ("question 1262", 900, "S 600@400, S 600@600", {"a": 300, "b": 300},
     "600 300", 600),
]


def check(what, expected, got):
    if expected != got:
        raise SystemExit("auction: the model is wrong: %s: %s, not %s" % (
            what, got, expected))


def check_known():
    for what, rule, need, text, accepted, price, more in BOOKS:
        market, orders = Market(price=rule, **more), orders_of(text)
        eligible = eligible_of(orders, need, market)
        found = match(orders, need, market, eligible)
        check(what, accepted, " ".join(
            str(found.accepted[o.id]) for o in orders))
        check(what, price, price_of(orders, found, eligible, market))
    for what, need, text, minima, accepted, price in BLOCKS:
        orders = [o._replace(minimum=minima.get(o.id))
                  for o in orders_of(text)]
        blocks = {o.id: [(0, o)] for o in orders if o.id in minima}
        book = BlockBook([([o for o in orders if o.id not in minima], need)],
                         blocks, Market())
        best = book.select()
        check(what, accepted, " ".join(
            str(best.hours[0][1].get(o.id, 0)) for o in orders))
        check(what, price, best.prices[0])
    # 山东 附件8 算例四: the first pair, after a trade at another price.
    orders = orders_of("B 1@0.42, S 1@0.38, B 1@0.41, S 1@0.39, B 1@0.40, "
                       "S 1@0.40")
    market = Market(method="pairs", price="median", ties=["time"])
    for before, price in (("0.43", "0.42"), ("0.37", "0.38"),
                          ("0.40", "0.40")):
        _, trades = in_pairs(orders, 0, Fraction(before), market)
        check("算例四", (orders[0], orders[1], Fraction(price)),
              (trades[0].buy, trades[0].sell, trades[0].price))
