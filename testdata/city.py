#!/usr/bin/env python3
"""city.py - makes the files of testdata/city.

    testdata/city.py [DIRECTORY]        (testdata/city, where none is given)

A small city in February 2025, all of it invented: private piles, a public
station with drivers of its own and of another operator, a V2G bus depot, and
a station with PV, storage and chargers behind one gate meter.  inbox/ is what
arrives in time, late/ what arrives afterwards, and correction/ what turns out
to be wrong.  The same program always writes the same bytes.
"""
import csv
import datetime
import os
import sys

FIRST, DAYS, SLOTS = datetime.date(2025, 2, 1), 28, 96
OPEN = "2024-01-01"
READS = "quantity=kwh side=%s label=end minutes=15"


class Noise:
    """Numbers that look random and are the same everywhere (an LCG)."""

    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) \
            % 2 ** 64
        return (self.state >> 33) % limit


def day(index):
    return FIRST + datetime.timedelta(days=index)


def clock(index, minute):
    """A local time as the files write it."""
    when = datetime.datetime.combine(day(index), datetime.time()) + \
        datetime.timedelta(minutes=minute)
    return when.strftime("%Y-%m-%dT%H:%M")


def month():
    return [[0] * SLOTS for _ in range(DAYS)]


def fill(series, index, slot, total, per_slot):
    """Puts a total into slots from one on, across midnight if it must."""
    while total > 0 and index < DAYS:
        part = min(total, per_slot)
        series[index][slot] += part
        total -= part
        slot += 1
        if slot == SLOTS:
            index, slot = index + 1, 0


def decimal(value, scale):
    text = "%0*d" % (scale + 1, value)
    return text if scale == 0 else text[:-scale] + "." + text[-scale:]


def add(*many):
    return [[sum(s[d][k] for s in many) for k in range(SLOTS)]
            for d in range(DAYS)]


# Energy, in hundredths of a kWh -----------------------------------------------

def piles(noise):
    """Six private piles: most nights, and some afternoons."""
    out = []
    for number in range(6):
        series = month()
        for d in range(DAYS):
            if noise.below(10) < 6:
                slot = 84 + noise.below(8) if number == 5 else noise.below(12)
                fill(series, d, slot, 800 + noise.below(2400), 175)
            if noise.below(10) < 2:
                fill(series, d, 48 + noise.below(16), 300 + noise.below(900),
                     175)
        out.append(series)
    return out


def depot(noise):
    """Two V2G chargers of buses: charge at night, give back at the peak."""
    out = []
    for _ in range(2):
        charge, give = month(), month()
        for d in range(DAYS):
            fill(charge, d, 2 + noise.below(4), 14000 + noise.below(3000), 900)
            if d % 3 != 2:
                fill(give, d, 46 + noise.below(4), 3000 + noise.below(1500),
                     700)
                fill(give, d, 80 + noise.below(3), 2000 + noise.below(1000),
                     600)
        out.append((charge, give))
    return out


def sun(noise):
    series = month()
    for d in range(DAYS):
        strength = 30 + noise.below(70)
        for k in range(30, 70):
            series[d][k] = strength * (20 - abs(50 - k)) * 2 // 5
    return series


def storage(noise):
    charge, give = month(), month()
    for d in range(DAYS):
        fill(charge, d, 44 + noise.below(3), 4000, 500)
        fill(give, d, 80 + noise.below(3), 3600, 450)
    return charge, give


def two_chargers(noise):
    out = []
    for _ in range(2):
        series = month()
        for d in range(DAYS):
            for _ in range(noise.below(4)):
                fill(series, d, 28 + noise.below(60), 1200 + noise.below(3000),
                     750)
        out.append(series)
    return out


def net(imports, exports):
    """What a gate meter shows: import and export of the difference."""
    taken, given = month(), month()
    for d in range(DAYS):
        for k in range(SLOTS):
            value = imports[d][k] - exports[d][k]
            (taken if value > 0 else given)[d][k] = abs(value)
    return taken, given


def sessions(noise, connectors):
    """Sessions of a public station, and the energy of each quarter."""
    rows, parts, load = [], [], month()
    number = 0
    for d in range(DAYS):
        for connector in range(connectors):
            minute = 360 + noise.below(200)
            while minute < 1380:
                start = minute
                length = 20 + noise.below(70)
                kwh = 600 + noise.below(4200)
                end = start + length
                if noise.below(10) < 6:
                    number += 1
                    rows.append((number, connector, d, start, end, kwh,
                                 noise.below(10)))
                    spread(parts, load, number, d, start, end, kwh)
                minute = end + 60 + noise.below(240)
    return rows, parts, load


def spread(parts, load, number, d, start, end, kwh):
    """Cuts a session at quarters; the remainder goes along with time."""
    done, at = 0, start
    while at < end:
        edge = min(end, (at // 15 + 1) * 15)
        until = kwh * (edge - start) // (end - start)
        parts.append((number, d, at, edge, until - done))
        slot = at // 15
        if d + slot // SLOTS < DAYS:
            load[d + slot // SLOTS][slot % SLOTS] += until - done
        done, at = until, edge


# Files ------------------------------------------------------------------------

class Folder:
    def __init__(self, path):
        self.path = path
        os.makedirs(path, exist_ok=True)

    def table(self, name, header, rows, declared=None):
        with open(os.path.join(self.path, name), "w", newline="",
                  encoding="utf-8") as f:
            if declared:
                f.write("#" + declared + "\n")
            out = csv.writer(f, lineterminator="\n")
            out.writerow(header.split(","))
            out.writerows(rows)

    def wide(self, name, side, rows):
        self.table(name, "point,channel,day," +
                   ",".join("v%d" % (k + 1) for k in range(SLOTS)), rows,
                   READS % side)


def wide_rows(point, channel, series, scale, days=range(DAYS)):
    for d in days:
        yield [point, channel, day(d).isoformat()] + [
            decimal(v, scale) for v in series[d]]


PARTIES = [
    ("cq-grid", "grid", "山城电网公司", "Mountain City Grid"),
    ("op-yuchong", "operator", "渝充运营", "Yuchong Charging"),
    ("op-jiangchi", "operator", "江驰出行", "Jiangchi Mobility"),
    ("bus-two-rivers", "customer", "两江公交", "Two Rivers Bus"),
    ("own-sunny", "owner", "阳光停车场", "Sunny Car Park"),
    ("agg-bashan", "aggregator", "巴山聚合商", "Bashan Aggregation")]
PERSONS = ["driver-%02d" % n for n in range(1, 13)]

POINTS = [
    ("gate-nanping", "gate", "public", "", "480", "nanan", "南坪站关口表",
     "Nanping station gate"),
    ("gate-depot", "gate", "bus", "V2G", "500", "yubei", "公交场站关口表",
     "bus depot gate"),
    ("depot-v1", "connector", "bus", "V2G", "120", "yubei", "", ""),
    ("depot-v2", "connector", "bus", "V2G", "120", "yubei", "", ""),
    ("gate-sunny", "gate", "public", "", "200", "jiangbei", "阳光站关口表",
     "Sunny station gate"),
    ("sunny-c1", "connector", "public", "", "60", "jiangbei", "", ""),
    ("sunny-c2", "connector", "public", "", "60", "jiangbei", "", ""),
    ("sunny-pv", "metering", "public", "", "40", "jiangbei", "", ""),
    ("sunny-storage", "metering", "public", "", "50", "jiangbei", "", "")]


def contract(name, leg, point, payer, payee, tariff, basis="intervals",
             account="", voltage="", user_class="", kind="", options="",
             start=OPEN, end=""):
    return (name, leg, point, payer, payee, account, tariff, basis, voltage,
            user_class, kind, options, "month", start, end)


def contracts():
    ci = {"voltage": "1-10kV", "user_class": "ci", "kind": "two-part"}
    for n in range(1, 7):
        yield contract("home-%02d" % n, "supply", "pile-%02d" % n,
                       "driver-%02d" % n, "cq-grid", "cq-residential-ev",
                       account="5001%06d" % n)
    yield contract("nanping", "supply", "gate-nanping", "op-yuchong",
                   "cq-grid", "cq-ci-two-part-10kv", account="5002000001",
                   **ci)
    for n in range(1, 5):
        yield contract("nanping-c%d" % n, "service", "nanping-c%d" % n,
                       "@session", "op-yuchong", "city-yuchong-driver",
                       basis="sessions")
    yield contract("depot", "supply", "gate-depot", "bus-two-rivers",
                   "cq-grid", "cq-ci-two-part-10kv", account="5002000002",
                   **ci)
    yield contract("depot", "export", "gate-depot", "cq-grid",
                   "bus-two-rivers", "city-discharge", account="5002000002")
    for n in (1, 2):
        yield contract("depot-v%d" % n, "discharge-reward", "depot-v%d" % n,
                       "agg-bashan", "bus-two-rivers", "city-reward",
                       basis="registers")
    yield contract("sunny", "supply", "gate-sunny", "own-sunny", "cq-grid",
                   "cq-ci-two-part-10kv", account="5002000003", **ci)
    yield contract("sunny", "export", "gate-sunny", "cq-grid", "own-sunny",
                   "city-discharge", account="5002000003")
    for n in (1, 2):
        yield contract("sunny-c%d" % n, "supply", "sunny-c%d" % n,
                       "op-jiangchi", "cq-grid", "cq-ci-two-part-10kv",
                       account="5002000004", **ci)


def registry(inbox):
    inbox.table("parties.csv", "party,kind,name_zh,name_en,from,to",
                [p + (OPEN, "") for p in PARTIES] +
                [(p, "person", "", "", OPEN, "") for p in PERSONS])
    points = [("pile-%02d" % n, "metering", "private", "", "7", "yuzhong", "",
               "") for n in range(1, 7)]
    points += [("nanping-c%d" % n, "connector", "public", "", "120", "nanan",
                "", "") for n in range(1, 5)]
    inbox.table("points.csv", "point,kind,class,scenario,capacity_kw,district,"
                "name_zh,name_en,from,to",
                [p + (OPEN, "") for p in points + POINTS])
    inbox.table("meters.csv", "point,meter,multiplier,digits,from,to", [
        ("gate-nanping", "m-7001", "80", "6.4", OPEN, ""),
        ("depot-v1", "m-7101", "1", "6.2", OPEN, ""),
        ("depot-v2", "m-7102", "1", "6.2", OPEN, "")])
    inbox.table("relations.csv", "parent,child,role,from,to", [
        ("gate-sunny", "sunny-c1", "deduct", OPEN, ""),
        ("gate-sunny", "sunny-c2", "deduct", OPEN, ""),
        ("gate-sunny", "sunny-pv", "check", OPEN, ""),
        ("gate-sunny", "sunny-storage", "check", OPEN, ""),
        ("gate-depot", "depot-v1", "check", OPEN, ""),
        ("gate-depot", "depot-v2", "check", OPEN, "")])
    inbox.table("contracts.csv", "contract,leg,point,payer,payee,account,"
                "tariff,basis,voltage,user_class,type,options,cycle,from,to",
                contracts())
    inbox.table("members.csv", "portfolio,member,from,to", [
        ("agg-bashan", "depot-v1", OPEN, ""),
        ("agg-bashan", "depot-v2", OPEN, "")])
    inbox.table("aliases.csv", "scheme,alias,kind,name,from,to", [
        ("uscc", "91500000DEMO000017", "party", "op-yuchong", OPEN, ""),
        ("huhao", "5002000001", "contract", "nanping", OPEN, "")])
    # The list price of a first-tier user, as an example.
    inbox.table("prices-residential.csv", "price_table,month,user_class,type,"
                "voltage,item,price,unit,tax", [
                    ("cq-residential", "2025-02", "", "", "", "list", "0.52",
                     "kwh", "included")])
    # The days around the Spring Festival of 2025.
    inbox.table("calendar.csv", "calendar,day,kind,name",
                [("cn", "2025-01-%02d" % d, "holiday", "spring-festival")
                 for d in (28, 29, 30, 31)] +
                [("cn", "2025-02-%02d" % d, "holiday", "spring-festival")
                 for d in (1, 2, 3, 4)] +
                [("cn", "2025-01-26", "workday", ""),
                 ("cn", "2025-02-08", "workday", "")])


def registers(folder, depots):
    """What the two V2G meters show at the ends of the month, by band too."""
    rows = []
    bands = {"valley": range(0, 32), "flat": [*range(32, 44), *range(68, 80),
                                              *range(88, 96)],
             "peak": [*range(44, 68), *range(80, 88)]}
    for n, (_, give) in enumerate(depots, 1):
        start = 99990000 if n == 2 else 1234500     # the second rolls over
        for when in (0, 1):
            total = 0
            for band, slots in bands.items():
                used = sum(give[d][k] for d in range(DAYS) for k in slots)
                total += used
                rows.append(("depot-v%d" % n, "m-710%d" % n,
                             "2025-02-01T00:00" if when == 0 else "2025-03-01T00:00",
                             "export", band,
                             decimal(500000 + used * when, 2), "measured"))
            rows.append(("depot-v%d" % n, "m-710%d" % n,
                         "2025-02-01T00:00" if when == 0 else "2025-03-01T00:00",
                         "export", "",
                         decimal((start + total * when) % 10 ** 8, 2),
                         "measured"))
    folder.table("registers.csv",
                 "point,meter,time,channel,band,value,quality", rows)


def session_files(folder, rows, parts):
    def who(number, luck):
        if luck < 4:
            return "op-jiangchi"        # a driver of the other operator
        return PERSONS[(number * 7 + luck) % len(PERSONS)]
    folder.table(
        "sessions.csv",
        "session,point,vehicle,party,start,end,import_kwh,export_kwh",
        [("s-%04d" % n, "nanping-c%d" % (c + 1), "", who(n, luck),
          clock(d, start), clock(d, end), decimal(kwh, 2), "")
         for n, c, d, start, end, kwh, luck in rows])
    detailed = {n for n, *_ in rows if n % 3}
    folder.table("session-parts.csv", "session,channel,start,end,kwh",
                 [("s-%04d" % n, "import", clock(d, a), clock(d, b),
                   decimal(kwh, 2)) for n, d, a, b, kwh in parts
                  if n in detailed])


def identity(folder):
    folder.table("identity.csv", "party,name,vehicle,plate,vin,contact",
                 [(p, "示例车主%02d" % n, "", "渝AD%05d" % (n * 137), "", "")
                  for n, p in enumerate(PERSONS, 1)])


def main():
    top = sys.argv[1] if len(sys.argv) > 1 else os.path.join(
        os.path.dirname(os.path.abspath(__file__)), "city")
    inbox, late, correction = (Folder(os.path.join(top, name))
                               for name in ("inbox", "late", "correction"))
    noise = Noise(20250201)
    home, depots = piles(noise), depot(noise)
    panels, (store, release) = sun(noise), storage(noise)
    chargers = two_chargers(noise)
    rows, parts, load = sessions(noise, 4)
    registry(inbox)

    # The fourth pile's last nine days come late.
    inbox.wide("reads-piles.csv", "primary", [
        row for n, series in enumerate(home, 1)
        for row in wide_rows("pile-%02d" % n, "import", series, 2,
                             range(19) if n == 4 else range(DAYS))])
    late.wide("reads-pile-04.csv", "primary",
              wide_rows("pile-04", "import", home[3], 2, range(19, DAYS)))

    # The station's gate meter is read on the secondary side, 80 to 1, to four
    # decimals; its losses are 4 %.
    gate = [[v * 104 * 100 // (100 * 80) for v in one] for one in load]
    inbox.wide("reads-nanping.csv", "secondary",
               wide_rows("gate-nanping", "import", gate, 4))
    better = [list(one) for one in gate]
    for k in range(45, 49):
        better[10][k] = gate[10][k] + 300
    correction.wide("reads-nanping-corrected.csv", "secondary", wide_rows(
        "gate-nanping", "import", better, 4, range(10, 11)))

    charge, give = add(*(d[0] for d in depots)), add(*(d[1] for d in depots))
    taken, given = net(charge, give)
    inbox.wide("reads-depot.csv", "primary", [
        *wide_rows("gate-depot", "import", taken, 2),
        *wide_rows("gate-depot", "export", given, 2)])
    registers(inbox, depots)

    taken, given = net(add(store, *chargers), add(panels, release))
    inbox.wide("reads-sunny.csv", "primary", [
        *wide_rows("gate-sunny", "import", taken, 2),
        *wide_rows("gate-sunny", "export", given, 2),
        *wide_rows("sunny-c1", "import", chargers[0], 2),
        *wide_rows("sunny-c2", "import", chargers[1], 2),
        *wide_rows("sunny-pv", "export", panels, 2),
        *wide_rows("sunny-storage", "import", store, 2),
        *wide_rows("sunny-storage", "export", release, 2)])

    session_files(inbox, rows, parts)
    late.table("sessions-late.csv",
               "session,point,vehicle,party,start,end,import_kwh,export_kwh", [
                   ("s-9001", "nanping-c1", "", "driver-07",
                    "2025-02-27T23:30", "2025-02-28T00:20", "31.40", ""),
                   ("s-9002", "nanping-c2", "", "driver-08",
                    "2025-02-27T19:00", "", "12.00", ""),
                   ("s-9003", "nanping-c3", "", "driver-09",
                    "2025-02-28T10:00", "2025-02-28T09:00", "8.00", "")])
    # The second pile changed hands in the middle of the month.
    correction.table(
        "contracts-pile-02.csv", "contract,leg,point,payer,payee,account,"
        "tariff,basis,voltage,user_class,type,options,cycle,from,to", [
            contract("home-02", "supply", "pile-02", "driver-02", "cq-grid",
                     "cq-residential-ev", account="5001000002",
                     end="2025-02-15"),
            contract("home-02", "supply", "pile-02", "driver-12", "cq-grid",
                     "cq-residential-ev", account="5001000002",
                     start="2025-02-15")])
    identity(Folder(top))


if __name__ == "__main__":
    main()
