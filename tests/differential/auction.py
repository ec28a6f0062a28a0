#!/usr/bin/env python3
"""Clears random small auctions, and asks an independent model what comes of
them.

    auction.py [--bin DIR] [--cases N] [--seed S] [--keep DIR]

A case is an auction of some hours with a market document of its own; many are
in one ledger, each cleared by a run of qf-clear.  Every row is compared: the
interval of prices, the price, volume and what was left unserved, what each bid
was awarded at which price or why it was refused, and every trade in its
order.  The seed of an auction that differs makes it again.

SPDX-License-Identifier: Apache-2.0
"""
import argparse
import collections
import csv
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from fractions import Fraction

from auction_blocks import BlockBook
from auction_known import check_known
from auction_model import (Match, Order, Prices, award_price, eligible_of,
                           match, price_of, raise_awards, reasons)
from auction_random import Auction, text_of
from auction_trades import in_pairs, rolling, trade_prices
from settle_num import is_decimal, round_to

AT_ONCE = 100  # auctions in a ledger


class Difference(Exception):
    """The first of an auction."""


class Result:
    """What should come of an auction: rows as the ledger has them."""

    def __init__(self, auction):
        self.auction, self.market = auction, auction.market
        self.prices, self.awards, self.trades = {}, {}, {}
        self.refused = self.refusals()
        self.orders = collections.defaultdict(list)
        for bid in auction.bids:
            if not self.refused[bid["id"]]:
                self.orders[bid["hour"]].append(self.order(bid))
        self.needs = collections.Counter()
        for need in auction.needs:
            self.needs[need["hour"]] += int(
                need["quantity"] / self.market.quantity_tick)
        hours = {b["hour"] for b in auction.bids} | set(self.needs)
        for group in self.groups(sorted(hours)):
            self.clear(group)
        for bid in auction.bids:
            if self.refused[bid["id"]]:
                self.awards[bid["id"]] = (0, None, "refused")

    def takes_blocks(self):
        return self.market.method == "uniform" and not (
            self.market.by_performance or self.market.limits or
            self.market.below == "raise")

    def order(self, bid):
        tick = self.market.quantity_tick
        return Order(bid["id"], bid["party"], bid["class"], bid["side"],
                     bid["price"], int(bid["quantity"] / tick),
                     int((bid["minimum"] or 0) / tick) or None,
                     bid["performance"], bid["submitted"], bid["block"])

    def refusals(self):
        """{bid: reasons that apply}; a block with such a row goes whole."""
        found = {bid["id"]: reasons(bid, self.market)
                 for bid in self.auction.bids}
        blocks = collections.defaultdict(list)
        for bid in self.auction.bids:
            if bid["block"]:
                blocks[bid["block"]].append(bid)
        for rows in blocks.values():
            if any(found[row["id"]] for row in rows):
                for row in rows:
                    found[row["id"]] = found[row["id"]] or {"bid-block-row"}
            elif any((row["minimum"] or 0) * rows[0]["quantity"] !=
                     (rows[0]["minimum"] or 0) * row["quantity"]
                     for row in rows):
                for row in rows:
                    found[row["id"]] = {"bid-block-ratio"}
        return found

    def blocks_of(self):
        """{name: [(hour, order)]}: an order with a minimum is one of its
        own."""
        blocks = collections.defaultdict(list)
        if self.takes_blocks():
            for hour, orders in self.orders.items():
                for order in orders:
                    if order.block:
                        blocks[order.block, 0].append((hour, order))
                    elif order.minimum:
                        blocks[order.id, 1, hour].append((hour, order))
        return blocks

    def groups(self, hours):
        """Hours that blocks link."""
        of = {hour: {hour} for hour in hours}
        for rows in self.blocks_of().values():
            linked = set().union(*(of[hour] for hour, _ in rows))
            for hour in linked:
                of[hour] = linked
        return {tuple(sorted(group)) for group in of.values()}

    def clear(self, group):
        blocks = {name: rows for name, rows in self.blocks_of().items()
                  if rows[0][0] in group}
        if blocks:
            self.auction_blocks(group, blocks)
        elif self.market.method == "uniform":
            self.clear_hour(group[0])
        else:
            self.clear_pairs(group[0])

    def clear_hour(self, hour):
        orders, need, market = self.orders[hour], self.needs[hour], self.market
        eligible = eligible_of(orders, need, market)
        found = raise_awards(match(orders, need, market, eligible), orders,
                             market)
        price = price_of(orders, found, eligible, market)
        self.put_price(hour, found, price,
                       Prices(orders, found, eligible, market).ends())
        for order in orders:
            accepted = found.accepted[order.id]
            self.put_award(order, accepted,
                           award_price(order, accepted, price, market))

    def auction_blocks(self, group, blocks):
        names = {order.id for rows in blocks.values() for _, order in rows}
        book = BlockBook(
            [([o for o in self.orders[hour] if o.id not in names],
              self.needs[hour]) for hour in group],
            {name: [(group.index(hour), order) for hour, order in rows]
             for name, rows in blocks.items()}, self.market)
        best = book.select()
        states = book.states(best)
        paradoxical = {order.id for name, rows in blocks.items()
                       for _, order in rows if states[name] == "paradoxical"}
        for number, hour in enumerate(group):
            (found, _, ends), accepted, _ = best.hours[number]
            price = best.prices[number]
            self.put_price(hour, found, price, ends)
            for order in self.orders[hour]:
                got = accepted.get(order.id, 0)
                self.put_award(order, got, award_price(
                    order, got, price, self.market),
                    "paradoxical" if order.id in paradoxical else None)

    def clear_pairs(self, hour):
        orders, need, market = self.orders[hour], self.needs[hour], self.market
        opening = self.auction.opening
        if market.method == "pairs":
            found, trades = in_pairs(orders, need, opening, market)
        else:
            accepted, trades, unserved = rolling(orders, need, opening, market)
            volume = sum(trade.quantity for trade in trades)
            unserved += sum(o.quantity - accepted[o.id] for o in orders
                            if o.side == "buy" and o.price is None)
            found = Match("shortage" if unserved else
                          "cleared" if volume else "no-cross", None, None,
                          volume, unserved, 0, accepted)
        ends = Prices(orders, found, eligible_of(orders, need, market),
                      market).ends() \
            if market.method == "pairs" else (None, None)
        self.put_price(hour, found, None, ends)
        for order in orders:
            accepted = found.accepted[order.id]
            self.put_award(order, accepted, trade_prices(trades, order)
                           if accepted else None)
        self.trades[hour] = [
            (t.buy.id if t.buy else None, t.sell.id if t.sell else None,
             t.quantity * market.quantity_tick, t.price) for t in trades]

    def put_price(self, hour, found, price, ends):
        market = self.market
        low, high = ends if found.state in ("cleared", "no-cross") \
            else (None, None)
        # A ranking price may lie beyond the cap, and then no cap bounds it.
        if found.low is not None and found.high is None and high is not None:
            high = max(high, low)
        if found.high is not None and found.low is None and low is not None:
            low = min(low, high)
        state = found.state
        if state == "surplus":
            state = "cleared" if found.volume else "no-cross"
        self.prices[hour] = (
            market.price, price, self.end(low), self.end(high),
            found.volume * market.quantity_tick,
            found.unserved * market.quantity_tick, state)

    def end(self, value):
        if value is None or is_decimal(value):
            return value
        return round_to(value, self.market.scale, self.market.mode)

    def put_award(self, order, accepted, price, state=None):
        self.awards[order.id] = (
            accepted * self.market.quantity_tick, price, state or (
                "none" if accepted == 0 else
                "whole" if accepted == order.quantity else "part"))


def number(text):
    return None if text is None else Fraction(text)


class Ledger:
    """Auctions taken in and cleared by the tools."""

    def __init__(self, bin_dir, folder):
        self.bin, self.folder = bin_dir, folder
        self.path = os.path.join(folder, "auctions.qf")
        self.env = dict(os.environ, QF_LEDGER=self.path,
                        QF_CLOCK="2025-07-02T00:00:00Z")

    def run(self, tool, *args, allow=(0,)):
        done = subprocess.run([os.path.join(self.bin, tool), *args],
                              env=self.env, capture_output=True, text=True,
                              check=False)
        if done.returncode not in allow:
            raise Difference("%s: status %d: %s" % (
                tool, done.returncode, done.stderr[:1000]))
        return done

    def write(self, name, header, rows):
        with open(os.path.join(self.folder, name), "w", newline="",
                  encoding="utf-8") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(header.split(","))
            out.writerows(rows)
        return os.path.join(self.folder, name)

    def take(self, auctions):
        self.run("qf-init", "--market", "m", "--zone", "Asia/Shanghai",
                 "--currency", "CNY")
        files = []
        for auction in auctions:
            files.append(os.path.join(self.folder, auction.name + ".xml"))
            with open(files[-1], "w", encoding="utf-8") as file:
                file.write(auction.xml())
        files.append(self.write(
            "bids.csv", "auction,start,bid,end,party,side,price,quantity,"
            "submitted,minimum,block,performance,class",
            [row for auction in auctions for row in auction.bid_rows()]))
        files.append(self.write(
            "needs.csv", "auction,start,need,end,quantity",
            [row for auction in auctions for row in auction.need_rows()]))
        self.run("qf-ingest", "-q", *files)

    def clear(self, auction):
        args = ["--auction", auction.name, "--market", auction.name, "-q"]
        if auction.opening is not None:
            args += ["--opening", text_of(auction.opening)]
        # 1: some bids were refused.
        self.run("qf-clear", *args, allow=(0, 1))

    def rows(self, sql):
        # Read only: the tools wrote it, and it stays as it is.
        with sqlite3.connect("file:%s?mode=ro" % self.path, uri=True) as book:
            return book.execute(sql).fetchall()


def compare(name, expected, got, where):
    if expected != got:
        raise Difference("%s %s: expected %s, got %s" % (
            where, name, shown(expected), shown(got)))


def shown(values):
    if not isinstance(values, (tuple, list)):
        return str(values)
    return "(%s)" % ", ".join(shown(value) for value in values)


class Found:
    """The rows of all runs, by auction."""

    def __init__(self, ledger):
        self.prices, self.awards, self.trades = (
            collections.defaultdict(dict) for _ in range(3))
        for row in ledger.rows(
                "SELECT auction, start_utc, rule, price, low, high, volume, "
                "unserved, state FROM run_price ORDER BY id"):
            self.prices[row[0]][row[1]] = (row[2], *map(number, row[3:8]),
                                           row[8])
        for row in ledger.rows(
                "SELECT auction, bid, awarded, price, state, reason "
                "FROM run_award ORDER BY id"):
            self.awards[row[0]][row[1]] = (number(row[2]), number(row[3]),
                                           row[4], row[5])
        for row in ledger.rows(
                "SELECT auction, start_utc, buy, sell, quantity, price "
                "FROM run_trade ORDER BY id"):
            self.trades[row[0]].setdefault(row[1], []).append(
                (row[2] or None, row[3] or None, number(row[4]),
                 number(row[5] or None)))

    def compare(self, auction, first_utc):
        """Rows compared; raises Difference."""
        result, name = Result(auction), auction.name

        def start(hour):
            return first_utc + 3600 * hour
        compare("hours", sorted(start(h) for h in result.prices),
                sorted(self.prices[name]), name)
        compare("bids", sorted(result.awards), sorted(self.awards[name]), name)
        for hour, price in result.prices.items():
            compare("price of hour %d" % hour, price,
                    self.prices[name][start(hour)], name)
            compare("trades of hour %d" % hour, result.trades.get(hour, []),
                    self.trades[name].get(start(hour), []), name)
        for bid, award in result.awards.items():
            got = self.awards[name][bid]
            compare("award of " + bid, award, got[:3], name)
            if got[3] not in (result.refused[bid] or {None}):
                raise Difference("%s: %s is refused for %s, not %s" % (
                    name, bid, got[3], result.refused[bid]))
        return len(result.prices) + len(result.awards) + sum(
            len(trades) for trades in result.trades.values())


def one_ledger(seeds, bin_dir, folder):
    """(rows compared, what differs)."""
    auctions = [Auction(seed) for seed in seeds]
    auctions = [a for a in auctions if a.bids or a.needs]
    ledger, faults, rows = Ledger(bin_dir, folder), [], 0
    ledger.take(auctions)
    cleared = []
    for auction in auctions:
        try:
            ledger.clear(auction)
            cleared.append(auction)
        except Difference as difference:
            faults.append("%s (%s): %s" % (
                auction.name, auction.kind, difference))
    found = Found(ledger)
    # 2025-07-01 in Shanghai.
    first_utc = 1751299200
    for auction in cleared:
        try:
            rows += found.compare(auction, first_utc)
        except Difference as difference:
            faults.append("%s, %s" % (auction.kind, difference))
    return rows, faults


def main():
    parser = argparse.ArgumentParser()
    root = os.path.dirname(os.path.abspath(__file__)) + "/../.."
    parser.add_argument("--bin", default=root + "/build/bin")
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", help="keep the files of a ledger here")
    args = parser.parse_args()
    check_known()
    rows = failed = 0
    for seed in range(args.seed, args.seed + args.cases, AT_ONCE):
        seeds = range(seed, min(seed + AT_ONCE, args.seed + args.cases))
        folder = args.keep or tempfile.mkdtemp(prefix="auction-")
        os.makedirs(folder, exist_ok=True)
        try:
            more, faults = one_ledger(seeds, args.bin, folder)
        finally:
            if not args.keep:
                shutil.rmtree(folder)
        rows += more
        failed += len(faults)
        for fault in faults:
            print("auction: " + fault, flush=True)
    print("auction: %d auctions, %d rows compared, %d auctions differ" % (
        args.cases, rows, failed))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
