"""flex.py - orders of flexibility through the tools: what a grid operator
orders goes in as FlexOrder messages, the loads as reads, the baselines as
facts; out comes the FlexSettlement of qf-export, read by ElementTree.

Nothing is computed here that is then compared.
"""
import collections
import datetime
import decimal
import os
import xml.etree.ElementTree as ET

from case import ROOT, Ledger

D = decimal.Decimal
POINT = "ean.123456789012"
SENDER, RECEIVER = "dso.example.com", "agr.example.com"
MINUTES = 15

# Powers in watts, consumption positive; ordered is below 0 for a decrease.
Isp = collections.namedtuple("Isp", "first count baseline ordered actual")
Order = collections.namedtuple("Order", "reference day isps")

CAPPED = os.path.join(ROOT, "schemas", "rules", "programme",
                      "uftp-flex-capped.xml")

PROGRAMME = """<programme xmlns="urn:qingfen:programme:1" id="uftp">
<version from="1990-01-01" direction="%s" source="settle phase of UFTP">
<measure every="15m"/>
<baseline method="given" negative="yes" round="6 half-up"/>
<price per="mw"><term of="award" per="mw"/></price>
<pay most="1"/>
<penalty component="deficiency" below="1">
<price per="mw"><term of="fixed" value="%s"/></price></penalty>
<rounding money="4 half-up line"/>
</version></programme>
"""


def uncapped_programme(direction, penalty):
    return PROGRAMME % (direction, penalty)


def capped_programme(direction, penalty):
    """The document that ships, with its numbers filled in."""
    with open(CAPPED, encoding="utf-8") as f:
        text = f.read()
    for blank, filled in (
            ('id="uftp-flex-capped"', 'id="uftp"'),
            ('from="2025-01-01" direction="shave" template="yes"',
             'from="1990-01-01" direction="%s"' % direction),
            ('of="fixed" value=""', 'of="fixed" value="%s"' % penalty),
            ('money="2 half-up line"', 'money="4 half-up line"')):
        if text.count(blank) != 1:
            raise RuntimeError("%s: no %s" % (CAPPED, blank))
        text = text.replace(blank, filled)
    return text


def order_message(order, price, point=POINT, currency="EUR"):
    """The FlexOrder of an order that costs price a MW and ISP."""
    total = price * sum(abs(i.ordered) * i.count for i in order.isps) / 10 ** 6
    isps = "".join('<ISP Start="%d" Duration="%d" Power="%d"/>' % (
        i.first, i.count, i.ordered) for i in order.isps)
    return (
        '<FlexOrder Version="3.1.0" SenderDomain="%s" RecipientDomain="%s" '
        'TimeStamp="2025-01-01T00:00:00Z" '
        'MessageID="00000000-0000-4000-8000-000000000001" '
        'ConversationID="00000000-0000-4000-8000-000000000002" '
        'ISP-Duration="PT15M" TimeZone="UTC" Period="%s" '
        'CongestionPoint="%s" ContractID="C1" Price="%s" Currency="%s" '
        'OrderReference="%s">%s</FlexOrder>' % (
            SENDER, RECEIVER, order.day, point, "{:f}".format(total), currency,
            order.reference, isps))


def time_of(day, number):
    start = datetime.datetime.combine(day, datetime.time())
    return start + datetime.timedelta(minutes=MINUTES * number)


def settle(orders, price, penalty, point=POINT, contract="C1", capped=False):
    """A ledger with the orders settled: (ledger, FlexSettlement's path).
    capped: what is missing is at most what was ordered."""
    ledger = Ledger("flex", "UTC", "EUR", 4)
    shave = all(i.ordered <= 0 for o in orders for i in o.isps)
    ledger.run("qf-ingest", ledger.write(
        "party.csv", "party,kind,name_zh,name_en,from,to",
        [("dso", "grid", "", "", "1990-01-01", ""),
         ("agr", "aggregator", "", "", "1990-01-01", "")]), ledger.write(
             "point.csv", "point,kind,class,scenario,capacity_kw,district,"
             "name_zh,name_en,from,to",
             [("P1", "metering", "", "", "", "", "", "", "1990-01-01", "")]),
        ledger.write(
            "contract.csv", "contract,leg,point,payer,payee,account,tariff,"
            "basis,voltage,user_class,type,options,cycle,from,to",
            [(contract, "flexibility", "P1", "dso", "agr", "", "uftp",
              "events", "", "", "",
              "baseline=BL-1 congestion-point=%s" % point, "month",
              "1990-01-01", "")]),
        ledger.text("uftp.xml", (
            capped_programme if capped else uncapped_programme)(
                "shave" if shave else "fill", "{:f}".format(penalty))))
    baselines, reads, files = [], [], []
    for number, order in enumerate(orders):
        files.append(ledger.text(
            "order-%d.xml" % number,
            order_message(order, price, point).replace(
                'ContractID="C1"', 'ContractID="%s"' % contract)))
        for isp in order.isps:
            for n in range(isp.first - 1, isp.first - 1 + isp.count):
                start, end = time_of(order.day, n), time_of(order.day, n + 1)
                baselines.append(("BL-1", "P1", start.isoformat(),
                                  end.isoformat(), D(isp.baseline) / 1000))
                for channel, sign in ("import", 1), ("export", -1):
                    reads.append(("P1", channel, start.isoformat(),
                                  max(D(isp.actual) * sign / 1000, D(0))))
    reads.sort(key=lambda r: (r[2][:10], r[1] == "export", r[2]))
    ledger.run("qf-ingest", *files, ledger.write(
        "baseline.csv", "baseline,point,start,end,kw", baselines))
    ledger.run("qf-ingest", ledger.write(
        "reads.csv", "point,channel,time,value", reads,
        "quantity=kw side=primary label=start minutes=%d" % MINUTES))
    days = [o.day for o in orders]
    run, _, _ = ledger.run(
        "qf-settle", "--period", "%s/%s" % (
            min(days), max(days) + datetime.timedelta(days=1)))
    path = ledger.file("flex.xml")
    ledger.run("qf-export", run.strip(), "--to", "flex-settlement",
               "--sender", SENDER, "--receiver", RECEIVER, "--output", path)
    return ledger, path


def orders_of(path):
    """{reference: (price, penalty, net, [the numbers of each ISP])}"""
    out = {}
    for node in ET.parse(path).getroot().findall("FlexOrderSettlement"):
        isps = []
        for isp in node.findall("ISP"):
            numbers = [int(isp.get(name, 0)) for name in (
                "BaselinePower", "OrderedFlexPower", "ActualPower",
                "DeliveredFlexPower", "PowerDeficiency")]
            first, count = int(isp.get("Start")), int(isp.get("Duration", 1))
            isps += [(n, *numbers) for n in range(first, first + count)]
        out[node.get("OrderReference")] = (
            D(node.get("Price")), D(node.get("Penalty", "0")),
            D(node.get("NetSettlement")), sorted(isps))
    return out
