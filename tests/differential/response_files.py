"""A world of response as the files that qf-ingest takes.

SPDX-License-Identifier: Apache-2.0
"""
import csv
import os
from xml.sax.saxutils import quoteattr

from settle_num import date_of, month_of_day

CONTRACT = ("contract,leg,point,payer,payee,account,tariff,basis,voltage,"
            "user_class,type,options,cycle,from,to")
EXPORT_TARIFF = """<tariff xmlns="urn:qingfen:tariff:1" id="export">
<version from="2020-01-01" source="test">
<export><price value="0.4"/></export>
<rounding money="2 half-up line"/></version></tariff>
"""


def element(name, attributes, inside=""):
    words = "".join(" %s=%s" % (key, quoteattr(value))
                    for key, value in attributes.items()
                    if isinstance(value, str))
    return "<%s%s>%s</%s>\n" % (name, words, inside, name)


def price_xml(price):
    return element("price", price, "".join(
        element("term", term) for term in price["terms"]))


def charge_xml(name, charge):
    price = charge["price"]
    return element(name, charge, price_xml(price) if price else "")


def baseline_xml(rule):
    inside = "".join(
        element("window", {"from": a, "to": b, "after": after})
        for a, b, after in rule.get("windows", ()))
    if rule.get("adjust"):
        inside += element("adjust", rule["adjust"])
    return element("baseline", rule, inside)


def programme_xml(programme):
    parts = []
    if programme.notice:
        parts.append(element("notice", {"least": programme.notice}))
    parts.append(element("measure", {
        "every": programme.every,
        "award": None if programme.award else "none"}))
    parts.append(baseline_xml(programme.baseline))
    if programme.valid:
        parts.append(element("valid", programme.valid))
    parts += [element("band", band) for band in programme.bands]
    parts.append(price_xml(programme.price))
    if programme.pay:
        parts.append(element("pay", programme.pay))
    parts += [charge_xml("penalty", p) for p in programme.penalties]
    if programme.deviation:
        parts.append(charge_xml("deviation", programme.deviation))
    parts.append(element("rounding", {"money": "%d %s %s" % programme.money}))
    version = element("version", {
        "from": "2020-01-01", "source": "test",
        "direction": programme.direction,
        "calendar": programme.calendar or None}, "".join(parts))
    return element("programme", {
        "xmlns": "urn:qingfen:programme:1", "id": programme.name}, version)


class Files:
    def __init__(self, world, folder):
        self.world, self.folder = world, folder
        os.makedirs(folder, exist_ok=True)
        self.start = date_of(world.day - 800)

    def write(self, name, header, rows, preamble=None):
        if not rows:
            return
        path = os.path.join(self.folder, name + ".csv")
        with open(path, "w", newline="", encoding="utf-8") as file:
            if preamble:
                file.write(preamble + "\n")
            out = csv.writer(file, lineterminator="\n")
            out.writerow(header.split(","))
            out.writerows(rows)

    def document(self, name, text):
        path = os.path.join(self.folder, name + ".xml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def all(self):
        world = self.world
        for name, programme in world.programmes.items():
            self.document(name, programme_xml(programme))
        self.document("export", EXPORT_TARIFF)
        self.registry()
        self.write("calendar", "calendar,day,kind,name",
                   [["cn", date_of(day), kind, name]
                    for day, (kind, name) in world.calendar.items()] +
                   [["off", date_of(day), "rest", ""] for day in world.off])
        self.prices()
        self.events()
        self.reads()

    def registry(self):
        world, start = self.world, self.start
        owners = [c["payee"] for c in world.contracts]
        self.write("party", "party,kind,name_zh,name_en,from,to",
                   [[p, "customer", "", "", start, ""]
                    for p in ["grid", "pf", "sun"] + owners])
        self.write("point", "point,kind,class,scenario,capacity_kw,district,"
                   "name_zh,name_en,from,to",
                   [[p, "virtual" if p == "v1" else "metering", "", "", "",
                     "", "", "", start, ""]
                    for p in sorted(world.points) + ["v1"]])
        self.write("member", "portfolio,member,from,to",
                   [[a, b, start, ""] for a, b in world.members])
        rows = [[c["contract"], c["leg"], c["point"], c["payer"], c["payee"],
                 "", c["programme"], "events", "", "", "",
                 " ".join("%s=%s" % o for o in c["options"].items()),
                 "month", start, ""] for c in world.contracts]
        rows += [["x" + name, "export", name, "grid", "sun", "", "export",
                  "intervals", "", "", "", "", "month", start, ""]
                 for name, point in world.points.items()
                 if point["export_contract"]]
        self.write("contract", CONTRACT, rows)

    def prices(self):
        world = self.world
        months = sorted({month_of_day(world.day + k) for k in range(-40, 10)})
        units = {"mw": "kw"}
        self.write("price", "price_table,month,user_class,type,voltage,item,"
                   "price,unit,tax",
                   [["table1", "%d-%02d" % divmod(month, 100), "", "", "",
                     per, price, units.get(per, per), "included"]
                    for per, price in world.table.items()
                    for month in months])
        self.write("series", "series,start,end,price,unit",
                   [[name, world.local(a), world.local(b), price, "kwh"]
                    for name, rows in world.series.items()
                    for a, (b, price) in sorted(rows.items())])
        self.write("published", "auction,start,end,price,volume",
                   [["auction", world.local(a), world.local(b), price, ""]
                    for a, (b, price) in sorted(world.published.items())])

    def events(self):
        world = self.world
        self.write("event", "event,modification,programme,context,auction,"
                   "start,end,notified,status,test", [
                       [e["event"], e["modification"], e["programme"], "",
                        e["auction"], world.local(e["start"]),
                        world.local(e["end"]), "" if e["notified"] is None
                        else world.local(e["notified"]), e["status"],
                        e["test"]] for e in world.events])
        self.write("target", "event,modification,kind,target",
                   [list(row) for row in world.targets])
        self.write("award", "event,contract,start,award,end,kw,price",
                   [[e, c, world.local(a), award, world.local(b), kw, price]
                    for e, c, a, award, b, kw, price in world.awards])
        self.write("given", "baseline,point,start,end,kw",
                   [[name, point, world.local(a), world.local(b), kw]
                    for name, point, a, b, kw in world.given])

    def reads(self):
        for name, point in self.world.points.items():
            for guessed in (False, True):
                rows = [[name, channel, self.world.local(utc), text] +
                        (["estimated", "last-week"] if guessed else [])
                        for channel, values in point["reads"].items()
                        for utc, (text, is_guess) in values.items()
                        if is_guess == guessed]
                self.write(
                    "reads-%s-%d" % (name, guessed), "point,channel,time,"
                    "value" + (",quality,method" if guessed else ""), rows,
                    "#quantity=kwh side=primary label=start minutes=%d" %
                    point["minutes"])
