"""clear.py - small random books to qf-clear and to a model that tries it all.

    clear.py [--bin DIRECTORY] [--books N] [--seed N]

The model shares no code and no method with the tool.  It knows a book by its
definition: each price that some order names, or the floor or cap, is tried for
whether it clears; the volume is the greatest over all prices; and every way to
hand out that volume that gives better orders more is narrowed down to the one
that the ties leave.  All books of a market are the hours of one auction; one
run clears them, and interval, price, volume, what was not served and every
award are held against the model.  Then the bids are taken in once more, in
another order and in several files, and the awards must be the same.
"""
import argparse
import csv
import datetime
import fractions
import os
import random
import subprocess
import sys
import tempfile

F = fractions.Fraction
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
FLOOR, CAP = 0, 20
FIRST = datetime.datetime(2025, 1, 1)
HEADER = ("auction,start,bid,end,party,side,price,quantity,submitted,minimum,"
          "block,performance,class")
MARKET = """<market xmlns="urn:qingfen:market:1" id="m">
<version from="2020-01-01" source="random">
<quantity unit="mw" tick="1"/>
<price unit="mwh" tick="1" floor="%d" cap="%d" round="3 half-up"/>
<clearing method="uniform" price="%s" ties="%s" shortage="%s"/>
</version></market>
"""
RULES = ("lowest", "highest", "middle", "last-accepted-offer",
         "last-accepted-bid")
TIES = ("pro-rata", "larger", "time", "larger pro-rata", "time larger")
SHORTAGES = ("none", "cap", "last-offer")


class Order:
    def __init__(self, name, side, price, quantity, submitted):
        self.name, self.side, self.price = name, side, price
        self.quantity, self.submitted = quantity, submitted

    def limit(self):
        """Where an order at any price stands: beyond every price."""
        if self.price is not None:
            return self.price
        return -1 if self.side == "sell" else CAP + 1


class Book:
    def __init__(self, rng):
        self.need = rng.choice((0, 0, 0, rng.randint(1, 12),
                                -rng.randint(1, 12)))
        self.orders = []
        names = rng.sample(range(100), rng.randint(0, 7))
        for name in names:
            price = None if rng.random() < 0.1 else rng.randint(5, 12)
            self.orders.append(Order(
                "o%02d" % name, rng.choice(("sell", "buy")), price,
                rng.randint(0, 9), rng.choice((None, 1, 2, 3))))

    def total(self, side, test):
        return sum(o.quantity for o in self.orders
                   if o.side == side and test(o.limit()))

    def clears(self, price):
        """Nobody who is turned away would rather trade."""
        below = self.total("sell", lambda p: p < price)
        at = self.total("sell", lambda p: p <= price)
        above = self.total("buy", lambda p: p > price)
        down = self.total("buy", lambda p: p >= price)
        return below <= down + self.need and at >= above + self.need

    def volume(self):
        """The most that is traded at any price, the need in it."""
        return max(min(self.total("sell", lambda p: p <= price)
                       + max(-self.need, 0),
                       self.total("buy", lambda p: p >= price)
                       + max(self.need, 0))
                   for price in range(-1, CAP + 2))


def keys(ties):
    """How the words of the ties sort; the id is apart."""
    never = 10 ** 9
    made = {"larger": lambda o: -o.quantity,
            "time": lambda o: never if o.submitted is None else o.submitted}
    words = [made[w] for w in ties.split() if w != "pro-rata"]
    return lambda o: tuple(word(o) for word in words)


def share(orders, rest):
    """By largest remainder; of equal ones the larger, then the lower id."""
    total = sum(o.quantity for o in orders)
    got = {o.name: rest * o.quantity // total for o in orders}
    left = rest - sum(got.values())
    order = sorted(orders, key=lambda o: (
        -(F(rest * o.quantity, total) - got[o.name]), -o.quantity, o.name))
    for o in order[:left]:
        got[o.name] += 1
    return got


def hand_out(orders, rest, ties):
    """{name: quantity} of one side, best first."""
    key, got = keys(ties), {}
    sign = 1 if orders and orders[0].side == "sell" else -1
    groups = {}
    for o in orders:
        rank = (sign * o.limit(), key(o))
        if not ties.endswith("pro-rata"):
            rank += (o.name,)
        groups.setdefault(rank, []).append(o)
    for rank in sorted(groups):
        wanted = sum(o.quantity for o in groups[rank])
        if wanted <= rest:
            got.update({o.name: o.quantity for o in groups[rank]})
        elif rest > 0:
            got.update(share(groups[rank], rest))
        else:
            got.update({o.name: 0 for o in groups[rank]})
        rest -= min(rest, wanted)
    return got


def price_of(book, rule, shortage, low, high, got, unserved, volume):
    """None, or the price by the rule."""
    accepted = {side: [o.price for o in book.orders if o.side == side and
                       o.price is not None and got[o.name] > 0]
                for side in ("sell", "buy")}
    offer = max(accepted["sell"], default=None)
    bid = min(accepted["buy"], default=None)
    if unserved:
        return {"none": None, "cap": CAP, "last-offer": offer}[shortage]
    if volume == 0:
        return None
    ends = (FLOOR if low is None else low, CAP if high is None else high)
    if rule == "lowest":
        return ends[0]
    if rule == "highest":
        return ends[1]
    if rule == "middle":
        return F(ends[0] + ends[1], 2)
    if rule == "last-accepted-offer":
        return offer if offer is not None else bid
    return bid if bid is not None else offer


def solve(book, rule, ties, shortage):
    volume = book.volume()
    prices = [p for p in range(FLOOR, CAP + 1) if book.clears(p)]
    # At any price beyond: the need and those who take any.
    sure = (max(book.need, 0) + book.total("buy", lambda p: p > CAP),
            max(-book.need, 0) + book.total("sell", lambda p: p < FLOOR))
    unserved = max(0, sure[0] - volume)
    got = {}
    for side, need in (("sell", -book.need), ("buy", book.need)):
        got.update(hand_out([o for o in book.orders if o.side == side],
                            max(0, volume - max(need, 0)), ties))
    low, high = (prices[0], prices[-1]) if prices else (None, None)
    return {"volume": volume, "unserved": unserved, "low": low, "high": high,
            "got": got, "surplus": max(0, sure[1] - volume),
            "price": price_of(book, rule, shortage, low, high, got, unserved,
                              volume)}


class Tools:
    def __init__(self, directory, where):
        self.bin, self.where = directory, where

    def run(self, name, *arguments):
        tool, *command = name.split()
        done = subprocess.run(
            [os.path.join(self.bin, tool), *command, "-l",
             os.path.join(self.where, "ledger.qf"), *arguments],
            capture_output=True, text=True, check=False,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"})
        if done.returncode != 0:
            sys.exit("clear.py: %s: status %d: %s" % (
                name, done.returncode, done.stderr))
        return done.stdout

    def write(self, name, header, rows):
        path = os.path.join(self.where, name)
        with open(path, "w", encoding="utf-8") as f:
            f.write("\n".join([header, *rows, ""]))
        return path

    def table(self, run, form):
        text = self.run("qf-export", run, "--to", form)
        return list(csv.DictReader(
            line for line in text.splitlines() if not line.startswith("#")))


def stamp(number, hours=0):
    return (FIRST + datetime.timedelta(hours=number + hours)).strftime(
        "%Y-%m-%dT%H:%M")


def rows_of(books, auction):
    for number, book in enumerate(books):
        for o in book.orders:
            yield ",".join((
                auction, stamp(number), o.name, stamp(number, 1), "", o.side,
                "" if o.price is None else str(o.price), str(o.quantity),
                "" if o.submitted is None else
                "2024-12-31T0%d:00" % o.submitted, "", "", "", ""))


def needs_of(books, auction):
    for number, book in enumerate(books):
        if book.need or not book.orders:
            half = book.need // 2
            for name, quantity in (("a", half), ("b", book.need - half)):
                yield "%s,%s,%s,%s,%d" % (
                    auction, stamp(number), name, stamp(number, 1), quantity)


def same(text, number):
    return (text == "") == (number is None) and (
        number is None or abs(F(text) - number) < F(1, 1000))


def compare(book, want, price, awards):
    """What is wrong, in words."""
    wrong = []
    for name in ("volume", "unserved"):
        if F(price[name]) != want[name]:
            wrong.append("%s %s, not %s" % (name, want[name], price[name]))
    if not want["unserved"] and not want["surplus"]:
        for name in ("low", "high"):
            if not same(price[name], want[name]):
                wrong.append("%s %s, not %s" % (
                    name, want[name], price[name]))
    if not want["surplus"] and not same(price["price"], want["price"]):
        wrong.append("price %s, not %s" % (want["price"], price["price"]))
    for o in book.orders:
        if F(awards[o.name]) != want["got"][o.name]:
            wrong.append("%s gets %s, not %s" % (
                o.name, want["got"][o.name], awards[o.name]))
    return wrong


def cleared(tools, auction):
    run = tools.run("qf-clear", "-a", auction).strip()
    tools.run("qf-audit replay", run)
    awards = {}
    for row in tools.table(run, "awards-csv"):
        awards.setdefault(row["start"][:16], {})[row["bid"]] = row["awarded"]
    return run, awards


def one_market(chosen, rng, rule, ties, shortage, count):
    """Books of one market; how many were wrong."""
    books = [Book(rng) for _ in range(count)]
    bad = 0
    with tempfile.TemporaryDirectory(prefix="qf-clear-") as where:
        tools = Tools(chosen.bin, where)
        tools.run("qf-init", "--market", "m", "--zone", "UTC", "--currency",
                  "CNY")
        rows = list(rows_of(books, "one"))
        tools.run("qf-ingest", tools.write("m.xml", MARKET % (
            FLOOR, CAP, rule, ties, shortage), ()),
                  tools.write("one.csv", HEADER, rows), tools.write(
                      "need.csv", "auction,start,need,end,quantity",
                      needs_of(books, "one")))
        run, awards = cleared(tools, "one")
        prices = {row["start"][:16]: row
                  for row in tools.table(run, "prices-csv")}
        for number, book in enumerate(books):
            wrong = compare(book, solve(book, rule, ties, shortage),
                            prices[stamp(number)],
                            awards.get(stamp(number), {}))
            bad += bool(wrong)
            if wrong and bad <= 5:
                print("%s, %s, %s: need %d, %s: %s" % (
                    rule, ties, shortage, book.need, " ".join(
                        "%s:%s:%s@%s:%s" % (o.name, o.side, o.quantity,
                                            o.price, o.submitted)
                        for o in book.orders), "; ".join(wrong)))
        rows = list(rows_of(books, "two"))
        rng.shuffle(rows)
        third = len(rows) // 3
        for part in (rows[:third], rows[third:2 * third], rows[2 * third:]):
            tools.run("qf-ingest", tools.write("two.csv", HEADER, part))
        tools.run("qf-ingest", tools.write(
            "need.csv", "auction,start,need,end,quantity",
            needs_of(books, "two")))
        if cleared(tools, "two")[1] != awards:
            print("%s, %s: the order of the files shows" % (rule, ties))
            bad += 1
        line = rng.randint(1, max(1, len(rows)))
        tools.run("qf-audit explain", "%s/%d" % (run.split("@")[0], line))
    return bad


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--bin", default=os.path.join(ROOT, "build", "bin"))
    options.add_argument("--books", type=int, default=2000)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    rng = random.Random(chosen.seed)
    each, done, bad = 40, 0, 0
    while done < chosen.books:
        bad += one_market(chosen, rng, rng.choice(RULES), rng.choice(TIES),
                          rng.choice(SHORTAGES), each)
        done += each
    print("clear-model: %d books, %d wrong" % (done, bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
