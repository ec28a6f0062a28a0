"""auction.py - what the drivers of auctions share: a market document, and bids
as the tools take them."""
import datetime

FIRST = datetime.datetime(2025, 1, 1)

MARKET = """<?xml version="1.0" encoding="UTF-8"?>
<market xmlns="urn:qingfen:market:1" id="%(id)s">
  <version from="2000-01-01" source="%(source)s">
    <quantity unit="mwh" tick="%(quantity_tick)s"/>
    <price unit="mwh" tick="%(price_tick)s"%(bounds)s round="%(round)s"/>
    <clearing method="uniform" price="%(rule)s" ties="%(ties)s"%(more)s/>
  </version>
</market>
"""


def market(name, rule, source, quantity_tick="0.001", price_tick="0.01",
           bounds="", rounding="5 half-up", ties="pro-rata", more=""):
    """A market document; bounds and more are attributes as they stand."""
    return MARKET % {
        "id": name, "rule": rule, "source": source,
        "quantity_tick": quantity_tick, "price_tick": price_tick,
        "bounds": " " + bounds if bounds else "", "round": rounding,
        "ties": ties, "more": " " + more if more else ""}


def hour(number):
    """Start and end of the hour of a case."""
    start = FIRST + datetime.timedelta(hours=number)
    end = start + datetime.timedelta(hours=1)
    return start.strftime("%Y-%m-%dT%H:%M"), end.strftime("%Y-%m-%dT%H:%M")


BID_HEADER = ("auction,start,bid,end,party,side,price,quantity,submitted,"
              "minimum,block,performance,class")
NEED_HEADER = "auction,start,need,end,quantity"


def bid(auction, number, name, side, price, quantity, minimum="", block=""):
    start, end = hour(number)
    return (auction, start, name, end, "", side, price, quantity, "", minimum,
            block, "", "")


def need(auction, number, quantity):
    start, end = hour(number)
    return auction, start, "net-export", end, quantity
