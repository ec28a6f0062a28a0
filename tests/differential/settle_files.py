"""A world as the files that qf-ingest takes.

SPDX-License-Identifier: Apache-2.0
"""
import csv
import os

from settle_num import date_of
from settle_tariff import tariff_xml

CONTRACT = ("contract,leg,point,payer,payee,account,tariff,basis,voltage,"
            "user_class,type,options,cycle,from,to").split(",")


class Files:
    def __init__(self, world, folder):
        self.world, self.folder = world, folder
        os.makedirs(folder, exist_ok=True)

    def time(self, utc):
        """An instant in one of the ways that it may be written."""
        if utc is None:
            return ""
        plain = self.world.zone.plain(utc)
        if plain and utc % 7:
            return plain[:16] if plain.endswith(":00") else plain
        return self.world.zone.text(utc)

    def write(self, name, header, rows, preamble=None):
        if not rows:
            return
        path = os.path.join(self.folder, name + ".csv")
        with open(path, "w", newline="", encoding="utf-8") as file:
            if preamble:
                file.write(preamble + "\n")
            out = csv.writer(file, lineterminator="\n")
            out.writerow(header if isinstance(header, list)
                         else header.split(","))
            out.writerows(rows)

    def all(self):
        world = self.world
        start = date_of(world.first_day - 200)
        for name, tariff in world.tariffs.items():
            path = os.path.join(self.folder, name + ".xml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(tariff_xml(tariff))
        self.write("party", "party,kind,name_zh,name_en,from,to",
                   [[p, "customer", "", "", start, ""]
                    for p in world.parties])
        self.write("point", "point,kind,class,scenario,capacity_kw,district,"
                   "name_zh,name_en,from,to",
                   [[p, "virtual" if p in world.virtual else "metering", "",
                     "", "", "", "", "", start, ""] for p in world.points])
        self.write("meter", "point,meter,multiplier,digits,from,to",
                   [[m["point"], m["meter"], m["multiplier"],
                     "%d.2" % m["digits"], self.time(m["from"]),
                     self.time(m["to"])] for m in world.meters])
        self.write("relation", "parent,child,role,from,to",
                   [[r["parent"], r["child"], r["role"],
                     self.time(r["from"]), self.time(r["to"])]
                    for r in world.relations])
        self.contracts(world.contracts)
        self.facts()
        self.sessions(world.sessions.values())
        self.reads()
        self.long("estimate", "estimated", "last-week", {
            key: reads["values"] for key, reads in world.reads.items()
            if reads["estimated"]})

    def contracts(self, rows):
        self.write("contract", CONTRACT, [
            [self.time(row[c]) if c in ("from", "to") else
             "month" if c == "cycle" else row[c] for c in CONTRACT]
            for row in rows])

    def facts(self):
        world = self.world
        self.write("calendar", "calendar,day,kind,name",
                   [["cn", date_of(day), kind, name] for day, (kind, name)
                    in world.calendars["cn"].items()])
        self.write("condition", "station,quantity,day,value",
                   [[s, q, date_of(day), value] for (s, q, day), value
                    in world.conditions.items()])
        head = "price_table,month,user_class,type,voltage,item,price,unit,tax"
        self.write("price", head, [
            ["%d-%02d" % divmod(row[c], 100) if c == "month" else row[c]
             for c in head.split(",")] for row in world.prices])
        self.write("series", "series,start,end,price,unit",
                   [[name, self.time(start), self.time(end), text, unit]
                    for name, rows in world.series.items()
                    for start, end, text, unit in rows])
        self.write("register", "point,meter,time,channel,band,value,quality",
                   [[point, meter, self.time(utc), channel, band, value,
                     "measured"]
                    for (point, meter, channel, band), shown
                    in world.registers.items()
                    for utc, value in shown.items()])

    def sessions(self, sessions):
        head = "session,point,vehicle,party,start,end,import_kwh,export_kwh"
        self.write("session", head, [
            [s["session"], s["point"], "", s["party"], self.time(s["start"]),
             self.time(s["end"]), s["import_kwh"] or "",
             s["export_kwh"] or ""] for s in sessions])
        self.write("session-band", "session,channel,band,kwh", [
            [s["session"], channel, band, kwh] for s in sessions
            for (channel, band), kwh in s["bands"].items()])
        self.write("session-interval", "session,channel,start,end,kwh", [
            [s["session"], channel, self.time(start), self.time(end), kwh]
            for s in sessions
            for (channel, start, end), kwh in s["intervals"].items()])

    # Reads: a wide file for what is alike, the last readings long.

    def reads(self):
        groups = {}
        zone = self.world.zone
        for (point, channel), reads in self.world.reads.items():
            if reads["estimated"]:
                continue
            step = reads["minutes"] * 60
            label = "start" if len(point) % 2 else "end"
            by_day = {}
            for utc, value in reads["values"].items():
                shown_at = utc
                if reads["quantity"] == "register" and label == "end":
                    shown_at = utc - step
                day = zone.day_of(shown_at)
                by_day.setdefault(day, {})[
                    (shown_at - zone.day_start(day)) // step] = value
            for day, row in by_day.items():
                count = (zone.day_start(day + 1) -
                         zone.day_start(day)) // step
                key = reads["quantity"], reads["side"], label, \
                    reads["minutes"], count
                groups.setdefault(key, []).append(
                    [point, channel, date_of(day)] +
                    [row.get(i, "") for i in range(count)])
        for number, (key, rows) in enumerate(sorted(groups.items())):
            self.write("reads-%d" % number,
                       ["point", "channel", "day"] +
                       ["v%d" % (i + 1) for i in range(key[4])], rows,
                       "#quantity=%s side=%s label=%s minutes=%d" % key[:4])

    def corrections(self, reads, sessions, contracts):
        self.long("reads", "measured", "", reads)
        self.sessions(sessions)
        self.contracts(contracts)

    def long(self, name, quality, method, reads):
        """Reads, a row a value: {(point, channel): {start: value}}."""
        groups = {}
        for (point, channel), values in reads.items():
            of_key = self.world.reads[point, channel]
            key = of_key["quantity"], of_key["side"], of_key["minutes"]
            groups.setdefault(key, []).extend(
                [point, channel, self.world.zone.text(utc), value or "",
                 "withdrawn" if value is None else quality,
                 "" if value is None else method]
                for utc, value in sorted(values.items()))
        for number, (key, rows) in enumerate(sorted(groups.items())):
            self.write("%s-%d" % (name, number),
                       "point,channel,time,value,quality,method", rows,
                       "#quantity=%s side=%s label=start minutes=%d" % key)
