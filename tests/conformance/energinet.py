"""energinet.py - the Danish wholesale settlement cases.

    energinet.py DIRECTORY      a folder of cases: CASE/when, CASE/then

Each case becomes a ledger of the zone Europe/Copenhagen with a money scale of
6.  What is settled together there - a charge, for one supplier, grid area, type
of metering point and settlement method - is a virtual point here, the sum of
its metering points from and to the dates of their links; a contract at that
point has the charge's tariff.  Grid loss is the residual of its area: a virtual
point from which every production, consumption and exchange is deducted.

Rules of that market which are about its input, and so applied here: a missing
value counts as zero (it goes in as an estimated read with the method
missing-as-zero), and hourly values are split into quarters with the remainder
carried (as its rounding does).  Everything else the tools do.
"""
import collections
import csv
import datetime
import decimal
import glob
import os
import re
import sys
import zoneinfo

from case import Ledger, Suite

UTC = datetime.timezone.utc
ZONE = zoneinfo.ZoneInfo("Europe/Copenhagen")
D = decimal.Decimal
SCALE_KWH = D("0.001")
TYPES = {
    "E17": "consumption", "E18": "production", "E20": "exchange",
    "D01": "ve_production", "D05": "net_production", "D06": "supply_to_grid",
    "D07": "consumption_from_grid", "D08": "wholesale_services_information",
    "D09": "own_production", "D10": "net_from_grid", "D11": "net_to_grid",
    "D12": "total_consumption", "D14": "electrical_heating",
    "D15": "net_consumption", "D19": "effect_settlement"}
METHODS = {"D01": "flex", "E02": "non_profiled", "": ""}
EXPORTS = {"E18"}       # metering points at which the grid receives


def table(path):
    with open(path, encoding="utf-8-sig", newline="") as f:
        return [row for row in csv.DictReader(f, delimiter=";")
                if any(row.values())]


def instant(text):
    """The instant of a time as the files write it, or None when open."""
    if not text:
        return None
    text = text.replace("Z", "").replace(" ", "T")
    return datetime.datetime.fromisoformat(text).replace(tzinfo=UTC)


def stamp(when):
    return "" if when is None else when.strftime("%Y-%m-%dT%H:%M:%SZ")


def ident(text):
    return re.sub(r"[^A-Za-z0-9._:-]", "_", text)


def latest(*times):
    return max(t for t in times if t is not None)


def earliest(*times):
    return min(t for t in times if t is not None)


def quarters(hour):
    """An hour's energy in four quarters, the remainder carried in time."""
    carry, out = D(0), []
    for _ in range(4):
        exact = hour / 4 + carry
        rounded = exact.quantize(SCALE_KWH, decimal.ROUND_HALF_UP)
        carry = exact - rounded
        out.append(rounded)
    return out


class Case:
    def __init__(self, folder):
        when = os.path.join(folder, "when")
        text = open(os.path.join(when, "calculation_arguments.yml"),
                    encoding="utf-8-sig").read()
        self.areas = set(re.findall(
            r'"(\w+)"', re.search(r"grid-areas:\s*\[(.*?)\]", text).group(1)))
        self.start = instant(re.search(
            r'period-start-datetime:\s*"(.*?)"', text).group(1))
        self.end = instant(re.search(
            r'period-end-datetime:\s*"(.*?)"', text).group(1))

        def read(name):
            path = os.path.join(when, name + ".csv")
            return table(path) if os.path.exists(path) else []
        self.points = [self.clip(p) for p in read("metering_point_periods")]
        self.points = [p for p in self.points if p["from"] < p["to"]]
        self.links = [self.clip(x) for x in read("charge_link_periods")]
        self.links = [x for x in self.links if x["from"] < x["to"]]
        self.charges = [self.clip(x) for x in read(
            "charge_price_information_periods")]
        self.prices = read("charge_price_points")
        self.values = read("time_series_points")
        self.losses = {r["metering_point_id"]
                       for r in read("grid_loss_metering_points")}

    def clip(self, row):
        """A dated row, cut to the period of the calculation."""
        row = dict(row)
        row["from"] = latest(instant(row["from_date"]), self.start)
        end = instant(row["to_date"])
        row["to"] = self.end if end is None else earliest(end, self.end)
        return row

    def periods_of(self, point):
        return [p for p in self.points if p["metering_point_id"] == point]

    def supplier(self, period):
        """The supplier at a metering point: a child has its parent's."""
        if period["energy_supplier_id"]:
            return period["energy_supplier_id"]
        for parent in self.periods_of(period["parent_metering_point_id"]):
            if parent["from"] < period["to"] and period["from"] < parent["to"]:
                return parent["energy_supplier_id"]
        return ""


def charge_key(row):
    return (row["charge_code"], row["charge_type"], row["charge_owner_id"])


def group_key(case, link, period):
    return charge_key(link) + (
        period["grid_area_code"], case.supplier(period),
        TYPES[period["type"]], METHODS[period["settlement_method"]])


def groups(case):
    """(group) -> [(point, from, to, link quantity)] with energy or pieces."""
    out = collections.defaultdict(list)
    for link in case.links:
        for period in case.periods_of(link["metering_point_id"]):
            start = latest(link["from"], period["from"])
            end = earliest(link["to"], period["to"])
            if period["grid_area_code"] not in case.areas:
                continue
            for charge in case.charges:         # only while it exists
                first = latest(start, charge["from"])
                last = earliest(end, charge["to"])
                if charge_key(charge) == charge_key(link) and first < last:
                    out[group_key(case, link, period)].append(
                        (link["metering_point_id"], first, last,
                         int(link["quantity"])))
    return out


def point_name(case, point):
    """Where a metering point's energy comes from: reads, or the residual."""
    if point in case.losses:
        area = case.periods_of(point)[0]["grid_area_code"]
        return "loss-" + area
    return "mp-" + point


def registry(case, members):
    """Points and relations: metering points, exchanges, losses, groups."""
    points, relations = {}, []
    for p in case.points:
        if p["metering_point_id"] not in case.losses:
            points["mp-" + p["metering_point_id"]] = "metering"
    for area in case.areas:
        points["loss-" + area] = "virtual"
        for p in case.points:
            name = "mp-" + p["metering_point_id"]
            if p["metering_point_id"] in case.losses:
                continue
            if p["type"] in ("E17", "E18") and p["grid_area_code"] == area:
                relations.append(("loss-" + area, name, "deduct",
                                  stamp(p["from"]), stamp(p["to"])))
            if p["type"] != "E20" or \
               p["from_grid_area_code"] == p["to_grid_area_code"]:
                continue
            for field, suffix in (("from_grid_area_code", "-out"),
                                  ("to_grid_area_code", "-in")):
                if p[field] == area:
                    points[name + suffix] = "metering"
                    relations.append(("loss-" + area, name + suffix, "deduct",
                                      stamp(p["from"]), stamp(p["to"])))
    for number, (group, links) in enumerate(sorted(members.items())):
        if group[1] != "tariff":
            points["group-%d" % number] = "virtual"
            continue
        points["group-%d" % number] = "virtual"
        for point, start, end, _ in links:
            relations.append(("group-%d" % number, point_name(case, point),
                              "sum", stamp(start), stamp(end)))
    return points, relations


def reads(case):
    """Every quarter of every metering point: missing values are zero."""
    values = collections.defaultdict(dict)
    for row in case.values:
        values[row["metering_point_id"]][instant(row["observation_time"])] = \
            D(row["quantity"])
    quarter, hour = datetime.timedelta(minutes=15), datetime.timedelta(hours=1)
    for p in case.points:
        point = p["metering_point_id"]
        if point in case.losses:
            continue
        step = hour if p["resolution"] == "PT1H" else quarter
        names = ["mp-" + point]
        channels = ["export" if p["type"] in EXPORTS else "import"]
        if p["type"] == "E20":
            names, channels = [], []
            if p["from_grid_area_code"] != p["to_grid_area_code"]:
                names = ["mp-" + point + "-out", "mp-" + point + "-in"]
                channels = ["import", "export"]
        at = p["from"]
        while at < p["to"]:
            value = values[point].get(at)
            parts = quarters(value or D(0)) if step == hour else [value or D(0)]
            for i, part in enumerate(parts):
                for name, channel in zip(names, channels):
                    yield (name, channel, stamp(at + i * quarter), str(part),
                           "estimated" if value is None else "measured",
                           "missing-as-zero" if value is None else "")
            at += step


def series(case):
    """The prices of each charge over time."""
    seen = {}
    by_charge = collections.defaultdict(list)
    for row in case.prices:
        by_charge[charge_key(row)].append(
            (instant(row["charge_time"]), row["charge_price"]))
    resolution = {charge_key(c): c["resolution"] for c in case.charges}
    for charge, prices in by_charge.items():
        prices.sort()
        for i, (start, price) in enumerate(prices):
            if resolution.get(charge) == "PT1H":
                end = start + datetime.timedelta(hours=1)
            elif resolution.get(charge) == "P1D":
                local = start.astimezone(ZONE).replace(tzinfo=None)
                end = (local + datetime.timedelta(days=1)).replace(
                    tzinfo=ZONE).astimezone(UTC)
            else:
                end = prices[i + 1][0] if i + 1 < len(prices) else \
                    max(case.end, start + datetime.timedelta(days=1))
            if (charge, start) in seen:
                continue
            seen[charge, start] = price
            unit = "kwh" if charge[1] == "tariff" else "each"
            yield (ident("-".join(charge)), stamp(start), stamp(end), price,
                   unit)


TARIFF = """<?xml version="1.0" encoding="UTF-8"?>
<tariff xmlns="urn:qingfen:tariff:1" id="%(id)s">
  <name xml:lang="en">%(id)s</name>
  <version from="2000-01-01" source="DataHub charge %(id)s">
    %(charge)s
    <rounding money="6 half-up line"%(price)s/>
  </version>
</tariff>
"""


def tariff(charge, channel, resolution):
    """A charge as a tariff document."""
    name = ident("-".join(charge))
    price = ""
    if charge[1] == "tariff":
        span = "hour" if resolution == "PT1H" else "day"
        body = ('<charge id="energy" subject="tariff" leg="charge" '
                'per="kwh" channel="%s" counts="no" '
                'series="%s" lines="%s" '
                'by-band="no" missing="unpriced"/>' % (channel, name, span))
    elif charge[1] == "subscription":
        body = ('<charge id="subscription" subject="subscription" '
                'leg="charge" per="month-by-day" series="%s" '
                'missing="unpriced"/>' % name)
        price = ' price="6 half-up"'
    else:
        body = ('<charge id="fee" subject="fee" leg="charge" '
                'per="day" series="%s" missing="unpriced"/>'
                % name)
    return TARIFF % {"id": "%s-%s" % (name, channel), "charge": body,
                     "price": price}


def stretches(links):
    """[(from, to, pieces)] of constant quantity."""
    edges = sorted({t for _, start, end, _ in links for t in (start, end)})
    for start, end in zip(edges, edges[1:]):
        pieces = sum(q for _, a, b, q in links if a <= start and end <= b)
        if pieces:
            yield start, end, pieces


def contracts(members):
    for number, (group, links) in enumerate(sorted(members.items())):
        channel = "export" if group[5] == "production" else "import"
        document = "%s-%s" % (ident("-".join(group[:3])), channel)
        for start, end, pieces in stretches(links):
            options = "" if group[1] == "tariff" else "quantity=%d" % pieces
            yield ("group-%d" % number, "charge", "group-%d" % number,
                   "p" + group[4], "p" + group[2], "", document, "intervals",
                   "", "", "", options, "month", stamp(start), stamp(end))


def settle(case, members):
    """Loads a case and runs the tools; returns the ledger and the run."""
    ledger = Ledger("energinet", "Europe/Copenhagen", "DKK", 6)
    parties = {"p" + g[4] for g in members} | {"p" + g[2] for g in members}
    points, relations = registry(case, members)
    resolution = {charge_key(c): c["resolution"] for c in case.charges}
    files = [
        ledger.write("party.csv", "party,kind,name_zh,name_en,from,to",
                     [(p, "operator", "", "", "2000-01-01", "")
                      for p in sorted(parties)]),
        ledger.write("point.csv", "point,kind,class,scenario,capacity_kw,"
                     "district,name_zh,name_en,from,to",
                     [(p, kind, "", "", "", "", "", "", "2000-01-01", "")
                      for p, kind in sorted(points.items())]),
        ledger.write("contract.csv", "contract,leg,point,payer,payee,account,"
                     "tariff,basis,voltage,user_class,type,options,cycle,"
                     "from,to", contracts(members))]
    if relations:
        files.append(ledger.write(
            "relation.csv", "parent,child,role,from,to", relations))
    prices = list(series(case))
    if prices:
        files.append(ledger.write(
            "series.csv", "series,start,end,price,unit", prices))
    files.append(ledger.write(
        "reads.csv", "point,channel,time,value,quality,method",
        [row for row in reads(case) if row[0] in points],
        preamble="quantity=kwh side=primary label=start minutes=15"))
    for number, group in enumerate(sorted({g[:3] for g in members})):
        for channel in ("import", "export"):
            files.append(ledger.text(
                "tariff-%d-%s.xml" % (number, channel),
                tariff(group, channel, resolution.get(group))))
    ledger.run("qf-ingest", *files)
    run, _, _ = ledger.run("qf-rate", "--period", "%s/%s" % (
        case.start.astimezone(ZONE).date(), case.end.astimezone(ZONE).date()))
    ledger.run("qf-post", run.strip())
    return ledger, run.strip()


def number(text):
    return None if text in ("", None) else D(text)


def compare_lines(suite, case, name, path, lines):
    """Every row of an hourly, daily, subscription or fee file."""
    expected = collections.Counter()
    for row in table(path):
        expected[(row["charge_code"], row["charge_type"],
                  row["charge_owner_id"], row["grid_area_code"],
                  row["energy_supplier_id"], row["metering_point_type"],
                  row["settlement_method"], stamp(instant(row["time"])),
                  number(row["quantity"]), number(row["price"]),
                  number(row["amount"]))] += 1
    kinds = {key[:3] for key in expected}
    found = collections.Counter(
        line for line in lines if line[:3] in kinds)
    for row in sorted(expected, key=str):
        suite.check(expected[row] == found.get(row, 0),
                    "%s: %s: expected, not settled: %s" % (
                        case, name, " ".join(map(str, row))))
    for row in sorted(set(found) - set(expected), key=str):
        suite.check(False, "%s: %s: settled, not expected: %s" % (
            case, name, " ".join(map(str, row))))


def add(total, amount):
    return total if amount is None else (total or D(0)) + amount


def compare_monthly(suite, case, name, path, posted, fields):
    totals = {}
    for group, amount in posted:
        key = tuple(group[f] for f in fields)
        totals[key] = add(totals.get(key), amount)
    for row in table(path):
        key = tuple(row[f] for f in fields)
        want = number(row["amount"])
        got = totals.get(key)
        suite.check(want == got, "%s: %s: %s: expected %s, posted %s" % (
            case, name, " ".join(key), want, got))


def owner_totals(case, posted):
    """What each charge owner gets: taxes go to the area's grid company."""
    tax = {charge_key(c) for c in case.charges
           if c["is_tax"].lower() == "true"}
    system = {c[2] for c in tax}
    grid = {}
    for group, _ in posted:
        if group["charge_owner_id"] not in system:
            grid[group["grid_area_code"]] = group["charge_owner_id"]
    for group, amount in posted:
        key = (group["charge_code"], group["charge_type"],
               group["charge_owner_id"])
        owner = grid.get(group["grid_area_code"]) if key in tax \
            else group["charge_owner_id"]
        yield {**group, "charge_owner_id": owner}, amount


def run_case(suite, folder):
    case = Case(folder)
    name = os.path.basename(folder)
    members = groups(case)
    order = sorted(members)
    ledger, run = settle(case, members)
    try:
        lines, amounts = [], collections.defaultdict(lambda: None)
        for line in ledger.lines(run):
            group = order[int(line["contract"].split("-")[1])]
            lines.append(group + (
                stamp(instant(line["from_utc"])), number(line["quantity"]),
                number(line["price"]), number(line["gross"])))
        for row in ledger.query(
                "select contract, gross_minor from v_posting"):
            group = order[int(row["contract"].split("-")[1])]
            amounts[group] = add(amounts[group],
                                 D(row["gross_minor"]).scaleb(-6))
        for group in {line[:7] for line in lines}:
            if all(line[10] is None for line in lines if line[:7] == group):
                amounts[group] = None
        posted = [(dict(zip(("charge_code", "charge_type", "charge_owner_id",
                             "grid_area_code", "energy_supplier_id"), g)), a)
                  for g, a in amounts.items()]
    finally:
        ledger.close()
    for path in sorted(glob.glob(os.path.join(
            folder, "then", "wholesale_results", "*.csv"))):
        kind = os.path.basename(path)[:-4]
        if kind == "total_monthly_amounts_per_es":
            compare_monthly(suite, name, kind, path, posted,
                            ("grid_area_code", "energy_supplier_id"))
        elif kind == "total_monthly_amounts_per_co_es":
            compare_monthly(suite, name, kind, path,
                            list(owner_totals(case, posted)),
                            ("grid_area_code", "energy_supplier_id",
                             "charge_owner_id"))
        elif kind.startswith("monthly_"):
            compare_monthly(suite, name, kind, path, posted,
                            ("grid_area_code", "energy_supplier_id",
                             "charge_code", "charge_type", "charge_owner_id"))
        else:
            compare_lines(suite, name, kind, path, lines)


def main():
    suite = Suite("energinet-wholesale")
    for folder in sorted(glob.glob(os.path.join(sys.argv[1], "*"))):
        if not os.path.isdir(os.path.join(folder, "when")):
            continue
        try:
            run_case(suite, folder)
        except RuntimeError as error:
            suite.check(False, "%s: %s" % (os.path.basename(folder), error))
    return suite.close()


if __name__ == "__main__":
    sys.exit(main())
